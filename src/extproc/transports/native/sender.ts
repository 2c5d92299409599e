/**
 * @module
 * What is sent on streams: header blocks, messages and ends, as far as the windows that the client grants reach
 * (RFC 9113, 5.2 and 6.9).
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

/** Who is told what becomes of a stream. */
interface SenderEvents {
  /** This side of it has ended. */
  ended(stream: Stream): void;
  /** Nothing of it waits any more, and it goes on. */
  emptied(stream: Stream): void;
}

export class Sender {
  readonly #output: Output;
  readonly #memory: ConnectionMemory;
  readonly #events: SenderEvents;
  readonly #waiting = new Set<Stream>();
  #window = defaultWindow;
  #tableLowered = false;

  /** @param memory of which a client that grants no window can have so much and no more */
  constructor(output: Output, memory: ConnectionMemory, events: SenderEvents) {
    this.#output = output;
    this.#memory = memory;
    this.#events = events;
  }

  /** The client allows less of a table for header blocks; its SETTINGS are being acknowledged. */
  tableLowered(): void {
    this.#tableLowered = true;
  }

  /** @throws StreamError when too much waits on this connection */
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
    const waiting = this.#room(stream, length);
    writePrefix(waiting, 0, length - messagePrefix);
    waiting.set(bytes.subarray(start, end), messagePrefix);
    this.#enqueue(stream, waiting);
  }

  /** Ends a call; what waits to be sent goes first. */
  status(stream: Stream, status: number, details: string): void {
    if (stream.localEnded || stream.ending !== undefined) return;
    const block = statusBlock(status, details, !stream.headSent);
    stream.headSent = true;
    if (stream.queue.length > 0) stream.ending = block;
    else this.#end(stream, block);
  }

  /** An answer of plain HTTP. */
  answer(stream: Stream, head: Buffer, body: Buffer): void {
    this.#headers(stream, head, 0);
    stream.headSent = true;
    stream.ending = 'with-data';
    const waiting = this.#room(stream, body.length);
    waiting.set(body);
    this.#enqueue(stream, waiting);
  }

  reset(id: number, code: number): void {
    const at = this.#output.frame(4, frameType.reset, 0, id);
    this.#output.bytes.writeUInt32BE(code, at);
  }

  /** Drops what waits. */
  forget(stream: Stream): void {
    if (stream.queueBytes === 0) return;
    this.#waiting.delete(stream);
    this.#memory.give(stream.queueBytes);
    stream.queueBytes = 0;
    stream.queue.length = 0;
  }

  /**
   * The client grants `increment` more bytes on all streams together.
   *
   * @returns whether something was sent that waited for it
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

  /** In the order in which streams began to wait. One that lacks a window of its own does not hold up the others. */
  pumpAll(): void {
    for (const stream of this.#waiting) {
      if (this.#window <= 0 || this.#output.isFull) break;
      this.pump(stream);
    }
  }

  /** The client grants `increment` more bytes on one stream. @returns whether something was sent that waited for it */
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

  /** The client changed the window that all streams begin with, which changes every open one by as much. */
  changeWindows(streams: Iterable<Stream>, change: number): void {
    for (const stream of streams) {
      stream.sendWindow += change;
      if (stream.sendWindow > largest31Bits) throw new ConnectionError(errorCode.flowControl, 'a window too large');
    }
    if (change > 0) this.pumpAll();
  }

  /** Sends of what waits on a stream as much as the windows and the socket allow. */
  pump(stream: Stream): void {
    for (let first = stream.queue[0]; first !== undefined; first = stream.queue[0]) {
      const room = Math.min(this.#window, stream.sendWindow, maxFrameBytes);
      if (room <= 0 || this.#output.isFull) return;
      const sent = stream.queueSent;
      const length = Math.min(room, first.length - sent);
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

  /** The first of the queue is sent as a whole; until then all of it is held. */
  #sent(stream: Stream, first: Buffer): void {
    stream.queue.shift();
    stream.queueBytes -= first.length + pieceOverhead;
    this.#memory.give(first.length + pieceOverhead);
  }

  /** Memory for what waits: of its own, since a slice of a shared slab would hold all of the slab. */
  #room(stream: Stream, length: number): Buffer {
    if (!this.#memory.take(length + pieceOverhead)) {
      throw new StreamError(stream.id, errorCode.enhanceYourCalm, 'too much waits to be taken');
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

/** Not compressed, and how long (gRPC over HTTP/2, Length-Prefixed-Message). */
function writePrefix(bytes: Buffer, at: number, length: number): void {
  bytes[at] = 0;
  bytes.writeUInt32BE(length, at + 1);
}
