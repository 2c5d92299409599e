/**
 * @module
 * Reads the protobuf wire format field by field, without copying. The caller picks the fields it needs and skips the
 * rest.
 */

/** The bytes are not a valid protobuf message. The error message does not quote them. */
export class WireFormatError extends Error {
  override readonly name = 'WireFormatError';
}

export const wireType = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;

/** The tag of a length-delimited field. */
export function bytesTag(field: number): number {
  return (field << 3) | wireType.bytes;
}

/** The tag of an integer, bool or enum field. */
export function varintTag(field: number): number {
  return field << 3;
}

/** Reads `bytes` from `at`. Every method advances `at`, and none reads past `end`. */
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

  /** Returns the low 32 bits as a signed integer. No field that mintproc reads has more. */
  varint(): number {
    const { bytes } = this;
    let byte = this.#byte(bytes);
    // Nearly all varints are tags and lengths of one byte.
    if (byte < 0x80) return byte;
    let value = byte & 0x7f;
    for (let shift = 7; byte >= 0x80; shift += 7) {
      if (shift > 63) throw new WireFormatError('a varint has more than ten bytes');
      byte = this.#byte(bytes);
      if (shift < 32) value |= (byte & 0x7f) << shift;
    }
    return value;
  }

  /** Reads the length of a field and checks it against the remaining bytes. Returns the end of the field. */
  length(): number {
    const length = this.varint();
    const stop = this.at + length;
    if (length < 0 || stop > this.end) throw new WireFormatError('a length exceeds its message');
    return stop;
  }

  double(): number {
    if (this.end - this.at < 8) throw new WireFormatError('a double exceeds its message');
    const value = this.bytes.readDoubleLE(this.at);
    this.at += 8;
    return value;
  }

  /** Skips the value that follows `tag`. Groups are refused, because no message here uses them. */
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
    if (this.end - this.at < bytes) throw new WireFormatError('a field exceeds its message');
    this.at += bytes;
  }

  #byte(bytes: Buffer): number {
    if (this.at >= this.end) throw new WireFormatError('a field exceeds its message');
    return bytes[this.at++] ?? 0;
  }
}

/** Limits the reader to the message that begins here. Returns the previous end, to be restored after the message. */
export function enter(reader: ProtobufReader): number {
  const outer = reader.end;
  reader.end = reader.length();
  return outer;
}
