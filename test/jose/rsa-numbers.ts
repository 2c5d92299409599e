/**
 * @module
 * Numbers of RSA keys that tests make.
 */

/** In base64url. */
export const encoded = (value: bigint): string => {
  const hex = value.toString(16);
  return Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex').toString('base64url');
};

/** The members of a private key whose primes are those of Mersenne with these exponents: large ones need no search. */
export function mersenneMembers(a: bigint, b: bigint): Record<string, string> {
  const [p, q, e] = [2n ** a - 1n, 2n ** b - 1n, 65_537n];
  const d = inverse(e, (p - 1n) * (q - 1n));
  const members = { n: p * q, e, d, p, q, dp: d % (p - 1n), dq: d % (q - 1n), qi: inverse(q, p) };
  return Object.fromEntries(Object.entries(members).map(([name, value]) => [name, encoded(value)]));
}

/** The inverse of `value` modulo `modulus` (extended Euclid). */
export const inverse = (value: bigint, modulus: bigint): bigint => {
  let [older, newer] = [modulus, value % modulus];
  let [olderFactor, newerFactor] = [0n, 1n];
  while (newer !== 0n) {
    const times = older / newer;
    [older, newer] = [newer, older - times * newer];
    [olderFactor, newerFactor] = [newerFactor, olderFactor - times * newerFactor];
  }
  return ((olderFactor % modulus) + modulus) % modulus;
};
