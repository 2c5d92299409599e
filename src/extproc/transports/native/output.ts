/**
 * @module
 * The output of one socket. Frames are written to one buffer, which is sent once per event-loop turn, so that the
 * answers to all requests of one read are sent in one write.
 */
import type { Duplex } from 'node:stream';
import { frameHeaderBytes, maxFrameBytes } from './protocol.ts';

/** Twice the size of the largest frame. */
const bufferBytes = 2 * (frameHeaderBytes + maxFrameBytes);
/** Above this number of unsent bytes, nothing is read and no message is written until the client has read. */
const maxUnsentBytes = 256 * 1024;

export class Output {
  readonly #socket: Duplex;
  readonly #drained: () => void;
  #bytes = Buffer.allocUnsafeSlow(bufferBytes);
  #length = 0;
  #scheduled = false;
  /** Whether `turn` is running, which flushes at its end. */
  #inTurn = false;
  #isFull = false;

  /** @param drained called, within a turn, when the output is no longer full */
  constructor(socket: Duplex, drained: () => void) {
    this.#socket = socket;
    this.#drained = drained;
  }

  /** Whether too many bytes are unsent. Data that can wait should then not be written. */
  get isFull(): boolean {
    return this.#isFull;
  }

  /** Runs `work`, then sends everything it wrote in one write. */
  turn(work: () => void): void {
    this.#inTurn = true;
    try {
      work();
    } finally {
      this.#inTurn = false;
      this.flush();
    }
  }

  /**
   * Writes the header of a frame (RFC 9113, 4.1).
   *
   * @param length of the payload, which the caller then writes to `bytes` at the returned offset
   */
  frame(length: number, type: number, flags: number, stream: number): number {
    const whole = frameHeaderBytes + length;
    if (this.#length + whole > this.#bytes.length) this.flush();
    const at = this.#length;
    const bytes = this.#bytes;
    bytes[at] = length >>> 16;
    bytes[at + 1] = length >>> 8;
    bytes[at + 2] = length;
    bytes[at + 3] = type;
    bytes[at + 4] = flags;
    bytes[at + 5] = stream >>> 24;
    bytes[at + 6] = stream >>> 16;
    bytes[at + 7] = stream >>> 8;
    bytes[at + 8] = stream;
    this.#length = at + whole;
    if (!this.#inTurn && !this.#scheduled) this.#schedule();
    return at + frameHeaderBytes;
  }

  /** The buffer for the payload of the last `frame`. Each call of `frame` may replace it. */
  get bytes(): Buffer {
    return this.#bytes;
  }

  flush(): void {
    this.#scheduled = false;
    if (this.#length === 0) return;
    const length = this.#length;
    this.#length = 0;
    if (!this.#socket.writable) return;
    // A few bytes that wait behind others are copied, because they would keep the whole buffer.
    const copied = length < bufferBytes / 4 && this.#socket.writableLength > 0;
    this.#socket.write(copied ? copyOf(this.#bytes, length) : this.#bytes.subarray(0, length));
    const unsent = this.#socket.writableLength;
    // The socket still uses the buffer unless the kernel took all of it immediately.
    if (unsent > 0 && !copied) this.#bytes = Buffer.allocUnsafeSlow(bufferBytes);
    if (unsent > maxUnsentBytes && !this.#isFull) this.#waitForClient();
  }

  #waitForClient(): void {
    this.#isFull = true;
    this.#socket.pause();
    this.#socket.once('drain', () => {
      this.#isFull = false;
      this.turn(this.#drained);
      if (!this.#isFull) this.#socket.resume();
    });
  }

  #schedule(): void {
    this.#scheduled = true;
    queueMicrotask(() => this.flush());
  }
}

function copyOf(bytes: Buffer, length: number): Buffer {
  const copy = Buffer.allocUnsafeSlow(length);
  bytes.copy(copy, 0, 0, length);
  return copy;
}
