/**
 * @module
 * Strings out of a message. The message becomes one string of a character per byte, and what is asked for is cut out of
 * it: many short strings cost less so than as many conversions.
 */
import { isAscii, isUtf8 } from 'node:buffer';

const beyondAscii = /[\x80-\xff]/;

export class WireText {
  readonly #bytes: Buffer;
  readonly #start: number;
  readonly #text: string;
  readonly #allAscii: boolean;

  /** @param bytes the message stands there from `start` to `end` */
  constructor(bytes: Buffer, start: number, end: number) {
    this.#bytes = bytes;
    this.#start = start;
    this.#text = bytes.toString('latin1', start, end);
    this.#allAscii = isAscii(bytes.subarray(start, end));
  }

  /** A protobuf string, which is UTF-8. */
  string(from: number, to: number): string {
    const text = this.#text.slice(from - this.#start, to - this.#start);
    return this.#allAscii || !beyondAscii.test(text) ? text : this.#bytes.toString('utf8', from, to);
  }

  /** A header's value: UTF-8 where it is valid UTF-8, else a character per byte (see `headers.ts`). */
  headerValue(from: number, to: number): string {
    const text = this.#text.slice(from - this.#start, to - this.#start);
    if (this.#allAscii || !beyondAscii.test(text)) return text;
    return isUtf8(this.#bytes.subarray(from, to)) ? this.#bytes.toString('utf8', from, to) : text;
  }
}
