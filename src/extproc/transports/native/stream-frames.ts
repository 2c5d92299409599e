/**
 * @module
 * Handles the frames of streams (RFC 9113, 5.1 and 6) and the end of a stream. `calls.ts` handles requests and answers.
 */
import type { Calls } from './calls.ts';
import type { ConnectionEnd } from './connection-end.ts';
import { type FloodGuard, nuisance } from './flood-guard.ts';
import { HeadMemory, maxHeaderListBytes } from './head-memory.ts';
import { HeaderBlock } from './header-block.ts';
import { HpackDecoder } from './hpack-decoder.ts';
import type { PeerSettings } from './peer-settings.ts';
import { ConnectionError, errorCode, flag, frameType, StreamError } from './protocol.ts';
import type { ReceiveWindow } from './receive-window.ts';
import { trailersAreWellFormed } from './request-head.ts';
import type { Sender } from './sender.ts';
import { Stream } from './stream.ts';
import type { Streams } from './streams.ts';

/** The parts of the connection that the frames of its streams use. */
export interface Shared {
  readonly streams: Streams;
  readonly sender: Sender;
  readonly receiveWindow: ReceiveWindow;
  readonly calls: Calls;
  readonly guard: FloodGuard;
  readonly peer: PeerSettings;
  readonly end: ConnectionEnd;
  /** Maximum open streams. */
  readonly maxStreams: number;
}

export class StreamFrames {
  readonly #shared: Shared;
  readonly #hpack = new HpackDecoder(maxHeaderListBytes);
  readonly #heads = new HeadMemory(this.#hpack);
  /** A header block that continues in the next frame. */
  #block: HeaderBlock | undefined;

  constructor(shared: Shared) {
    this.#shared = shared;
  }

  /** @throws ConnectionError when another frame interrupts a header block */
  checkUninterrupted(type: number, id: number): void {
    if (this.#block === undefined || (type === frameType.continuation && id === this.#block.stream)) return;
    throw new ConnectionError(errorCode.protocol, 'a header block is interrupted');
  }

  data(flags: number, id: number, bytes: Buffer, start: number, end: number): void {
    if (id === 0) throw new ConnectionError(errorCode.protocol, 'DATA without a stream');
    const { receiveWindow, streams, calls, guard } = this.#shared;
    const padded = (flags & flag.padded) !== 0;
    const from = padded ? start + 1 : start;
    const to = padded ? paddingStart(bytes, start, end) : end;
    receiveWindow.take(end - start);
    const stream = streams.get(id);
    if (stream === undefined) {
      this.#dataWithoutStream(id);
      return;
    }
    if (stream.remoteEnded) throw new StreamError(id, errorCode.streamClosed, 'data after the end');
    receiveWindow.takeFrom(stream, end - start);
    const ends = (flags & flag.endStream) !== 0;
    if (to > from) guard.useful();
    else if (!ends) guard.charge(nuisance.frame);
    checkAnnounced(stream, to - from, ends);
    if (ends) stream.remoteEnded = true;
    calls.data(stream, bytes, from, to);
    if (ends) this.#remoteEnded(stream);
    else receiveWindow.restore(stream);
  }

  #dataWithoutStream(id: number): void {
    const absence = this.#shared.streams.absence(id);
    this.#shared.guard.charge(nuisance.frame);
    if (absence === 'left') return;
    if (absence !== 'closed') throw new ConnectionError(errorCode.protocol, 'data on a stream that is not open');
    throw new StreamError(id, errorCode.streamClosed, 'data on a closed stream');
  }

  headers(flags: number, id: number, bytes: Buffer, start: number, end: number): void {
    if (id % 2 === 0) throw new ConnectionError(errorCode.protocol, 'HEADERS on a stream that a client may not open');
    const padded = (flags & flag.padded) !== 0;
    const to = padded ? paddingStart(bytes, start, end) : end;
    const from = this.#blockStart(flags, id, bytes, padded ? start + 1 : start, to);
    const ends = (flags & flag.endStream) !== 0;
    if ((flags & flag.endHeaders) !== 0) this.#headerBlock(id, ends, bytes, from, to);
    else this.#block = new HeaderBlock(id, ends, bytes.subarray(from, to));
  }

