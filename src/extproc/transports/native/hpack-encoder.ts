/**
 * @module
 * Header blocks that this server sends. They neither read nor fill a dynamic table, so a block means the same on every
 * connection, and almost all of them are made at load.
 */
import { staticTable } from './static-table.ts';

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
