/**
 * @module
 * Messages as a later Envoy may send them: with fields that are not known, in every message.
 */

/**
 * A varint, a fixed number of 64 bits, bytes, and a fixed number of 32 bits. The bytes begin like a field 1 that is too
 * long, so who reads them refuses the message.
 */
export const later = Buffer.from([
  ...[0xf8, 1, 1, 0xf9, 1, 1, 2, 3, 4, 5, 6, 7, 8],
  ...[0xfa, 1, 2, 0x0a, 0x7f, 0xfd, 1, 1, 2, 3, 4],
]);

/** A length-delimited field. */
export function part(field: number, ...content: readonly (Buffer | string)[]): Buffer {
  const bytes = Buffer.concat(content.map((piece) => Buffer.from(piece)));
  const { length } = bytes;
  const size = length < 0x80 ? [length] : [(length & 0x7f) | 0x80, length >> 7];
  return Buffer.concat([Buffer.from([(field << 3) | 2, ...size]), bytes]);
}

/** A message with fields that are not known before and behind its own. */
export function partWithLater(field: number, ...content: readonly Buffer[]): Buffer {
  return part(field, later, ...content, later);
}

/** An entry of `map<string, Struct>`, in which everything has fields that are not known. */
export function structEntryWithLater(field: number): Buffer {
  const value = partWithLater(2, part(3, 'x'));
  const list = partWithLater(2, partWithLater(6, partWithLater(1, part(3, 'y'))));
  const inner = partWithLater(2, partWithLater(5, partWithLater(1, part(1, 'c'), value)));
  const members = [partWithLater(1, part(1, 'a'), value), partWithLater(1, part(1, 'b'), list)];
  return partWithLater(field, part(1, 's'), partWithLater(2, ...members, partWithLater(1, part(1, 'd'), inner)));
}
