/**
 * @module
 * Sends header blocks, messages and statuses on streams, within the windows that the client grants (RFC 9113, 5.2 and
 * 6.9).
 */
import { responseHead, statusBlock } from './grpc-status.ts';
import { emptyTable } from './hpack-encoder.ts';
import { type ConnectionMemory, pieceOverhead } from './memory.ts';
import type { Output } from './output.ts';
import {
  ConnectionError,
  defaultWindow,
  errorCode,
  flag,
  frameType,
  largest31Bits,
  maxFrameBytes,
  StreamError,
} from './protocol.ts';
import type { Stream } from './stream.ts';

const messagePrefix = 5;

/** Events of a stream. */
interface SenderEvents {
  /** This side of the stream has ended. */
  ended(stream: Stream): void;
  /** The stream's queue is empty, and the stream stays open. */
  emptied(stream: Stream): void;
}

export class Sender {
  readonly #output: Output;
  readonly #memory: ConnectionMemory;
  readonly #events: SenderEvents;
  readonly #waiting = new Set<Stream>();
  #window = defaultWindow;
  #tableLowered = false;

  /** @param memory limits the queued data of clients that grant no window */
  constructor(output: Output, memory: ConnectionMemory, events: SenderEvents) {
    this.#output = output;
    this.#memory = memory;
    this.#events = events;
  }

  /** The client lowered its header table size; its SETTINGS are being acknowledged. */
  tableLowered(): void {
    this.#tableLowered = true;
  }

