import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseExactly } from '../../src/diagnostics/exact-json.ts';

const texts: [name: string, text: string, written: string][] = [
  ['a whole number beyond 2^53', '{"id":9007199254740993}', '{"id":9007199254740993}'],
  ['a number below zero', '[-9223372036854775808]', '[-9223372036854775808]'],
  ['what JavaScript holds exactly', '[1234567890123456, 0.5, 1e2]', '[1234567890123456,0.5,100]'],
  ['digits in a text', '["9007199254740993", 1.0]', '["9007199254740993",1]'],
];

for (const [name, text, written] of texts) {
  test(`exact JSON: ${name}`, () => assert.equal(JSON.stringify(parseExactly(text)), written));
}
