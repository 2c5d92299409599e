import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Problems } from '../../src/diagnostics/problem.ts';
import { SourceText } from '../../src/diagnostics/source-text.ts';
import { DocumentFile } from '../../src/documents/document-file.ts';
import { readYaml } from '../../src/documents/located-yaml.ts';
import { deepest, mostAnchors, mostDocuments, mostErrors, mostLexemes } from '../../src/documents/yaml-bounds.ts';

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
  test(`${deepest} levels are read, one more is not: ${name}`, () => {
    assert.deepEqual(problemsOf(nest(deepest)), []);
    assert.match(problemsOf(nest(deepest + 1)).join(), /^config\.too-large \d+:\d+$/);
  });
}

const counted: [name: string, fits: string, exceeds: string][] = [
  ['anchors', '- &a x\n'.repeat(mostAnchors), '- &a x\n'.repeat(mostAnchors + 1)],
  ['documents', '--- a\n'.repeat(mostDocuments), '--- a\n'.repeat(mostDocuments + 2)],
  ['lexemes', '\n'.repeat(mostLexemes), '\n'.repeat(mostLexemes + 1)],
];
for (const [name, fits, exceeds] of counted) {
  test(`as many ${name} as are read, and one more`, () => {
    assert.deepEqual(problemsOf(fits), []);
    assert.match(problemsOf(exceeds).join(), /^config\.too-large \d+:\d+$/);
  });
}

test('after so many errors the rest is not looked at', () => {
  assert.equal(problemsOf(`{${','.repeat(mostErrors + 50)}}`).length, mostErrors + 1);
});

const refused: [name: string, text: string, problems: string[]][] = [
  ['an alias inside of what it repeats', 'a: &a [*a]', ['config.syntax 1:8']],
  ['something merged that is no map', '%YAML 1.1\n---\n<<: 1\n', ['config.syntax 2:1']],
  ['a list as a key', 'a: 1\n[1.10, x]: 2', ['config.syntax 2:1']],
  ['a template that was not filled in', 'a: {{ b }}', ['config.syntax 1:5']],
  ['a tag that nobody knows, whose value would be another', 'a: !!other x', ['config.syntax 1:4']],
  ['a tag of the application', 'a: !Ref x', ['config.syntax 1:4']],
  ['an alias as a key', 'a: &a x\n*a : y', ['config.syntax 2:1']],
  ['a number and its digits as keys', '1: a\n"1": b', ['config.syntax 2:1']],
  ['two empty keys', ': a\n"": b', ['config.syntax 2:1']],
  ['a repeated key in a flow map', 'a: {b: 1, b: 2}', ['config.syntax 1:11']],
];
for (const [name, text, problems] of refused) test(name, () => assert.deepEqual(problemsOf(text), problems));
