/**
 * @module
 * What the client may still send on the connection and on each stream (RFC 9113, 5.2).
 *
 * The connection's window is given back as data comes, so one stream never holds up another. A stream's is given back
 * only while its own answers are being taken and its call takes messages: who does not read does not get to write.
 *
 * The invariant: while both sides have credit and something to say, no stream stays silent. So whatever ends a reason
 * to keep a stream's window back calls `giveBack`: data that used it up (`stream-frames.ts`), the last of the queue that
 * is sent, by whichever event (`sender.ts`), a call that goes on (`connection.ts`), room for a large message
 * (`large-messages.ts`). The search `transport` looks for more.
 */
import type { Output } from './output.ts';
import { defaultWindow, errorCode, frameType, StreamError } from './protocol.ts';
import type { Stream } from './stream.ts';

/** Of the connection. Streams keep the protocol's default. */
const connectionWindow = 1024 * 1024;

export class ReceiveWindow {
  readonly #output: Output;
  readonly #late: (stream: Stream) => void;
  #left = connectionWindow;

  /** @param late told of a stream that was let send a large message and did not */
  constructor(output: Output, late: (stream: Stream) => void) {
    this.#output = output;
    this.#late = late;
  }

  /** To be sent once, behind the settings. */
  announce(): void {
    this.#update(0, connectionWindow - defaultWindow);
  }

  /** Given back by halves as data is handled, the connection's window cannot be passed: a frame is smaller than a half. */
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

  /** Gives back what was used of a stream's window, once half of it is, unless there is a reason not to. */
  giveBack(stream: Stream): void {
    if (stream.receiveWindow >= defaultWindow / 2 || stream.remoteEnded || stream.localEnded) return;
    if (stream.queue.length > 0 || stream.held || !this.#mayGrow(stream)) return;
    this.#update(stream.id, defaultWindow - stream.receiveWindow);
    stream.receiveWindow = defaultWindow;
  }

  #mayGrow(stream: Stream): boolean {
    const { reader } = stream;
    if (reader === undefined || reader.betweenMessages) return true;
    return reader.mayGrow(stream.receiveWindow, {
      granted: () => this.giveBack(stream),
      late: () => this.#late(stream),
    });
  }

  #update(stream: number, increment: number): void {
    const at = this.#output.frame(4, frameType.windowUpdate, 0, stream);
    this.#output.bytes.writeUInt32BE(increment, at);
  }
}
