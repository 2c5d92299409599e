import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { jsonMistake } from '../../src/cli/json-syntax.ts';

const mistakes: [text: string, at: number | undefined][] = [
  ['{"a": [1, true, null, "\\u00e9"]}', undefined],
  ['', 0],
  ['{', 1],
  ['{"a": 1,}', 8],
  ['[1,]', 3],
  ["{'a': 1}", 1],
  ['{a: 1}', 1],
  ['{"a" 1}', 5],
  ['{"a": 01}', 7],
  ['{"a": [1}', 8],
  ['{"a": "x}', 6],
  ['{"a": "\t"}', 6],
  ['1 2', 2],
  ['"\u007f\u{1f600}"', undefined],
];
for (const [text, at] of mistakes) {
  test(`the first mistake in ${JSON.stringify(text)}`, () => assert.equal(jsonMistake(text), at));
}

test('a text has a mistake if JSON.parse refuses it', () => {
  const piece = fc.constantFrom(
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '"a"',
    '1',
    '-0.5e3',
    '01',
    'true',
    ' ',
    '\n',
    '"',
    '\\',
    '\u0001',
    '\u0085',
    '-',
    '.',
  );
  const mutated = fc.tuple(fc.json(), fc.nat(), piece, fc.nat(1)).map(([json, nat, inserted, removed]) => {
    const at = nat % (json.length + 1);
    return json.slice(0, at) + inserted + json.slice(at + removed);
  });
  const pieces = fc.array(piece, { maxLength: 8 }).map((all) => all.join(''));
  fc.assert(
    fc.property(fc.oneof(mutated, pieces, fc.json()), (text) => {
      assert.equal(jsonMistake(text) === undefined, isJson(text), text);
    }),
    { numRuns: 3000, seed: 1 },
  );
});

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
