/**
 * @module
 * An ECDSA signature from DER to r ‖ s (RFC 7518 section 3.4). OpenSSL's own conversion, `dsaEncoding: 'ieee-p1363'`,
 * doubles the cost of a signature on some Node versions.
 */

/** SEQUENCE { INTEGER r, INTEGER s } to r ‖ s, each padded on the left to `scalarBytes`. They fill `result`. */
export function joinScalars(der: Buffer, scalarBytes: number, result: Buffer): void {
  // P-521 signatures exceed 127 bytes, and then the length takes a second byte.
  const first = (der[1] ?? 0) > 0x80 ? 3 : 2;
  const second = copyInteger(der, first, result, 0, scalarBytes);
  copyInteger(der, second, result, scalarBytes, scalarBytes);
}

/** Copies the INTEGER at `from`; returns the offset behind it. */
function copyInteger(der: Buffer, from: number, to: Buffer, at: number, size: number): number {
  const length = der[from + 1] ?? 0;
  const end = from + 2 + length;
  // A positive INTEGER whose highest bit is set has a zero byte before it; a short one lacks leading zeros.
  const start = Math.max(from + 2, end - size);
  const missing = size - (end - start);
  if (missing > 0) to.fill(0, at, at + missing);
  der.copy(to, at + missing, start, end);
  return end;
}
