import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Problems } from '../../src/diagnostics/problem.ts';
import { SourceText } from '../../src/diagnostics/source-text.ts';
import { DocumentFile } from '../../src/documents/document-file.ts';
import { readYaml } from '../../src/documents/located-yaml.ts';

/** The scalar under `v` and, for each of its characters, the character of the file that it points at. */
function scalarOf(file: string) {
  const problems = new Problems();
  const [document] = readYaml(new DocumentFile(SourceText.ofFile('f', file)), problems, 'policy.syntax');
  assert.ok(document, `${JSON.stringify(file)} ${problems.all[0]?.message}`);
  const scalar = document.scalarAt(['v']);
  const lines = file.split('\n');
  const offsetAt = (index: number): number => {
    const { line, column } = scalar.placeAt(index);
    return lines.slice(0, line - 1).reduce((sum, text) => sum + text.length + 1, 0) + column - 1;
  };
  return { text: scalar.text, offsetAt };
}

/** `at` lists the line and column in the file of each character of the text, and of its end. */
const placed: [name: string, file: string, text: string, at: string][] = [
  ['plain', 'v: abc', 'abc', '1:4 1:5 1:6 1:7'],
  ['plain, over two lines', 'v: ab\n  cd', 'ab cd', '1:4 1:5 1:6 2:3 2:4 2:5'],
  ['plain, with an empty line', 'v: a\n\n  b', 'a\nb', '1:4 1:5 3:3 3:4'],
  ['single quotes', "v: 'a''b'", "a'b", '1:5 1:6 1:8 1:9'],
  ['double quotes', 'v: "a\\"b\\u0041c"', 'a"bAc', '1:5 1:6 1:8 1:9 1:15 1:16'],
  ['an escape of two units', 'v: "\\U0001F600x"', '😀x', '1:5 1:5 1:15 1:16'],
  ['a long escape of one unit', 'v: "\\U00000041x"', 'Ax', '1:5 1:15 1:16'],
  ['an escaped line break', 'v: "ab\\\n  cd"', 'abcd', '1:5 1:6 2:3 2:4 2:5'],
  ['an escaped line break after a space', 'v: "ab \\\n  cd"', 'ab cd', '1:5 1:6 1:7 2:3 2:4 2:5'],
  ['an escaped line break, then empty lines', 'v: "a\\\n\n\n  b"', 'a\nb', '1:5 2:1 4:3 4:4'],
  ['an escaped space', 'v: "a\\ b"', 'a b', '1:5 1:6 1:8 1:9'],
  ['an escaped line feed', 'v: "a\\nb"', 'a\nb', '1:5 1:6 1:8 1:9'],
  ['an escape between spaces', 'v: "a \\t b"', 'a \t b', '1:5 1:6 1:7 1:9 1:10 1:11'],
  ['literal', 'v: |\n  ab\n   c\n', 'ab\n c\n', '2:3 2:4 2:5 3:3 3:4 3:5 4:1'],
  ['literal, stripped', 'v: |-\n  ab\n', 'ab', '2:3 2:4 2:5'],
  ['literal, with an indentation indicator', 'v: |2-\n   a', ' a', '2:3 2:4 2:5'],
  ['literal, empty line', 'v: |-\n  a\n\n  b', 'a\n\nb', '2:3 2:4 3:1 4:3 4:4'],
  ['folded', 'v: >-\n  ab\n  cd\n', 'ab cd', '2:3 2:4 2:5 3:3 3:4 3:5'],
  ['folded, more indented', 'v: >-\n  a\n    b\n  c\n', 'a\n  b\nc', '2:3 2:4 3:3 3:4 3:5 3:6 4:3 4:4'],
  ['a comment after the header', 'v: |- # why\n  a', 'a', '2:3 2:4'],
  ['a tag and an anchor', 'v: !!str &x abc', 'abc', '1:13 1:14 1:15 1:16'],
];
for (const [name, file, text, at] of placed) {
  test(`places of a scalar: ${name}`, () => {
    const { offsetAt, ...scalar } = scalarOf(file);
    assert.equal(scalar.text, text);
    const lines = file.split('\n');
    const places = Array.from({ length: text.length + 1 }, (_, index) => {
      let offset = offsetAt(index);
      let line = 0;
      while (offset > (lines[line]?.length ?? 0) && line < lines.length - 1) offset -= (lines[line++]?.length ?? 0) + 1;
      return `${line + 1}:${offset + 1}`;
    });
    assert.equal(places.join(' '), at);
  });
}

