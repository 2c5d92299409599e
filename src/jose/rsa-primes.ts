/**
 * @module
 * The primes of an RSA private key, computed from its modulus and exponents (NIST SP 800-56B appendix C.1) when a
 * policy loads. RFC 7518 section 6.3.2 lets a JWK omit them, and gateways accept such keys, but OpenSSL does not.
 */

/** The members `p`, `q`, `dp`, `dq` and `qi` of a JWK, in base64url. */
export interface PrimeMembers {
  readonly p: string;
  readonly q: string;
  readonly dp: string;
  readonly dq: string;
  readonly qi: string;
}

/** Finding the primes of a larger modulus would delay the start by seconds. No key in use is larger. */
const maxModulusBytes = 1024;

/** All are in base64url. Undefined if the three numbers do not fit each other, or the modulus is too large. */
export function findPrimes(modulus: string, publicExponent: string, privateExponent: string): PrimeMembers | undefined {
  const [n, e, d] = [modulus, publicExponent, privateExponent].map(toNumber);
  if (n === undefined || e === undefined || d === undefined) return undefined;
  const isUsual = n > 3n && n % 2n === 1n && e > 1n && d > 1n && e < n && d < n;
  if (!isUsual || modulus.length > maxModulusBytes * 2) return undefined;
  const p = factorOf(n, e * d - 1n);
  if (p === undefined) return undefined;
  const q = n / p;
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

const bases = [2n, 3n, 5n, 7n, 11n, 13n, 17n, 19n, 23n, 29n, 31n, 37n, 41n, 43n, 47n, 53n];

/**
 * A prime factor of `n`, given that every number to the power of `multiple` is 1 modulo n. Each base finds one with a
 * probability of one half.
 */
function factorOf(n: bigint, multiple: bigint): bigint | undefined {
  let odd = multiple;
  let halvings = 0;
  for (; odd % 2n === 0n; odd /= 2n) halvings++;
  for (const base of bases) {
    const root = rootOfOne(n, power(base, odd, n), halvings);
    if (root !== undefined) return greatestDivisor(root - 1n, n);
  }
  return undefined;
}

/** A square root of 1 that is neither 1 nor −1, among `start` and its repeated squares. */
function rootOfOne(n: bigint, start: bigint, squarings: number): bigint | undefined {
  let root = start;
  for (let count = 0; count < squarings; count++) {
    const square = (root * root) % n;
    if (square === 1n) return root === 1n || root === n - 1n ? undefined : root;
    root = square;
  }
  return undefined;
}

function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n;
  let square = base % modulus;
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest % 2n === 1n) result = (result * square) % modulus;
    square = (square * square) % modulus;
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
