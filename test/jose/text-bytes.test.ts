/**
 * Texts in the one buffer for all are what `Buffer.from` makes of them, up to its end and past it.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asciiBytes, base64urlOf } from '../../src/jose/text-bytes.ts';

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
