/**
 * @module
 * Numbers of RSA keys that tests make.
 */

/** In base64url. */
export const encoded = (value: bigint): string => {
  const hex = value.toString(16);
  return Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex').toString('base64url');
};

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
