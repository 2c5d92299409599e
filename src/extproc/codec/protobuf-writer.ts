/**
 * @module
 * Writes the protobuf wire format from the last field to the first. The content of a message is then complete before
 * its length is written, and every byte is written once.
 */
import { bytesTag, varintTag, wireType } from './protobuf-reader.ts';

/** The written data is `bytes` from `at` to its end. */
export class ProtobufWriter {
  #bytes: Buffer;
  #at: number;

  /** @param initialBytes the initial size of the buffer */
  constructor(initialBytes: number) {
    this.#bytes = Buffer.allocUnsafeSlow(initialBytes);
    this.#at = initialBytes;
  }

  get bytes(): Buffer {
    return this.#bytes;
  }

  get at(): number {
    return this.#at;
  }

  /** The number of bytes written. Pass it to `message` later to enclose what was written since. */
  get length(): number {
    return this.#bytes.length - this.#at;
  }

  clear(): void {
    this.#at = this.#bytes.length;
  }

  /** Writes `text` as UTF-8. */
  string(field: number, text: string): void {
    const length = Buffer.byteLength(text);
    this.#reserve(length);
    this.#at -= length;
    if (length === text.length) this.#bytes.write(text, this.#at, 'latin1');
    else this.#bytes.write(text, this.#at, 'utf8');
    this.#head(bytesTag(field), length);
  }

  blob(field: number, content: Uint8Array): void {
    this.#reserve(content.length);
    this.#at -= content.length;
    this.#bytes.set(content, this.#at);
    this.#head(bytesTag(field), content.length);
  }

  /** Writes bytes that are already encoded. */
  encoded(content: Uint8Array): void {
    this.#reserve(content.length);
    this.#at -= content.length;
    this.#bytes.set(content, this.#at);
  }

  varint(field: number, value: number): void {
    this.#head(varintTag(field), value);
  }

  double(field: number, value: number): void {
    this.#reserve(8);
    this.#at -= 8;
    this.#bytes.writeDoubleLE(value, this.#at);
    this.#reserve(5);
    this.#number((field << 3) | wireType.fixed64);
  }

  /** Makes everything that was written since `length` was `before` the content of a message. */
  message(field: number, before: number): void {
    this.#head(bytesTag(field), this.length - before);
  }

  #head(tag: number, value: number): void {
    this.#reserve(10);
    this.#number(value);
    this.#number(tag);
  }

  #number(value: number): void {
    let bytes = 1;
    for (let rest = value >>> 7; rest > 0; rest >>>= 7) bytes++;
    this.#at -= bytes;
    let rest = value;
    let at = this.#at;
    for (; rest >= 0x80; rest >>>= 7) this.#bytes[at++] = (rest & 0x7f) | 0x80;
    this.#bytes[at] = rest;
  }

  #reserve(bytes: number): void {
    if (bytes <= this.#at) return;
    const written = this.length;
    const larger = Buffer.allocUnsafeSlow(2 * (written + bytes));
    this.#bytes.copy(larger, larger.length - written, this.#at);
    this.#bytes = larger;
    this.#at = larger.length - written;
  }
}