  /** @throws StreamError when the queued data exceeds the memory limit */
  message(stream: Stream, bytes: Uint8Array, start: number, end: number): void {
    if (stream.localEnded || stream.ending !== undefined) return;
    if (!stream.headSent) this.#headers(stream, responseHead, 0);
    stream.headSent = true;
    const length = messagePrefix + end - start;
    const fits = length <= maxFrameBytes && length <= this.#window && length <= stream.sendWindow;
    if (fits && stream.queue.length === 0 && !this.#output.isFull) {
      const at = this.#data(stream, length, 0);
      writePrefix(this.#output.bytes, at, length - messagePrefix);
      this.#output.bytes.set(bytes.subarray(start, end), at + messagePrefix);
      return;
    }
    const waiting = this.#allocate(stream, length);
    writePrefix(waiting, 0, length - messagePrefix);
    waiting.set(bytes.subarray(start, end), messagePrefix);
    this.#enqueue(stream, waiting);
  }

  /** Ends a call after its queued data is sent. */
  status(stream: Stream, status: number, details: string): void {
    if (stream.localEnded || stream.ending !== undefined) return;
    const block = statusBlock(status, details, !stream.headSent);
    if (stream.queue.length > 0) stream.ending = block;
    else this.#end(stream, block);
  }

  /** Sends a plain HTTP response. */
  answer(stream: Stream, head: Buffer, body: Buffer): void {
    this.#headers(stream, head, 0);
    stream.headSent = true;
    stream.ending = 'with-data';
    const waiting = this.#allocate(stream, body.length);
    waiting.set(body);
    this.#enqueue(stream, waiting);
  }

  reset(id: number, code: number): void {
    const at = this.#output.frame(4, frameType.reset, 0, id);
    this.#output.bytes.writeUInt32BE(code, at);
  }

  /** Drops the queued data of a stream. */
  forget(stream: Stream): void {
    if (stream.queueBytes === 0) return;
    this.#waiting.delete(stream);
    this.#memory.give(stream.queueBytes);
    stream.queueBytes = 0;
    stream.queue.length = 0;
  }

  /**
   * The client grants `increment` more bytes for the connection.
   *
   * @returns whether queued data was sent
   */
  widen(increment: number): boolean {
    if (increment === 0) throw new ConnectionError(errorCode.protocol, 'WINDOW_UPDATE of 0');
    if (this.#window + increment > largest31Bits)
      throw new ConnectionError(errorCode.flowControl, 'a window too large');
    this.#window += increment;
    const before = this.#window;
    this.pumpAll();
    return this.#window < before;
  }

  /**
   * Sends queued data in the order in which streams began to wait. A stream without a window does not block the others.
   */
  pumpAll(): void {
    for (const stream of this.#waiting) {
      if (this.#window <= 0 || this.#output.isFull) break;
      this.pump(stream);
    }
  }

  /** The client grants `increment` more bytes for one stream. @returns whether queued data was sent */
  widenStream(stream: Stream, increment: number): boolean {
    if (increment === 0) throw new StreamError(stream.id, errorCode.protocol, 'WINDOW_UPDATE of 0');
    if (stream.sendWindow + increment > largest31Bits) {
      throw new StreamError(stream.id, errorCode.flowControl, 'a window too large');
    }
    stream.sendWindow += increment;
    if (stream.queue.length === 0) return false;
    const before = stream.sendWindow;
    this.pump(stream);
    return stream.sendWindow < before;
  }

  /** The client changed the initial window, which changes the window of every open stream by the same amount. */
  changeWindows(streams: Iterable<Stream>, change: number): void {
    for (const stream of streams) {
      stream.sendWindow += change;
      if (stream.sendWindow > largest31Bits) throw new ConnectionError(errorCode.flowControl, 'a window too large');
    }
    if (change > 0) this.pumpAll();
  }

  /** Sends as much of a stream's queued data as the windows and the socket allow. */
  pump(stream: Stream): void {
    for (let first = stream.queue[0]; first !== undefined; first = stream.queue[0]) {
      const available = Math.min(this.#window, stream.sendWindow, maxFrameBytes);
      if (available <= 0 || this.#output.isFull) return;
      const sent = stream.queueSent;
      const length = Math.min(available, first.length - sent);
      const whole = sent + length === first.length;
      const last = whole && stream.queue.length === 1 && stream.ending === 'with-data';
      const at = this.#data(stream, length, last ? flag.endStream : 0);
      first.copy(this.#output.bytes, at, sent, sent + length);
      stream.queueSent = whole ? 0 : sent + length;
      if (whole) this.#sent(stream, first);
    }
    this.#waiting.delete(stream);
    if (stream.ending === 'with-data') this.#ended(stream);
    else if (stream.ending !== undefined) this.#end(stream, stream.ending);
    else this.#events.emptied(stream);
  }

  /** The first buffer of the queue is completely sent. Its memory is released only now. */
  #sent(stream: Stream, first: Buffer): void {
    stream.queue.shift();
    stream.queueBytes -= first.length + pieceOverhead;
    this.#memory.give(first.length + pieceOverhead);
  }

  /** Allocates memory for queued data. Not from the shared pool, because a slice would keep the whole pool. */
  #allocate(stream: Stream, length: number): Buffer {
    if (!this.#memory.take(length + pieceOverhead)) {
      throw new StreamError(stream.id, errorCode.enhanceYourCalm, 'too much unsent data');
    }
    stream.queueBytes += length + pieceOverhead;
    return Buffer.allocUnsafeSlow(length);
  }

  #enqueue(stream: Stream, bytes: Buffer): void {
    stream.queue.push(bytes);
    this.#waiting.add(stream);
    this.pump(stream);
  }

  #data(stream: Stream, length: number, flags: number): number {
    this.#window -= length;
    stream.sendWindow -= length;
    return this.#output.frame(length, frameType.data, flags, stream.id);
  }

  #end(stream: Stream, block: Buffer): void {
    this.#headers(stream, block, flag.endStream);
    this.#ended(stream);
  }

  #ended(stream: Stream): void {
    stream.localEnded = true;
    this.#events.ended(stream);
  }

  #headers(stream: Stream, fields: Buffer, flags: number): void {
    let block = fields;
    if (this.#tableLowered) {
      this.#tableLowered = false;
      block = Buffer.concat([emptyTable, fields]);
    }
    const at = this.#output.frame(block.length, frameType.headers, flags | flag.endHeaders, stream.id);
    this.#output.bytes.set(block, at);
  }
}

/** Writes the prefix of an uncompressed message (gRPC over HTTP/2, Length-Prefixed-Message). */
function writePrefix(bytes: Buffer, at: number, length: number): void {
  bytes[at] = 0;
  bytes.writeUInt32BE(length, at + 1);
}
