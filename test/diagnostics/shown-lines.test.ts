import assert from 'node:assert/strict';
import { test } from 'node:test';
import { longestLine, shownLine } from '../../src/diagnostics/shown-lines.ts';
import { type Range, SourceText } from '../../src/diagnostics/source-text.ts';
import { harmlessYaml } from '../../src/documents/harmless-yaml.ts';

const words = new Set(['customClaims', 'name', 'value', 'privateKey', 'true', 'x-ibm-configuration', '1.0']);

/** In each line, what is between « and » is vouched for by its reader. */
const lines: [name: string, line: string, shown: boolean][] = [
  ['words of the product', '- customClaims: { name: true, value: [] }', true],
  ['a word with dashes, behind dashes', '--- - x-ibm-configuration:', true],
  ['an unknown word', 'name: hunter', false],
  ['a known word as a part of another', 'names:', false],
  ['a small number', 'value: 300', true],
  ['a number that may be a password', 'value: 3001', false],
  ['a decimal number that is known', '<?name value="1.0"?>', true],
  ['what is vouched for', '- { name: «tenant», value: "«#[attributes.headers.host]»" }', true],
  ['something else behind it', '- { name: «tenant», value: "«#[a]»" } x', false],
  ['a comment', '- name: «tenant» # hunter', false],
  ['a comment of known words', '- name: «tenant» # value', true],
  ['a key in Base64 between known words', 'privateKey: q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA=', false],
  ['what looks like no key', 'privateKey: correct horse battery staple', false],
  ['PEM', '-----BEGIN PRIVATE KEY-----', false],
  ['a password of punctuation', 'privateKey: !!##%%&&**', false],
  ['a password of a few punctuation marks', 'privateKey: ??', true],
  ['the longest line', `${' '.repeat(longestLine - 5)}name:`, true],
  ['a longer one', `${' '.repeat(longestLine - 4)}name:`, false],
  ['nothing', '', true],
];

for (const [name, line, shown] of lines) {
  test(`a line with ${name} is ${shown ? 'shown' : 'not shown'}`, () => {
    const marked = `name:\n${line}\nname:`;
    const ranges: Range[] = Array.from(marked.matchAll(/«([^»]*)»/g), ({ index, 1: inner = '' }, before) => [
      index - 2 * before,
      index - 2 * before + inner.length,
    ]);
    const text = marked.replace(/[«»]/g, '');
    const source = SourceText.ofFile('f', text).describe({ words: () => words, ranges: () => ranges });
    assert.equal(shownLine(source, 2), shown ? text.split('\n')[1] : undefined);
    assert.equal(shownLine(source, 1), 'name:');
  });
}

const inYaml: [text: string, shown: boolean][] = [
  ['variables:\n  tenant: { name: 1 }', true],
  ['variables:\n  tenant: 1', false],
  ['names:\n  tenant: { name: 1 }', false],
];
for (const [text, shown] of inYaml) {
  test(`a name of the author is shown where one is expected: ${JSON.stringify(text)}`, () => {
    const harmless = harmlessYaml(() => words, { values: [], names: [/^\/variables\/[^/]+$/] });
    const source = SourceText.ofFile('f', text).describe(harmless);
    assert.equal(shownLine(source, 2), shown ? text.split('\n')[1] : undefined);
  });
}

test('of a file that nothing is known of, only punctuation is shown', () => {
  const source = SourceText.ofFile('f', 'name: x\n  - "" :\n');
  assert.deepEqual([shownLine(source, 1), shownLine(source, 2)], [undefined, '  - "" :']);
});

test('the parts of a file are asked for once, and only where words do not tell enough', () => {
  let asked = 0;
  const ranges = (): Range[] => {
    asked += 1;
    return [[6, 7]];
  };
  const source = SourceText.ofFile('f', 'name: x\nname: y\nname:').describe({ words: () => words, ranges });
  assert.deepEqual([shownLine(source, 3), asked], ['name:', 0]);
  assert.deepEqual([shownLine(source, 1), shownLine(source, 2), asked], ['name: x', undefined, 1]);
});
