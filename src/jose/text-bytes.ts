/**
 * @module
 * Texts as bytes for as long as it takes to encode or to sign them, in one buffer for all. `Buffer.from` would cut them out of slabs, and a
 * slab that is in use when young objects are collected is freed by a full collection only, tens of megabytes later (docs/decisions/0060).
 */

const room = Buffer.allocUnsafeSlow(16_384);
/** A code unit has three bytes of UTF-8 at most. */
const mostBytesOfUnit = 3;

/** The text's UTF-8 in base64url (RFC 7515 section 2). */
export function base64urlOf(text: string): string {
  if (mostBytesOfUnit * text.length > room.length) return Buffer.from(text, 'utf8').toString('base64url');
  return room.toString('base64url', 0, room.write(text, 'utf8'));
}

/** @param text ASCII @returns bytes that stay until either function is called again */
export function asciiBytes(text: string): Buffer {
  return text.length > room.length ? Buffer.from(text, 'latin1') : room.subarray(0, room.write(text, 'latin1'));
}
