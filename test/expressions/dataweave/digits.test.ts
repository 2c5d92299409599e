import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withPlainDigits } from '../../../src/expressions/dataweave/digits.ts';

const examples: [name: string, text: string, expected: string][] = [
  ['none', 'a-1.5e3', 'a-1.5e3'],
  ['Arabic', '-١٢٫٣', '-12٫3'],
  ['Devanagari, whose zero is not at a multiple of 16', '०१५६७९', '015679'],
  ['full width', '１２.５', '12.5'],
  ['beyond U+FFFF, which are two units', '𝟏𝟐', '𝟏𝟐'],
  ['a number that is no digit', '²½Ⅷ', '²½Ⅷ'],
];

for (const [name, text, expected] of examples) {
  test(`digits of other scripts: ${name}`, () => assert.equal(withPlainDigits(text), expected));
}

test('every ten digits that follow one another are 0 to 9', () => {
  const all = Array.from({ length: 0x10000 }, (_, code) => String.fromCharCode(code)).filter((one) =>
    /\p{Nd}/u.test(one),
  );
  assert.equal(withPlainDigits(all.join('')), '0123456789'.repeat(all.length / 10));
});
