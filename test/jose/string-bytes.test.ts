/**
 * Strings in the shared buffer have the same bytes as in `Buffer.from`, and so have longer strings.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asciiBytes, base64urlOf } from '../../src/jose/string-bytes.ts';

const texts = [
  '',
  'a',
  '{"sub":"alice"}',
  'änne',
  '\u{1f600}',
  '\ud800 alone',
  '\u20ac'.repeat(5461),
  '\u20ac'.repeat(5462),
];

for (const text of texts) {
  test(`base64url of ${text.length} units beginning with ${JSON.stringify(text.slice(0, 9))}`, () => {
    assert.equal(base64urlOf(text), Buffer.from(text, 'utf8').toString('base64url'));
  });
}

for (const length of [0, 1, 16_384, 16_385, 100_000]) {
  test(`${length} bytes of ASCII`, () => {
    const text = 'abc'.repeat(length).slice(0, length);
    assert.equal(asciiBytes(text).toString('latin1'), text);
  });
}
