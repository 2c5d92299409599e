/**
 * @module
 * What goes out on one socket. Frames are written one behind the other into one buffer, which goes to the socket once
 * per turn: answers to all requests that came in one read leave in one write.
 */
import type { Duplex } from 'node:stream';
import { frameHeaderBytes, maxFrameBytes } from './protocol.ts';

/** Room for the largest frame and as much again. */
const bufferBytes = 2 * (frameHeaderBytes + maxFrameBytes);
/** Above this, nothing is read until the client has taken what it was sent. */
const mostUnsent = 1024 * 1024;

export class Output {
  readonly #socket: Duplex;
  #bytes = Buffer.allocUnsafeSlow(bufferBytes);
  #length = 0;
  #scheduled = false;
  /** Whether whoever is writing flushes at the end of its turn. */
  #inTurn = false;

  constructor(socket: Duplex) {
    this.#socket = socket;
  }

  /** Runs `work`, and sends in one write what it wrote. */
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
   * @param length of the payload, which the caller then writes to `bytes` from where this says
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

  /** Where the payload of the last `frame` goes; another buffer after each call of it. */
  get bytes(): Buffer {
    return this.#bytes;
  }

  flush(): void {
    this.#scheduled = false;
    if (this.#length === 0) return;
    const full = this.#bytes.subarray(0, this.#length);
    this.#length = 0;
    if (!this.#socket.writable) return;
    this.#socket.write(full);
    const unsent = this.#socket.writableLength;
    // The socket still reads the buffer unless the kernel took all of it at once.
    if (unsent > 0) this.#bytes = Buffer.allocUnsafeSlow(bufferBytes);
    if (unsent > mostUnsent) this.#pauseReading();
  }

  #pauseReading(): void {
    if (this.#socket.isPaused()) return;
    this.#socket.pause();
    this.#socket.once('drain', () => this.#socket.resume());
  }

  #schedule(): void {
    this.#scheduled = true;
    queueMicrotask(() => this.flush());
  }
}