  /** The start of the header block, behind the priority if there is one. */
  #blockStart(flags: number, id: number, bytes: Buffer, start: number, end: number): number {
    if ((flags & flag.priority) === 0) return start;
    if (end - start < 5) throw new ConnectionError(errorCode.frameSize, 'HEADERS without its priority');
    // RFC 7540, 5.3.1, asks for a stream error. A connection error saves decoding the block first.
    if (dependency(bytes, start) === id) throw new ConnectionError(errorCode.protocol, 'a stream depends on itself');
    return start + 5;
  }

  continuation(flags: number, part: Buffer): void {
    const block = this.#block;
    if (block === undefined) throw new ConnectionError(errorCode.protocol, 'CONTINUATION without a beginning');
    block.add(part);
    if ((flags & flag.endHeaders) === 0) return;
    this.#block = undefined;
    const whole = block.whole;
    this.#headerBlock(block.stream, block.endStream, whole, 0, whole.length);
  }

  #headerBlock(id: number, ends: boolean, bytes: Buffer, start: number, end: number): void {
    const { streams } = this.#shared;
    const open = streams.get(id);
    if (open !== undefined) {
      this.#trailers(open, ends, bytes, start, end);
    } else if (streams.absence(id) === 'idle') {
      this.#open(id, ends, bytes, start, end);
    } else {
      this.#hpack.decode(bytes, start, end);
      this.#headersWithoutStream(id);
    }
  }

  #headersWithoutStream(id: number): void {
    const absence = this.#shared.streams.absence(id);
    this.#shared.guard.charge(nuisance.frame);
    if (absence === 'left') return;
    const code = absence === 'closed' ? errorCode.streamClosed : errorCode.protocol;
    throw new ConnectionError(code, 'HEADERS on a closed stream');
  }

  #open(id: number, ends: boolean, bytes: Buffer, start: number, end: number): void {
    const { streams, calls, peer, maxStreams } = this.#shared;
    const head = this.#heads.read(bytes, start, end);
    streams.use(id);
    if (this.#shared.end.refusesStreams || streams.size >= maxStreams) {
      throw new StreamError(id, errorCode.refusedStream, 'no more streams');
    }
    if (head === 'malformed') throw new StreamError(id, errorCode.protocol, 'a malformed request');
    const stream = new Stream(id, peer.initialWindow);
    stream.remoteEnded = ends;
    stream.announced = head === 'too-large' ? undefined : head.contentLength;
    if (ends) checkAnnounced(stream, 0, true);
    streams.add(stream);
    calls.open(stream, head);
    if (ends) this.#remoteEnded(stream);
  }

  #trailers(stream: Stream, ends: boolean, bytes: Buffer, start: number, end: number): void {
    const fields = this.#hpack.decode(bytes, start, end);
    if (stream.remoteEnded) throw new StreamError(stream.id, errorCode.streamClosed, 'HEADERS after the end');
    if (!ends || fields === undefined || !trailersAreWellFormed(fields)) {
      throw new StreamError(stream.id, errorCode.protocol, 'malformed trailers');
    }
    checkAnnounced(stream, 0, true);
    stream.remoteEnded = true;
    this.#remoteEnded(stream);
  }

  /** @returns whether queued data was sent */
  windowUpdate(id: number, increment: number): boolean {
    const stream = this.#shared.streams.get(id);
    if (stream !== undefined) return this.#shared.sender.widenStream(stream, increment);
    this.#checkUsed(id);
    return false;
  }

  resetByClient(id: number, length: number): void {
    if (length !== 4) throw new ConnectionError(errorCode.frameSize, 'RST_STREAM of a wrong length');
    if (id === 0) throw new ConnectionError(errorCode.protocol, 'RST_STREAM without a stream');
    const { streams, guard } = this.#shared;
    const stream = streams.get(id);
    if (stream === undefined) {
      guard.charge(nuisance.frame);
      this.#checkUsed(id);
      return;
    }
    // "Rapid reset" (CVE-2023-44487) resets a request before its answer; Envoy resets after the answer.
    if (!stream.headSent) guard.charge(nuisance.earlyReset);
    stream.remoteEnded = true;
    this.#close(stream);
  }

  /** Late frames on a closed stream are ignored; on a stream that was never opened they are errors. */
  #checkUsed(id: number): void {
    if (this.#shared.streams.absence(id) === 'idle') {
      throw new ConnectionError(errorCode.protocol, 'a frame on a stream that is not open');
    }
  }

  #remoteEnded(stream: Stream): void {
    if (!stream.localEnded) this.#shared.calls.ended(stream);
  }

  /** This side of the stream has ended. */
  localEnded(stream: Stream): void {
    // The client still sends, and does not have to (RFC 9113, 8.1).
    if (!stream.remoteEnded) this.#shared.sender.reset(stream.id, errorCode.none);
    this.#close(stream);
  }

  reset(id: number, code: number): void {
    const { sender, streams } = this.#shared;
    sender.reset(id, code);
    const stream = streams.get(id);
    if (stream === undefined) streams.leave(id);
    else this.#close(stream);
  }

  /** The connection has ended, and so has every stream. */
  abandon(): void {
    for (const stream of [...this.#shared.streams.all()]) this.#close(stream);
  }

  #close(stream: Stream): void {
    const { streams, sender, calls, end } = this.#shared;
    if (!streams.remove(stream)) return;
    stream.localEnded = true;
    sender.forget(stream);
    calls.close(stream);
    end.streamClosed();
  }
}

/** The start of the padding. The first byte of the frame is its length. */
function paddingStart(bytes: Buffer, start: number, end: number): number {
  if (start === end) throw new ConnectionError(errorCode.frameSize, 'a padded frame without its length');
  const to = end - (bytes[start] ?? 0);
  if (to < start + 1) throw new ConnectionError(errorCode.protocol, 'padding longer than its frame');
  return to;
}

/** The stream that a priority depends on (RFC 7540, 6.3). The highest bit is a flag. */
export function dependency(bytes: Buffer, at: number): number {
  return bytes.readUInt32BE(at) & 0x7fff_ffff;
}

/** Data must have the length of `content-length` (RFC 9113, 8.1.1). */
function checkAnnounced(stream: Stream, bytes: number, ends: boolean): void {
  if (stream.announced === undefined) return;
  stream.announced -= bytes;
  if (stream.announced < 0 || (ends && stream.announced > 0)) {
    throw new StreamError(stream.id, errorCode.protocol, 'the data does not match content-length');
  }
}
