/**
 * @module
 * The primes of an RSA private key, computed from its modulus and exponents (NIST SP 800-56B appendix C.1) when a
 * policy loads. RFC 7518 section 6.3.2 lets a JWK omit them, and gateways accept such keys, but OpenSSL does not.
 */

import { checkPrimeSync } from 'node:crypto';

/** The members `p`, `q`, `dp`, `dq` and `qi` of a JWK, in base64url. */
export interface PrimeMembers {
  readonly p: string;
  readonly q: string;
  readonly dp: string;
  readonly dq: string;
  readonly qi: string;
}

/**
 * To find the primes of such a modulus, or that it has none, takes at most some 0.3 s. IBM's samples for OpenID Connect
 * share a key of 4098 bits.
 */
export const maxBitsWithoutPrimes = 4104;
const maxModulus = 2n ** BigInt(maxBitsWithoutPrimes);

/** 64 bits, as in OpenSSL for large keys. */
const maxPublicExponent = 2n ** 64n;

/** Whether `findPrimes` looks for the primes of a key of this size. Both are in base64url. */
export function isSmallEnough(modulus: string, publicExponent: string): boolean {
  const [n = 0n, e = 0n] = [modulus, publicExponent].map(toNumber);
  return n < maxModulus && e < maxPublicExponent;
}

/** All are in base64url. Undefined if the three numbers do not fit each other, or are too large. */
export function findPrimes(modulus: string, publicExponent: string, privateExponent: string): PrimeMembers | undefined {
  const [n, e, d] = [modulus, publicExponent, privateExponent].map(toNumber);
  if (n === undefined || e === undefined || d === undefined) return undefined;
  const isUsual = n > 3n && n % 2n === 1n && e > 1n && d > 1n && e < n && d < n;
  if (!isUsual || !isSmallEnough(modulus, publicExponent)) return undefined;
  const p = factorOf(n, e * d - 1n);
  if (p === undefined) return undefined;
  const q = n / p;
  if (![p, q].every((prime) => fits(prime, e, d))) return undefined;
  const inverse = inverseOf(q, p);
  if (inverse === undefined) return undefined;
  const members = { p, q, dp: d % (p - 1n), dq: d % (q - 1n), qi: inverse };
  return {
    p: encoded(members.p),
    q: encoded(members.q),
    dp: encoded(members.dp),
    dq: encoded(members.dq),
    qi: encoded(members.qi),
  };
}

/**
 * Whether it is a prime, and the exponents undo each other modulo it (RFC 8017 section 3.2). The factors of a modulus
 * that is no product of two primes, such as 2^4104 - 1, may have passed everything before.
 */
function fits(prime: bigint, e: bigint, d: bigint): boolean {
  return (e * d) % (prime - 1n) === 1n && checkPrimeSync(prime);
}

const bases = [2n, 3n, 5n, 7n, 11n, 13n, 17n, 19n, 23n, 29n, 31n, 37n, 41n, 43n, 47n, 53n];

/** After this many bases without success, check that the modulus is no power of a prime, which has no two factors. */
const basesBeforeCheck = 3;

/**
 * A factor of `n`. If the exponents fit, every base to the power of `multiple` is 1 modulo n, and finds a factor
 * with a probability of one half. If they do not fit, the first base shows it.
 */
function factorOf(n: bigint, multiple: bigint): bigint | undefined {
  let odd = multiple;
  let halvings = 0;
  for (; odd % 2n === 0n; odd /= 2n) halvings++;
  for (const [i, base] of bases.entries()) {
    if (i === basesBeforeCheck && isPowerOfPrime(n)) return undefined;
    const root = rootOfOne(n, power(base, odd, n), halvings);
    if (root === undefined) return undefined;
    if (root !== 1n && root !== n - 1n) return greatestDivisor(root - 1n, n);
  }
  return undefined;
}

/**
 * The last of `start` and its repeated squares before 1, which is a square root of 1; undefined if none of them is 1.
 */
function rootOfOne(n: bigint, start: bigint, squarings: number): bigint | undefined {
  let root = start;
  for (let count = 0; count < squarings; count++) {
    const square = (root * root) % n;
    if (square === 1n) return root;
    root = square;
  }
  return undefined;
}

/** Fermat: 2 to the power of n is 2 modulo p if n is a power of p. The product of two large primes has no such p. */
function isPowerOfPrime(n: bigint): boolean {
  return greatestDivisor(power(2n, n, n) - 2n, n) !== 1n;
}

/** From the highest bit of the exponent on, so that all products but the squares have a small factor, the base. */
function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n;
  for (const bit of exponent.toString(2)) {
    result = (result * result) % modulus;
    if (bit === '1') result = (result * base) % modulus;
  }
  return result;
}

function greatestDivisor(a: bigint, b: bigint): bigint {
  let [divisor, rest] = [a, b];
  while (rest !== 0n) [divisor, rest] = [rest, divisor % rest];
  return divisor;
}

/** The inverse of `value` modulo `modulus` (extended Euclid). */
function inverseOf(value: bigint, modulus: bigint): bigint | undefined {
  let [older, newer] = [modulus, value % modulus];
  let [olderFactor, newerFactor] = [0n, 1n];
  while (newer !== 0n) {
    const times = older / newer;
    [older, newer] = [newer, older - times * newer];
    [olderFactor, newerFactor] = [newerFactor, olderFactor - times * newerFactor];
  }
  return older === 1n ? ((olderFactor % modulus) + modulus) % modulus : undefined;
}

function toNumber(base64url: string): bigint | undefined {
  const hex = Buffer.from(base64url, 'base64url').toString('hex');
  return hex === '' ? undefined : BigInt(`0x${hex}`);
}

function encoded(number: bigint): string {
  const hex = number.toString(16);
  return Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex').toString('base64url');
}
