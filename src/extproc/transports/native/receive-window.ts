/**
 * @module
 * Flow control for received data: what the client may still send on the connection and on each stream (RFC 9113, 5.2).
 *
 * The connection's window is restored as data arrives, so one stream never blocks another. A stream's window is
 * restored only while the client reads the stream's answers and its call accepts messages: a client that does not read
 * cannot write.
 *
 * The invariant: while both sides have credit and data to send, no stream stalls. So every event that removes a reason
 * to withhold a stream's window calls `restore`: data that used the window up (`stream-frames.ts`), the last queued
 * bytes were sent (`sender.ts`), a call that resumes (`connection.ts`), memory for a large message
 * (`large-messages.ts`). The search `transport` tests this.
 */
import type { Output } from './output.ts';
import { defaultWindow, errorCode, frameType, StreamError } from './protocol.ts';
import type { Stream } from './stream.ts';

/** The window of the connection. Streams keep the protocol's default. */
const connectionWindow = 1024 * 1024;

export class ReceiveWindow {
  readonly #output: Output;
  readonly #late: (stream: Stream) => void;
  #left = connectionWindow;

  /** @param late called for a stream that may send a large message and does not */
  constructor(output: Output, late: (stream: Stream) => void) {
    this.#output = output;
    this.#late = late;
  }

  /** Call once, after the settings were sent. */
  announce(): void {
    this.#update(0, connectionWindow - defaultWindow);
  }

  /** The window is restored when half of it is used. A frame is smaller than half, so it cannot be exceeded. */
  take(bytes: number): void {
    this.#left -= bytes;
    if (this.#left >= connectionWindow / 2) return;
    this.#update(0, connectionWindow - this.#left);
    this.#left = connectionWindow;
  }

  /** @throws StreamError when the client sends more than it may */
  takeFrom(stream: Stream, bytes: number): void {
    stream.receiveWindow -= bytes;
    if (stream.receiveWindow < 0) {
      throw new StreamError(stream.id, errorCode.flowControl, 'more data than the stream may send');
    }
  }

  /** Restores a stream's window once half of it is used, unless there is a reason to withhold it. */
  restore(stream: Stream): void {
    if (stream.receiveWindow >= defaultWindow / 2 || stream.remoteEnded || stream.localEnded) return;
    if (stream.queue.length > 0 || stream.held || !this.#mayGrow(stream)) return;
    this.#update(stream.id, defaultWindow - stream.receiveWindow);
    stream.receiveWindow = defaultWindow;
  }

  #mayGrow(stream: Stream): boolean {
    const { reader } = stream;
    if (reader === undefined || reader.betweenMessages) return true;
    return reader.mayGrow(stream.receiveWindow, {
      granted: () => this.restore(stream),
      late: () => this.#late(stream),
    });
  }

  #update(stream: number, increment: number): void {
    const at = this.#output.frame(4, frameType.windowUpdate, 0, stream);
    this.#output.bytes.writeUInt32BE(increment, at);
  }
}
