/**
 * @module
 * Encodes the header blocks that this server sends. They do not use the dynamic table, so a block is valid on every
 * connection, and almost all blocks are encoded at load.
 */
import { staticTable } from './static-table.ts';

/**
 * A dynamic table size update to 0 (RFC 7541, 6.3). The field block that follows the acknowledgement of a smaller
 * SETTINGS_HEADER_TABLE_SIZE must begin with a size update (RFC 9113, 4.3.1), even if the encoder uses no table:
 * decoders assume 4,096 bytes until they receive one.
 *
 * One update to 0 is enough for any number of changes between two blocks (RFC 7541, 4.2): it is not larger than the
 * smallest of them, and the size that this encoder uses stays 0. RFC 9113 requires it only once, because no size is
 * smaller than 0. It is sent for each lowering, because RFC 7541 can be interpreted that way, it costs one byte, and
 * nghttp2 (Node, curl, Envoy), quiche (Envoy), Netty (grpc-java), Go, grpc-core and Python's hpack all accept it at the
 * beginning of any block.
 */
export const emptyTable = encodeInteger(0x20, 5, 0);

/** @param fields names in lower case, values in ASCII */
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

/** Encodes an integer with `pattern` in the bits above the `prefix` bits of the first byte (RFC 7541, 5.1). */
function encodeInteger(pattern: number, prefix: number, value: number): Buffer {
  const mask = (1 << prefix) - 1;
  if (value < mask) return Buffer.from([pattern | value]);
  const bytes = [pattern | mask];
  let rest = value - mask;
  for (; rest >= 0x80; rest >>= 7) bytes.push((rest & 0x7f) | 0x80);
  bytes.push(rest);
  return Buffer.from(bytes);
}
