import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exactDigits, exactNumber, inDoubles, isInexact, parseExactly } from '../../src/diagnostics/exact-json.ts';
import type { JsonValue } from '../../src/diagnostics/json.ts';

const texts: [name: string, text: string, written: string][] = [
  ['a whole number beyond 2^53', '{"id":9007199254740993}', '{"id":9007199254740993}'],
  ['a number below zero', '[-9223372036854775808]', '[-9223372036854775808]'],
  ['what JavaScript holds exactly', '[1234567890123456, 0.5, 1e2]', '[1234567890123456,0.5,100]'],
  ['no power of ten is written out', '[1e21, 1E+22, -1e400]', '[1e21,1E+22,-1e400]'],
  ['names that are array indexes', '{"qwe":1,"234":2,"1":{"b":1,"0":2}}', '{"qwe":1,"234":2,"1":{"b":1,"0":2}}'],
  ['an index that is written with an escape', '{"b":1,"\\u0031":2}', '{"b":1,"1":2}'],
  [
    'the largest index, and the first name beyond it',
    '{"4294967295":1,"4294967294":2}',
    '{"4294967295":1,"4294967294":2}',
  ],
  ['a repeated name', '{"b":1,"1":2,"b":3}', '{"b":3,"1":2}'],
  ['`__proto__`', '{"b":1,"1":2,"__proto__":{"0":1}}', '{"b":1,"1":2,"__proto__":{"0":1}}'],
  ['a long fraction', '[0.10, 0.12345678901234567890]', '[0.1,0.12345678901234567890]'],
  ['a number too near to zero', '[1e-400, -0.0, 5e-324]', '[1e-400,0,5e-324]'],
  ['seventeen digits that a double has', '[0.30000000000000004]', '[0.30000000000000004]'],
  ['brackets and quotes in strings', '{"b":"}\\"{","1":"]"}', '{"b":"}\\"{","1":"]"}'],
  ['digits in a text', '["9007199254740993", 1.0]', '["9007199254740993",1]'],
];

const inexact: [name: string, value: JsonValue, is: boolean][] = [
  ['2^53 - 1', 2 ** 53 - 1, false],
  ['2^53', 2 ** 53, true],
  ['-2^53 + 1', 1 - 2 ** 53, false],
  ['-2^53', -(2 ** 53), true],
  ['a fraction', 4503599627370495.5, false],
  ['minus zero', -0, false],
  ['an infinity', Number.POSITIVE_INFINITY, true],
  ['digits as a string', '100002348117421473', false],
  ['an exact number', exactNumber('100002348117421473'), false],
  ['in a list', [1, [2 ** 53]], true],
  ['in an object', { a: { b: 1e21 } }, true],
  ['nowhere', { a: [1, null, true, 'x', { b: {} }] }, false],
];

for (const [name, value, is] of inexact) {
  test(`digits may be lost: ${name}`, () => assert.equal(isInexact(value), is));
}

test('the digits of an exact number', () => {
  assert.equal(exactDigits(exactNumber('-9007199254740993')), '-9007199254740993');
  for (const value of [1, 'x', null, [], {}]) assert.equal(exactDigits(value), undefined);
});

test('Flex Gateway computes with the double next to an exact number', () => {
  assert.deepEqual(inDoubles({ a: [exactNumber('9007199254740993')], b: 'x' }), { a: [9007199254740992], b: 'x' });
});

for (const [name, text, written] of texts) {
  test(`exact JSON: ${name}`, () => assert.equal(JSON.stringify(parseExactly(text)), written));
}
