/**
 * @module
 * Strings from a message. The first read converts the whole message to a string with one character per byte, and each
 * string is a slice of it. For many short strings this costs less than converting each.
 */
import { isAscii, isUtf8 } from 'node:buffer';
import { ProtobufReader } from './protobuf-reader.ts';

/** Up to this length, a loop in JavaScript costs less than a call to native code. */
const maxLoopLength = 96;

const reader = new ProtobufReader();

export class WireText {
  /** Undefined after `keep`. Then `#text` is set. */
  #bytes: Buffer | undefined;
  readonly #start: number;
  readonly #end: number;
  #text: string | undefined;

  /** @param bytes contains the message from `start` to `end` */
  constructor(bytes: Buffer, start: number, end: number) {
    this.#bytes = bytes;
    this.#start = start;
    this.#end = end;
  }

  /** Copies the message, so that its bytes may be overwritten from now on. */
  keep(): void {
    this.#whole();
    this.#bytes = undefined;
  }

  /** A reader of the message from `at` on. It is shared, and so valid only until the next call. */
  reader(at = this.#start): ProtobufReader {
    reader.reset(this.#messageBytes(), at, this.#end);
    return reader;
  }

  /** A protobuf string, which is UTF-8. */
  string(from: number, to: number): string {
    const bytes = this.#messageBytes();
    return isAsciiIn(bytes, from, to) ? this.#cut(from, to) : bytes.toString('utf8', from, to);
  }

  /** A header value: UTF-8 if it is valid UTF-8, else one character per byte (see `headers.ts`). */
  headerValue(from: number, to: number): string {
    const bytes = this.#messageBytes();
    if (isAsciiIn(bytes, from, to)) return this.#cut(from, to);
    return bytes.toString(isUtf8(bytes.subarray(from, to)) ? 'utf8' : 'latin1', from, to);
  }

  /** Whether the bytes from `from` to `to` equal `text`, which is ASCII. */
  is(from: number, to: number, text: string): boolean {
    return to - from === text.length && this.#whole().startsWith(text, from - this.#start);
  }

  #cut(from: number, to: number): string {
    return this.#whole().slice(from - this.#start, to - this.#start);
  }

  #whole(): string {
    this.#text ??= this.#messageBytes().toString('latin1', this.#start, this.#end);
    return this.#text;
  }

  /** The bytes of the message, at their original offsets. After `keep` they are recreated from the string. */
  #messageBytes(): Buffer {
    if (this.#bytes === undefined) {
      this.#bytes = Buffer.allocUnsafe(this.#end);
      this.#bytes.write(this.#whole(), this.#start, 'latin1');
    }
    return this.#bytes;
  }
}

function isAsciiIn(bytes: Buffer, from: number, to: number): boolean {
  if (to - from > maxLoopLength) return isAscii(bytes.subarray(from, to));
  let all = 0;
  for (let at = from; at < to; at++) all |= bytes[at] ?? 0;
  return all < 0x80;
}
