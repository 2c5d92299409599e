import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { findPrimes } from '../../src/jose/rsa-primes.ts';

const encoded = (value: bigint): string => {
  const hex = value.toString(16);
  return Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex').toString('base64url');
};

test('finds the primes of keys of every size, in either order', () => {
  for (const modulusLength of [512, 1024, 2048, 2056, 3072]) {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength });
    const { n = '', e = '', d = '', p = '', q = '' } = privateKey.export({ format: 'jwk' });
    const found = findPrimes(n, e, d);
    assert.deepEqual(new Set([found?.p, found?.q]), new Set([p, q]), `${modulusLength} bits`);
  }
});

const impossible: readonly [name: string, n: string, e: string, d: string][] = [
  ['empty strings', '', '', ''],
  ['zero', 'AA', 'AQAB', 'AQ'],
  ['an even modulus', encoded(2n ** 64n), 'AQAB', encoded(12_345n)],
  ['an exponent beyond the modulus', encoded(33n), encoded(99n), encoded(7n)],
  ['a prime', encoded(2n ** 61n - 1n), 'AQAB', encoded(12_345n)],
  ['exponents that do not fit each other', encoded(3233n), encoded(17n), encoded(2752n)],
];

for (const [name, n, e, d] of impossible) {
  test(`finds no primes: ${name}`, () => assert.equal(findPrimes(n, e, d), undefined));
}

test('refuses a modulus that is too large without trying', () => {
  const begun = performance.now();
  assert.equal(findPrimes(encoded(2n ** 20_000n - 1n), 'AQAB', encoded(2n ** 19_000n + 1n)), undefined);
  assert.ok(performance.now() - begun < 1000);
});

test('the primes of the textbook key are 61 and 53', () => {
  const found = findPrimes(encoded(3233n), encoded(17n), encoded(2753n));
  assert.deepEqual(new Set([found?.p, found?.q]), new Set([encoded(61n), encoded(53n)]));
});
