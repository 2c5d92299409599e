import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Problems } from '../../src/diagnostics/problem.ts';
import { SourceText } from '../../src/diagnostics/source-text.ts';
import { DocumentFile } from '../../src/documents/document-file.ts';
import { readYaml } from '../../src/documents/located-yaml.ts';
import type { YamlPath } from '../../src/documents/yaml-places.ts';

function read(text: string) {
  const problems = new Problems();
  const source = SourceText.ofFile('f', text);
  const file = new DocumentFile(source);
  const documents = readYaml(file, problems, 'policy.syntax');
  const places = problems.all.map(({ code, place }) => `${code} ${place.line}:${place.column}`);
  return { documents, places, source, file };
}

const sample = `a: 1
list:
  - x: &x { deep: text }
  - *x
'quoted key': here
12: number
nothing:
`;

const places: [path: YamlPath, value: string, key: string][] = [
  [[], '1:1', '1:1'],
  [['a'], '1:4', '1:1'],
  [['list'], '3:3', '2:1'],
  [['list', 0, 'x'], '3:11', '3:5'],
  [['list', 0, 'x', 'deep'], '3:19', '3:13'],
  [['list', 1, 'deep'], '3:19', '3:13'],
  [['quoted key'], '5:15', '5:1'],
  [['list', 7], '3:3', '3:3'],
  [['missing'], '1:1', '1:1'],
  [['a', 'below a scalar'], '1:4', '1:4'],
];
for (const [path, value, key] of places) {
  test(`places of ${path.join('.') || 'the document'}, also of one that another process parsed`, () => {
    const { documents, source, file } = read(sample);
    const again = readYaml(new DocumentFile(source, file.parsed), new Problems(), 'policy.syntax');
    const at = (offset: number | undefined): string => {
      const { line, column } = source.placeAt(offset ?? -1);
      return `${line}:${column}`;
    };
    assert.deepEqual([at(documents[0]?.offsetOf(path)), at(documents[0]?.keyOffsetOf(path))], [value, key]);
    assert.equal(at(again[0]?.offsetOf(path)), value);
  });
}

test('the document as plain data', () => {
  assert.deepEqual(read(sample).documents[0]?.value, {
    '12': 'number',
    a: 1,
    list: [{ x: { deep: 'text' } }, { deep: 'text' }],
    'quoted key': 'here',
    nothing: null,
  });
});

test('every document is read', () => {
  assert.deepEqual(
    read('a: 1\n---\nb: 2\n').documents.map(({ value }) => value),
    [{ a: 1 }, { b: 2 }],
  );
});

const broken: [name: string, text: string, problems: string[], documents: number][] = [
  ['nothing', '', [], 0],
  ['an open list', 'a: [', ['policy.syntax 1:4'], 0],
  ['a broken document between good ones', 'a: 1\n---\nb: ]\n---\nc: 3\n', ['policy.syntax 3:4'], 2],
  ['a key twice', 'a: 1\na: 2\n', ['policy.syntax 2:1'], 0],
  ['an unknown alias', 'a: *b\n', ['policy.syntax 1:4'], 0],
];
for (const [name, text, problems, count] of broken) {
  test(`syntax: ${name}`, () => {
    const { documents, places: found } = read(text);
    assert.deepEqual([found, documents.length], [problems, count]);
  });
}

const remedied: [name: string, text: string, suggestion: RegExp][] = [
  ['PEM that is not indented', 'a:\n  key: |\n  -----BEGIN KEY-----\n  AAAA\n  b: 1\n', /indent each of its lines/],
  ['a key in another column', 'a:\n  - name: b\n  file: c\n', /column 5, as line 2 has its key/],
  ['a tab', 'a:\n\t- b: c\n', /Write spaces/],
];
for (const [name, text, suggestion] of remedied) {
  test(`what to write instead: ${name}`, () => {
    const problems = new Problems();
    readYaml(new DocumentFile(SourceText.ofFile('f', text)), problems, 'policy.syntax');
    assert.match(problems.all[0]?.suggestion ?? '', suggestion);
  });
}

for (const text of ['a: |hunter2\n x', 'a: 1\n}hunter2', 'a: [hunter2', 'a: *hunter2', "a: 'b'hunter2"]) {
  test(`the message on ${JSON.stringify(text)} quotes no value`, () => {
    const problems = new Problems();
    readYaml(new DocumentFile(SourceText.ofFile('f', text)), problems, 'policy.syntax');
    assert.notEqual(problems.all.length, 0);
    for (const { message } of problems.all) assert.doesNotMatch(message.replace('`&hunter2`', ''), /hunter2/);
  });
}

/** Each level repeats the level before `fold` times. */
function laughs(levels: number, fold: number): string {
  const rows = Array.from(
    { length: levels },
    (_, i) => `l${i + 1}: &l${i + 1} [${Array(fold).fill(`*l${i}`).join(', ')}]`,
  );
  return `l0: &l0 x\n${rows.join('\n')}\n`;
}

test('aliases may repeat a node 100 times, and no more', () => {
  assert.deepEqual(read(laughs(2, 9)).places, []);
  assert.deepEqual(read(laughs(9, 9)).places, ['policy.syntax 1:1']);
});

const scalars: [file: string, text: string][] = [
  ['v: 0x1F', '0x1F'],
  ['v: 1.50', '1.50'],
  ['v: true', 'true'],
  ['v: text', 'text'],
  ['v: "te\\x78t"', 'text'],
  ['v: |\n  a\n  b\n', 'a\nb\n'],
];
for (const [file, text] of scalars) {
  test(`the scalar of ${JSON.stringify(file)}, also of a document that another process parsed`, () => {
    const { documents, source, file: opened } = read(file);
    const [again] = readYaml(new DocumentFile(source, opened.parsed), new Problems(), 'policy.syntax');
    assert.deepEqual([documents[0]?.scalarAt(['v']).text, again?.scalarAt(['v']).text], [text, text]);
  });
}

test('a map is not a scalar', () => {
  assert.throws(() => read('v: {}').documents[0]?.scalarAt(['v']), TypeError);
});

test('a document with more than 1,000 aliases is refused', () => {
  const file = (count: number) => SourceText.ofFile('a.yaml', `a: &a x\nb: [${'*a, '.repeat(count)}*lost]`);
  const messagesOf = (count: number) => {
    const problems = new Problems();
    readYaml(new DocumentFile(file(count)), problems, 'policy.syntax');
    return problems.all.map(({ message }) => message);
  };
  assert.deepEqual(messagesOf(999), ['There is no anchor with this name before this alias.']);
  assert.deepEqual(messagesOf(1000), ['This document repeats its aliases too often.']);
});
