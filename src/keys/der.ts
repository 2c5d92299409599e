/**
 * @module
 * DER (X.690 section 10), as far as walking through a PKCS#12 file needs it: definite lengths, one-byte tags.
 */

export interface DerValue {
  readonly tag: number;
  /** The value without tag and length. */
  readonly content: Buffer;
  /** Tag and length included. */
  readonly whole: Buffer;
}

/** The values that stand one after the other in `bytes`. @throws RangeError where they are malformed */
export function derValues(bytes: Buffer): DerValue[] {
  const values: DerValue[] = [];
  let at = 0;
  while (at < bytes.length) {
    const value = valueAt(bytes, at);
    values.push(value);
    at += value.whole.length;
  }
  return values;
}

function valueAt(bytes: Buffer, at: number): DerValue {
  const tag = bytes.readUInt8(at);
  const first = bytes.readUInt8(at + 1);
  // 0x80 is the indefinite length of BER, which DER does not have; more than four bytes of length fit in no file here.
  const lengthBytes = first < 0x80 ? 0 : first - 0x80;
  if (first === 0x80 || lengthBytes > 4) throw new RangeError('a length that DER does not have');
  const length = lengthBytes === 0 ? first : bytes.readUIntBE(at + 2, lengthBytes);
  const start = at + 2 + lengthBytes;
  if (start + length > bytes.length) throw new RangeError('a value longer than what holds it');
  return { tag, content: bytes.subarray(start, start + length), whole: bytes.subarray(at, start + length) };
}

/** An object identifier in dots. */
export function objectIdentifier({ content }: DerValue): string {
  const arcs: number[] = [];
  let arc = 0;
  for (const byte of content) {
    arc = arc * 128 + (byte & 0x7f);
    if (byte < 0x80) {
      arcs.push(arc);
      arc = 0;
    }
  }
  const [first = 0, ...rest] = arcs;
  const root = Math.min(2, Math.floor(first / 40));
  return [root, first - 40 * root, ...rest].join('.');
}
