/**
 * @module
 * The bytes of a string while it is encoded or signed, in one shared buffer. `Buffer.from` takes its memory from slabs.
 * A slab that is in use when young objects are collected is freed by the next full collection only, tens of megabytes
 * later (docs/decisions/0060).
 */

const shared = Buffer.allocUnsafeSlow(16_384);
const maxUtf8BytesPerUnit = 3;

/** The string's UTF-8 in base64url (RFC 7515 section 2). */
export function base64urlOf(string: string): string {
  if (maxUtf8BytesPerUnit * string.length > shared.length) return Buffer.from(string, 'utf8').toString('base64url');
  return shared.toString('base64url', 0, shared.write(string, 'utf8'));
}

/** @param string ASCII @returns bytes that are valid until either function is called again */
export function asciiBytes(string: string): Buffer {
  return string.length > shared.length
    ? Buffer.from(string, 'latin1')
    : shared.subarray(0, shared.write(string, 'latin1'));
}
