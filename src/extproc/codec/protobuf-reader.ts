/**
 * @module
 * Protobuf's wire format, read field by field where it lies. A message says which fields it wants; the rest is skipped.
 */

/** The bytes are no protobuf message. It says nothing of what they hold. */
export class WireFormatError extends Error {
  override readonly name = 'WireFormatError';
}

export const wireType = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;

/** The tag of a length-delimited field. */
export function bytesTag(field: number): number {
  return (field << 3) | wireType.bytes;
}

/** The tag of a number, truth value or enumeration. */
export function varintTag(field: number): number {
  return field << 3;
}

/** Reads `bytes` from `at`; every method moves `at` and none goes past `end`. */
export class ProtobufReader {
  bytes: Buffer = Buffer.alloc(0);
  at = 0;
  end = 0;

  reset(bytes: Buffer, start: number, end: number): void {
    this.bytes = bytes;
    this.at = start;
    this.end = end;
  }

  /** Field number times 8, plus the wire type. */
  tag(): number {
    return this.varint();
  }

  /** The low 32 bits, as a signed integer: no field that mintproc reads has more. */
  varint(): number {
    const { bytes } = this;
    let byte = this.#byte(bytes);
    // Nearly all are tags and lengths of one byte.
    if (byte < 0x80) return byte;
    let value = byte & 0x7f;
    for (let shift = 7; byte >= 0x80; shift += 7) {
      if (shift > 63) throw new WireFormatError('a number has more than ten bytes');
      byte = this.#byte(bytes);
      if (shift < 32) value |= (byte & 0x7f) << shift;
    }
    return value;
  }

  /** The length of what follows, checked against what is left. Returns where it ends. */
  length(): number {
    const length = this.varint();
    const stop = this.at + length;
    if (length < 0 || stop > this.end) throw new WireFormatError('a length passes the end of its message');
    return stop;
  }

  double(): number {
    if (this.end - this.at < 8) throw new WireFormatError('a number passes the end of its message');
    const value = this.bytes.readDoubleLE(this.at);
    this.at += 8;
    return value;
  }

  /** Passes over the value behind `tag`. Groups are not part of any message here, and are refused. */
  skip(tag: number): void {
    switch (tag & 7) {
      case wireType.varint:
        this.varint();
        return;
      case wireType.fixed64:
        this.#pass(8);
        return;
      case wireType.bytes:
        this.at = this.length();
        return;
      case wireType.fixed32:
        this.#pass(4);
        return;
      default:
        throw new WireFormatError('a field has an unknown wire type');
    }
  }

  #pass(bytes: number): void {
    if (this.end - this.at < bytes) throw new WireFormatError('a field passes the end of its message');
    this.at += bytes;
  }

  #byte(bytes: Buffer): number {
    if (this.at >= this.end) throw new WireFormatError('a field passes the end of its message');
    return bytes[this.at++] ?? 0;
  }
}

/** Makes the reader stay within the message that begins; returns the end to set again behind it. */
export function enter(reader: ProtobufReader): number {
  const outer = reader.end;
  reader.end = reader.length();
  return outer;
}
