/**
 * @module
 * `randomLong([least[, most]])`: a random whole number, taken from the bits of a random UUID, so that chance stays an
 * argument of the room.
 */

const largest = 2n ** 63n - 1n;

/** @param uuid version 4; its version and variant digits are not random and are left out */
export function randomLong([least, most]: readonly (string | undefined)[], uuid: string): string | undefined {
  const from = least === undefined ? 0n : readLong(least);
  const to = most === undefined ? largest : readLong(most);
  if (from === undefined || to === undefined || to < from) return undefined;
  const digits = uuid.replaceAll('-', '');
  const bits = BigInt(`0x${digits.slice(0, 12)}${digits.slice(13, 16)}${digits.slice(17)}`);
  return String(from + (bits % (to - from + 1n)));
}

function readLong(text: string): bigint | undefined {
  return /^-?\d{1,18}$/.test(text) ? BigInt(text) : undefined;
}
