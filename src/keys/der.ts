/**
 * @module
 * The part of DER (X.690 section 10) that PKCS#12 files need: definite lengths and one-byte tags.
 */

export interface DerValue {
  readonly tag: number;
  /** The value without tag and length. */
  readonly content: Buffer;
  /** The value with tag and length. */
  readonly whole: Buffer;
}

/** No key and no archive has more values next to each other: a file of empty ones would take a gigabyte. */
const maxValues = 10_000;

/** The consecutive values in `bytes`. @throws RangeError if they are malformed, or more than any key file has */
export function derValues(bytes: Buffer): DerValue[] {
  const values: DerValue[] = [];
  let at = 0;
  while (at < bytes.length) {
    if (values.length === maxValues) throw new RangeError('too many values');
    const value = valueAt(bytes, at);
    values.push(value);
    at += value.whole.length;
  }
  return values;
}

function valueAt(bytes: Buffer, at: number): DerValue {
  const tag = bytes.readUInt8(at);
  const first = bytes.readUInt8(at + 1);
  // 0x80 is the indefinite length of BER, which DER does not have. No file here needs more than four bytes of length.
  const lengthBytes = first < 0x80 ? 0 : first - 0x80;
  if (first === 0x80 || lengthBytes > 4) throw new RangeError('invalid length');
  const length = lengthBytes === 0 ? first : bytes.readUIntBE(at + 2, lengthBytes);
  const start = at + 2 + lengthBytes;
  if (start + length > bytes.length) throw new RangeError('the value is longer than its container');
  return { tag, content: bytes.subarray(start, start + length), whole: bytes.subarray(at, start + length) };
}

/** An object identifier in dotted notation. */
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
