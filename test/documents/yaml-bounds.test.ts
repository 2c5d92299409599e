import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Problems } from '../../src/diagnostics/problem.ts';
import { SourceText } from '../../src/diagnostics/source-text.ts';
import { DocumentFile } from '../../src/documents/document-file.ts';
import { readYaml } from '../../src/documents/located-yaml.ts';
import { composeWithin } from '../../src/documents/yaml-bounds.ts';

function problemsOf(text: string): string[] {
  const problems = new Problems();
  readYaml(new DocumentFile(SourceText.ofFile('f', text)), problems, 'config.syntax');
  return problems.all.map(({ code, place }) => `${code} ${place.line}:${place.column}`);
}

const nested: [name: string, nest: (levels: number) => string][] = [
  ['flow lists', (n) => `${'['.repeat(n)}a${']'.repeat(n)}`],
  ['flow maps', (n) => `${'{a: '.repeat(n)}a${'}'.repeat(n)}`],
  ['lists on one line', (n) => `${'- '.repeat(n)}a`],
  ['maps line by line', (n) => Array.from({ length: n }, (_, i) => `${' '.repeat(i)}a:`).join('\n')],
  ['a list in a map in a list', (n) => `${'- '.repeat(n - 2)}a: [b]`],
];
for (const [name, nest] of nested) {
  test(`64 levels are read, 65 are not: ${name}`, () => {
    assert.deepEqual(problemsOf(nest(64)), []);
    assert.match(problemsOf(nest(65)).join(), /^config\.too-large \d+:\d+$/);
  });
}

const limits: [name: string, fits: string, exceeds: string][] = [
  ['10,000 anchors', '- &a x\n'.repeat(10_000), '- &a x\n'.repeat(10_001)],
  // A document is counted at its end, so the limit is noticed in the one after.
  ['10,000 documents', '--- a\n'.repeat(10_000), '--- a\n'.repeat(10_002)],
  ['500,000 lexemes', '\n'.repeat(500_000), '\n'.repeat(500_001)],
];
for (const [name, fits, exceeds] of limits) {
  test(`a file may have ${name}, and no more`, () => {
    assert.deepEqual(problemsOf(fits), []);
    assert.match(problemsOf(exceeds).join(), /^config\.too-large \d+:\d+$/);
  });
}

test('of any number of errors, the first is reported; reading stops after 100', () => {
  assert.deepEqual(problemsOf(`{${','.repeat(90)}}`), ['config.syntax 1:3']);
  assert.deepEqual(problemsOf(`{${','.repeat(150)}}`), ['config.syntax 1:3']);
});

/** A document with this many errors, found by the parser or by what composes its tokens. */
const withErrors: [name: string, text: (count: number) => string][] = [
  ['commas without a value', (count) => `{${','.repeat(count)}}`],
  ['unknown tags', (count) => '- !x a\n'.repeat(count)],
];
for (const [name, text] of withErrors) {
  test(`100 errors are kept, and no more: ${name}`, () => {
    const most = composeWithin(text(100));
    assert.deepEqual(most.ok && most.documents.map(({ errors }) => errors.length), [100]);
    const more = composeWithin(text(101));
    assert.equal(!more.ok && more.errors.length, 100);
  });
}

const refused: [name: string, text: string, problems: string[]][] = [
  ['an alias inside the node that it refers to', 'a: &a [*a]', ['config.syntax 1:8']],
  ['a merge key whose value is not a map', '%YAML 1.1\n---\n<<: 1\n', ['config.syntax 2:1']],
  ['a list as a key', 'a: 1\n[1.10, x]: 2', ['config.syntax 2:1']],
  ['a template that was not rendered', 'a: {{ b }}', ['config.syntax 1:5']],
  ['an unknown tag, which would change the value', 'a: !!other x', ['config.syntax 1:4']],
  ['an application-specific tag', 'a: !Ref x', ['config.syntax 1:4']],
  ['an alias as a key', 'a: &a x\n*a : y', ['config.syntax 2:1']],
  ['a number and its digits as keys', '1: a\n"1": b', ['config.syntax 2:1']],
  ['two empty keys', ': a\n"": b', ['config.syntax 2:1']],
  ['a repeated key in a flow map', 'a: {b: 1, b: 2}', ['config.syntax 1:11']],
];
for (const [name, text, problems] of refused) test(name, () => assert.deepEqual(problemsOf(text), problems));