const word = fc.stringMatching(/^[a-z#'"[\]()+.é😀]{1,6}$/u);

const indented = (lines: readonly string[]): string => lines.map((line) => (line === '' ? '' : `  ${line}`)).join('\n');
const lines = fc.array(
  fc.oneof({ weight: 4, arbitrary: fc.array(word, { minLength: 1, maxLength: 3 }) }, fc.constant([])),
  {
    minLength: 1,
    maxLength: 5,
  },
);
const blocks = lines
  .map((list) => list.map((words) => words.join(' ')))
  .filter((list) => list[0] !== '' && list.at(-1) !== '');

const doubleQuoted = fc.array(
  fc.oneof(
    word.map((text) => text.replaceAll('"', '')),
    fc.constantFrom(
      ' ',
      '  ',
      '\\"',
      '\\\\',
      '\\n',
      '\\t',
      '\\x41',
      '\\u00e9',
      '\\U0001F600',
      '\\\n  ',
      '\n  ',
      '\n\n  ',
    ),
  ),
  { minLength: 1, maxLength: 10 },
);

const styles: [name: string, written: fc.Arbitrary<string>][] = [
  [
    'single quotes',
    fc.string({ unit: fc.constantFrom('a', ' ', "''", '"', '\n  ', 'é') }).map((text) => `v: 'x${text}x'`),
  ],
  ['double quotes', doubleQuoted.map((parts) => `v: "x${parts.join('')}x"`)],
  ['literal', blocks.map((list) => `v: |-\n${indented(list)}\n`)],
  ['folded', blocks.map((list) => `v: >-\n${indented(list)}\n`)],
  [
    'folded, some lines indented more',
    blocks.map((list) => `v: >-\n${indented(list.map((line, i) => (i % 2 && line ? `  ${line}` : line)))}\n`),
  ],
  [
    'plain',
    fc
      .array(fc.stringMatching(/^[a-z]{1,5}$/), { minLength: 1, maxLength: 6 })
      .map((words) => `v: ${words.join('\n  ')}`),
  ],
];
for (const [name, written] of styles) {
  test(`every character of a scalar has its own place: ${name}`, () => {
    fc.assert(
      fc.property(written, (file) => {
        const { text, offsetAt } = scalarOf(file);
        let before = -1;
        for (let index = 0; index < text.length; index++) {
          const offset = offsetAt(index);
          assert.ok(offset >= before, `${JSON.stringify(file)}: goes back at ${index}`);
          before = offset;
          assert.ok(
            represents(file, offset, text[index] ?? '', text.charCodeAt(index)),
            `${JSON.stringify(file)} at ${index}`,
          );
        }
        assert.ok(offsetAt(text.length) <= file.length);
      }),
      { numRuns: 300 },
    );
  });
}

/** Whether at `offset` there is the character, an escape for it, or the whitespace that it was folded from. */
function represents(file: string, offset: number, character: string, unit: number): boolean {
  if (file[offset] === character) return true;
  if (file[offset] === '\\') return file[offset + 1] !== '\n';
  // Folding turns one line break into a space, and drops one of several.
  if (character === ' ' || character === '\n') return /\s/.test(file[offset] ?? '\n');
  return unit >= 0xdc00 && unit < 0xe000 && file[offset + 1] === character;
}
