/**
 * @module
 * Splits the bytes of a socket into frames: the connection preface, then one frame after the other, for any chunking. A
 * frame within one chunk is passed on without copying; only a frame that spans chunks is copied.
 */
import { ConnectionError, errorCode, frameHeaderBytes, maxFrameBytes } from './protocol.ts';

/** What every client sends first (RFC 9113, 3.4). @internal Exported for the clients of tests and benchmark. */
export const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'latin1');

export interface FrameSink {
  /** The payload is in `bytes` from `start` to `end`, valid only until this returns. */
  frame(type: number, flags: number, stream: number, bytes: Buffer, start: number, end: number): void;
}

export class FrameReader {
  readonly #sink: FrameSink;
  #prefaceSeen = 0;
  /** The start of an incomplete frame. Allocated when the first frame spans chunks. */
  #held: Buffer | undefined;
  #heldLength = 0;

  constructor(sink: FrameSink) {
    this.#sink = sink;
  }

  get prefaceDone(): boolean {
    return this.#prefaceSeen === preface.length;
  }

  /** @throws ConnectionError after which the reader must not be used again, and everything that the sink throws */
  read(chunk: Buffer): void {
    let at = this.prefaceDone ? 0 : this.#readPreface(chunk);
    if (this.#heldLength > 0) at = this.#fillHeld(chunk, at);
    while (chunk.length - at >= frameHeaderBytes) {
      const end = at + frameHeaderBytes + lengthOf(chunk, at);
      if (end > chunk.length) break;
      this.#deliver(chunk, at, end);
      at = end;
    }
    if (at < chunk.length) this.#hold(chunk, at, chunk.length);
  }

  #readPreface(chunk: Buffer): number {
    const length = Math.min(preface.length - this.#prefaceSeen, chunk.length);
    if (chunk.compare(preface, this.#prefaceSeen, this.#prefaceSeen + length, 0, length) !== 0) {
      throw new ConnectionError(errorCode.protocol, 'the connection does not begin with the HTTP/2 preface');
    }
    this.#prefaceSeen += length;
    return length;
  }

  /** Continues the frame that a previous chunk began. Returns the offset in `chunk` behind the bytes taken. */
  #fillHeld(chunk: Buffer, from: number): number {
    let at = from;
    if (this.#heldLength < frameHeaderBytes) {
      at = this.#take(chunk, at, frameHeaderBytes);
      if (this.#heldLength < frameHeaderBytes) return at;
    }
    const held = this.#held ?? Buffer.alloc(0);
    const whole = frameHeaderBytes + lengthOf(held, 0);
    at = this.#take(chunk, at, whole);
    if (this.#heldLength < whole) return at;
    this.#heldLength = 0;
    this.#deliver(held, 0, whole);
    return at;
  }

  /** Copies from `chunk` until `wanted` bytes are held. */
  #take(chunk: Buffer, at: number, wanted: number): number {
    const end = Math.min(chunk.length, at + wanted - this.#heldLength);
    if (end > at) this.#hold(chunk, at, end);
    return end;
  }

  #hold(chunk: Buffer, start: number, end: number): void {
    this.#held ??= Buffer.allocUnsafeSlow(frameHeaderBytes + maxFrameBytes);
    chunk.copy(this.#held, this.#heldLength, start, end);
    this.#heldLength += end - start;
  }

  #deliver(bytes: Buffer, at: number, end: number): void {
    // The highest bit of the stream identifier is reserved and ignored (RFC 9113, 4.1).
    const stream = bytes.readUInt32BE(at + 5) & 0x7fff_ffff;
    this.#sink.frame(bytes[at + 3] ?? 0, bytes[at + 4] ?? 0, stream, bytes, at + frameHeaderBytes, end);
  }
}

/** The payload's length from the frame header at `at`. It is checked before any payload is stored. */
function lengthOf(bytes: Buffer, at: number): number {
  const length = bytes.readUIntBE(at, 3);
  if (length > maxFrameBytes) throw new ConnectionError(errorCode.frameSize, 'a frame is larger than allowed');
  return length;
}
