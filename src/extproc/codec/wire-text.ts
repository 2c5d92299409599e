/**
 * @module
 * Strings out of a message. Once one is asked for, the message becomes one string of a character per byte, and what is
 * asked for is cut out of it: many short strings cost less so than as many conversions.
 */
import { isAscii, isUtf8 } from 'node:buffer';
import { ProtobufReader } from './protobuf-reader.ts';

/** Up to this length, looking at each byte costs less than asking native code to. */
const maxLoopLength = 96;

const reader = new ProtobufReader();

export class WireText {
  /** Undefined where they may be used again. There is the text then. */
  #bytes: Buffer | undefined;
  readonly #start: number;
  readonly #end: number;
  #text: string | undefined;

  /** @param bytes the message stands there from `start` to `end` */
  constructor(bytes: Buffer, start: number, end: number) {
    this.#bytes = bytes;
    this.#start = start;
    this.#end = end;
  }

  /** What the message stands in may be used again from now on. */
  keep(): void {
    this.#whole();
    this.#bytes = undefined;
  }

  /** A reader of the message from `at` on; the same for all, and so only until the next one is asked for. */
  reader(at = this.#start): ProtobufReader {
    reader.reset(this.#messageBytes(), at, this.#end);
    return reader;
  }

  /** A protobuf string, which is UTF-8. */
  string(from: number, to: number): string {
    const bytes = this.#messageBytes();
    return isAsciiIn(bytes, from, to) ? this.#cut(from, to) : bytes.toString('utf8', from, to);
  }

  /** A header's value: UTF-8 where it is valid UTF-8, else a character per byte (see `headers.ts`). */
  headerValue(from: number, to: number): string {
    const bytes = this.#messageBytes();
    if (isAsciiIn(bytes, from, to)) return this.#cut(from, to);
    return bytes.toString(isUtf8(bytes.subarray(from, to)) ? 'utf8' : 'latin1', from, to);
  }

  /** Whether `text`, of ASCII, stands there. */
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

  /** Bytes in which the message has its places; made anew, of the text, once the first ones may be used again. */
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
