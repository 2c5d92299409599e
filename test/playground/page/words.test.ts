import assert from 'node:assert/strict';
import { test } from 'node:test';
import { indentedJson, jsonPieces } from '../../../src/playground/page/json-text.ts';
import * as words from '../../../src/playground/page/words.ts';

const sentences: [actual: string | undefined, expected: string | undefined][] = [
  [words.bytesText(1), '1 byte'],
  [words.bytesText(1234567), '1,234,567 bytes'],
  [words.limitText(8192), '8 KiB'],
  [words.limitText(16_000), '16,000 bytes'],
  [words.statusText(401), '401 Unauthorized'],
  [words.statusText(299), '299'],
  [words.placeText({ file: 'a', from: { line: 2, column: 3 }, to: { line: 2, column: 4 } }), 'a:2:3'],
  [words.timeText({ name: 'iat', json: '1767225600', comes: '', reads: [] }), '2026-01-01 00:00:00 UTC'],
  [words.timeText({ name: 'sub', json: '1767225600', comes: '', reads: [] }), undefined],
  [words.timeText({ name: 'exp', json: '"1767225600"', comes: '', reads: [] }), undefined],
  [words.timeText({ name: 'exp', comes: '', reads: [] }), undefined],
  [words.timeText({ name: 'exp', json: '99999999999', comes: '', reads: [] }), '5138-11-16 09:46:39 UTC'],
  [words.timeText({ name: 'exp', json: '999999999999', comes: '', reads: [] }), undefined],
];
for (const [index, [actual, expected]] of sentences.entries()) {
  test(`words ${index + 1}: ${expected}`, () => assert.equal(actual, expected));
}

const tokens: [text: string, labels: string][] = [
  ['a.b.c', 'Header Claims Signature'],
  ['a.b.c.d.e', 'Header Encrypted key Initialization vector Ciphertext Tag'],
  ['a.b.c.d', 'Header Claims Signature More'],
];
for (const [text, labels] of tokens) {
  test(`the parts of ${text}`, () => {
    const parts = words.tokenParts(text);
    assert.equal(parts.map(({ label }) => label).join(' '), labels);
    assert.equal(parts.map((part) => part.text).join('.'), text);
  });
}

const long = 'x'.repeat(60);
const texts: [json: string, shown: string][] = [
  ['"a"', '"a"'],
  ['12345678901234567890.10', '12345678901234567890.10'],
  ['{"a":1}', '{"a":1}'],
  [`"${long}"`, `"${long}"`],
  [`["${long}",{"b":[],"c":{}}]`, `[\n  "${long}",\n  {\n    "b": [],\n    "c": {}\n  }\n]`],
  [`{"a:,{":"${long}","n":1.10}`, `{\n  "a:,{": "${long}",\n  "n": 1.10\n}`],
];
for (const [json, shown] of texts) {
  test(`JSON is shown with its digits: ${json.slice(0, 30)}`, () => {
    assert.equal(indentedJson(json), shown);
    assert.equal(
      jsonPieces(json)
        .map(([, text]) => text)
        .join(''),
      json,
    );
  });
}

test('each piece of a JSON text has its kind', () => {
  const pieces = jsonPieces('{"a\\"": ["b", -1.5e3, true, null]}').filter(([kind]) => kind !== 'plain');
  assert.deepEqual(pieces, [
    ['name', '"a\\""'],
    ['string', '"b"'],
    ['number', '-1.5e3'],
    ['word', 'true'],
    ['word', 'null'],
  ]);
});
