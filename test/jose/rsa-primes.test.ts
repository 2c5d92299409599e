import assert from 'node:assert/strict';
import { generateKeyPairSync, generatePrimeSync } from 'node:crypto';
import { test } from 'node:test';
import { findPrimes, isSmallEnough, maxBitsWithoutPrimes } from '../../src/jose/rsa-primes.ts';
import { cpuTimeOf, margin, maxTime } from '../search/cpu-time.ts';
import { Dice } from '../search/dice.ts';
import { encoded, inverse } from './rsa-numbers.ts';

test('finds the primes of keys of every size, in either order', () => {
  for (const modulusLength of [512, 1024, 2048, 2056, 3072]) {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength });
    const { n = '', e = '', d = '', p = '', q = '' } = privateKey.export({ format: 'jwk' });
    const found = findPrimes(n, e, d);
    assert.deepEqual(new Set([found?.p, found?.q]), new Set([p, q]), `${modulusLength} bits`);
  }
});

const privateExponent = (phi: bigint): bigint => inverse(65_537n, phi);

const impossible: readonly [name: string, n: string, e: string, d: string][] = [
  ['empty strings', '', '', ''],
  ['zero', 'AA', 'AQAB', 'AQ'],
  ['an even modulus', encoded(2n ** 64n), 'AQAB', encoded(12_345n)],
  ['an exponent beyond the modulus', encoded(33n), encoded(99n), encoded(7n)],
  // 3 · 15 is 1 modulo 4, the least common multiple of 2 and 4.
  ['a private exponent as large as the modulus', encoded(15n), encoded(3n), encoded(15n)],
  ['a public exponent as large as the modulus', encoded(15n), encoded(15n), encoded(3n)],
  ['a prime', encoded(2n ** 61n - 1n), 'AQAB', encoded(12_345n)],
  ['exponents that do not fit each other', encoded(3233n), encoded(17n), encoded(2752n)],
  // 2 has the order 4104 modulo this number, so one of some 2,000 private exponents seems to fit.
  ['2^4104 - 1', encoded(2n ** 4104n - 1n), encoded(65_537n), encoded(privateExponent(4104n))],
  ['three primes', encoded(61n * 53n * 71n), encoded(17n), encoded(inverse(17n, 60n * 52n * 70n))],
];

for (const [name, n, e, d] of impossible) {
  test(`finds no primes: ${name}`, () => assert.equal(findPrimes(n, e, d), undefined));
}

const max = 2n ** BigInt(maxBitsWithoutPrimes) - 1n;

test('the limits are 4096 bits for the modulus and 64 bits for the public exponent', () => {
  const sizes: readonly [n: bigint, e: bigint, fits: boolean][] = [
    [max, 65_537n, true],
    [max + 1n, 65_537n, false],
    [max, 2n ** 64n - 1n, true],
    [max, 2n ** 64n, false],
  ];
  for (const [n, e, fits] of sizes) assert.equal(isSmallEnough(encoded(n), encoded(e)), fits, `${n} ${e}`);
});

test('zeros in front of the modulus do not count', () => {
  const padded = Buffer.concat([Buffer.alloc(3), Buffer.from(encoded(max), 'base64url')]).toString('base64url');
  assert.ok(isSmallEnough(padded, 'AQAB'));
});

test('finds the primes of a modulus of 3560 bits', () => {
  const [p, q] = [2n ** 1279n - 1n, 2n ** 2281n - 1n];
  assert.ok(findPrimes(encoded(p * q), 'AQAB', encoded(privateExponent((p - 1n) * (q - 1n)))));
});

const dice = new Dice(1);
const randomNumber = (bits: number): bigint => {
  let number = 1n;
  for (let i = 1; i < bits; i++) number = number * 2n + BigInt(dice.roll(2));
  return number;
};

const misfits = 8;

test(`numbers of 4096 bits that do not fit cost little: ${misfits} keys`, () => {
  for (let count = 0; count < misfits; count++) {
    const [n, e, d] = [randomNumber(4096) | 1n, randomNumber(64) | 1n, randomNumber(4095) | 1n];
    const { milliseconds, result } = cpuTimeOf(() => findPrimes(encoded(n), encoded(e), encoded(d)));
    assert.equal(result, undefined);
    assert.ok(milliseconds < maxTime * margin, `${milliseconds} ms`);
  }
});

test('a prime and its powers have no two primes', () => {
  const p = generatePrimeSync(1024, { bigint: true });
  for (const power of [1n, 2n, 3n]) {
    const d = privateExponent(p ** (power - 1n) * (p - 1n));
    const { milliseconds, result } = cpuTimeOf(() => findPrimes(encoded(p ** power), 'AQAB', encoded(d)));
    assert.equal(result, undefined);
    assert.ok(milliseconds < maxTime * margin, `${milliseconds} ms`);
  }
});

test('the primes of the textbook key are 61 and 53', () => {
  const found = findPrimes(encoded(3233n), encoded(17n), encoded(2753n));
  assert.deepEqual(new Set([found?.p, found?.q]), new Set([encoded(61n), encoded(53n)]));
});

/** Whether a key with these numbers has two primes, found by trying all. */
const byTrying = (n: bigint, e: bigint, d: bigint): boolean => {
  for (let p = 2n; p * p <= n; p++) {
    if (n % p !== 0n) continue;
    const q = n / p;
    const fits = (prime: bigint): boolean => (e * d) % (prime - 1n) === 1n;
    return q !== p && isPrime(q) && [p, q].every((prime) => prime > 2n && fits(prime));
  }
  return false;
};
const isPrime = (n: bigint): boolean => {
  for (let p = 2n; p * p <= n; p++) if (n % p === 0n) return false;
  return n > 1n;
};

const smallKeys = 20_000;

test(`only a product of two primes with exponents for both has primes: ${smallKeys} small numbers`, () => {
  let found = 0;
  for (let count = 0; count < smallKeys; count++) {
    const n = BigInt(9 + 2 * dice.roll(500));
    const [e, d] = [BigInt(3 + 2 * dice.roll(20)), BigInt(3 + 2 * dice.roll(Number(n) / 2))];
    const primes = findPrimes(encoded(n), encoded(e), encoded(d));
    if (primes === undefined) continue;
    found++;
    assert.ok(byTrying(n, e, d), `${n} ${e} ${d}`);
  }
  assert.ok(found > 50, `${found}`);
});
