/**
 * @module
 * Header blocks that this server sends. They neither read nor fill a dynamic table, so a block means the same on every
 * connection, and almost all of them are made at load.
 */
import { staticTable } from './static-table.ts';

/**
 * A dynamic table size update to 0 (RFC 7541, 6.3). The field block that follows the acknowledgement of a smaller
 * SETTINGS_HEADER_TABLE_SIZE begins with it (RFC 9113, 4.3.1), also where the encoder uses no table: decoders assume one of
 * 4,096 bytes until they are told.
 *
 * One to 0 does for any number of changes between two blocks: it is no larger than the smallest of them, and the size
 * that this encoder chose, below whatever the client allows in the end (RFC 7541, 4.2), is 0 for good. RFC 9113 asks for it
 * only once, since nothing is smaller than 0; it is sent for each lowering, because RFC 7541 can be read so, it costs a
 * byte, and nghttp2 (Node, curl, Envoy), quiche (Envoy), Netty (grpc-java), Go, grpc-core and Python's hpack all take it
 * at the beginning of any block.
 */
export const emptyTable = encodeInteger(0x20, 5, 0);

/** @param fields names in lower case; values of ASCII */
export function encodeBlock(fields: readonly (readonly [name: string, value: string])[]): Buffer {
  return Buffer.concat(fields.map(([name, value]) => encodeField(name, value)));
}

function encodeField(name: string, value: string): Buffer {
  const whole = staticTable.findIndex((field) => field[0] === name && field[1] === value) + 1;
  if (whole > 0) return encodeInteger(0x80, 7, whole);
  const named = staticTable.findIndex((field) => field[0] === name) + 1;
  // "Without indexing" (RFC 7541, 6.2.2).
  const start = encodeInteger(0, 4, named);
  return Buffer.concat(named > 0 ? [start, encodeText(value)] : [start, encodeText(name), encodeText(value)]);
}

function encodeText(text: string): Buffer {
  return Buffer.concat([encodeInteger(0, 7, text.length), Buffer.from(text, 'latin1')]);
}

/** `pattern` in the bits above the `prefix` bits of the first byte (RFC 7541, 5.1). */
function encodeInteger(pattern: number, prefix: number, value: number): Buffer {
  const mask = (1 << prefix) - 1;
  if (value < mask) return Buffer.from([pattern | value]);
  const bytes = [pattern | mask];
  let rest = value - mask;
  for (; rest >= 0x80; rest >>= 7) bytes.push((rest & 0x7f) | 0x80);
  bytes.push(rest);
  return Buffer.from(bytes);
}
