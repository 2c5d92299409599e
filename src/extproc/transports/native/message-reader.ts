/**
 * @module
 * Reads gRPC messages from DATA frames: a byte for compression, four bytes of length, then the message. A frame may
 * contain several messages, and a message may span several frames.
 */
import { GrpcError, grpcStatus, memoryFull } from './grpc-status.ts';
import { Turn } from './large-messages.ts';
import type { ConnectionMemory } from './memory.ts';

export interface MessageSink {
  message(bytes: Buffer, start: number, end: number): void;
}

const prefixBytes = 5;
/**
 * Memory for a message in pieces grows with the received bytes, not with the announced length, which costs the sender
 * nothing.
 */
const firstBytes = 16_384;

/** A partly received message. Created only when needed, because nearly every message arrives in one piece. */
interface Unfinished {
  bytes: Buffer;
  length: number;
  /** Bytes taken from the memory of the connection. 0 while the message has a reservation (`turn`). */
  taken: number;
  turn: Turn | undefined;
}

const nothing = Buffer.alloc(0);

export class MessageReader {
  readonly #maxBytes: number;
  readonly #gzip: boolean;
  readonly #memory: ConnectionMemory;
  #prefixSeen = 0;
  #compressed = 0;
  #length = 0;
  #unfinished: Unfinished | undefined;

  /**
   * @param maxBytes of one message, compressed or not @param gzip whether the stream announced `grpc-encoding: gzip`
   */
  constructor(maxBytes: number, gzip: boolean, memory: ConnectionMemory) {
    this.#maxBytes = maxBytes;
    this.#gzip = gzip;
    this.#memory = memory;
  }

  /** Whether no message is in progress, so that the stream may end. */
  get betweenMessages(): boolean {
    return this.#prefixSeen === 0;
  }

  /**
   * Whether the client may get a new window: between messages, and for a message that exceeds the remaining window once
   * there is memory for all of it.
   *
   * @param left bytes that the client may still send
   */
  mayGrow(left: number, asker: Turn['asker']): boolean {
    if (this.#prefixSeen < prefixBytes) return true;
    const unfinished = this.#begun();
    if (unfinished.turn === undefined) {
      if (this.#length - unfinished.length <= left) return false;
      unfinished.turn = new Turn(this.#length, asker);
      this.#memory.large.ask(unfinished.turn);
    }
    if (unfinished.turn.state !== 'granted') return false;
    this.#memory.give(unfinished.taken);
    unfinished.taken = 0;
    return true;
  }

  /** Discards an incomplete message. */
  drop(): void {
    const unfinished = this.#unfinished;
    if (unfinished === undefined) return;
    this.#unfinished = undefined;
    this.#memory.give(unfinished.taken);
    if (unfinished.turn !== undefined) this.#memory.large.leave(unfinished.turn);
  }

  /**
   * Passes each complete message to `sink`, without copying it if it is within `bytes`.
   *
   * @throws GrpcError when a message is too large, cannot be decompressed, or exceeds the memory limit
   */
  read(bytes: Buffer, start: number, end: number, sink: MessageSink): void {
    let at = start;
    while (at < end) {
      at = this.#readPrefix(bytes, at, end);
      if (this.#prefixSeen < prefixBytes) return;
      const missing = this.#length - (this.#unfinished?.length ?? 0);
      if (missing > end - at) {
        this.#hold(this.#begun(), bytes, at, end);
        return;
      }
      this.#prefixSeen = 0;
      this.#finish(bytes, at, at + missing, sink);
      at += missing;
    }
  }

  #finish(bytes: Buffer, start: number, end: number, sink: MessageSink): void {
    const unfinished = this.#unfinished;
    if (unfinished === undefined || unfinished.length === 0) {
      this.drop();
      this.#deliver(bytes, start, end, sink);
      return;
    }
    this.#hold(unfinished, bytes, start, end);
    this.drop();
    this.#deliver(unfinished.bytes, 0, this.#length, sink);
  }

  #begun(): Unfinished {
    this.#unfinished ??= { bytes: nothing, length: 0, taken: 0, turn: undefined };
    return this.#unfinished;
  }

  #readPrefix(bytes: Buffer, start: number, end: number): number {
    let at = start;
    for (; this.#prefixSeen < prefixBytes && at < end; at++) {
      const byte = bytes[at] ?? 0;
      if (this.#prefixSeen === 0) {
        this.#compressed = byte;
        this.#length = 0;
      } else {
        this.#length = this.#length * 256 + byte;
      }
      this.#prefixSeen++;
      if (this.#prefixSeen === prefixBytes) this.#checkPrefix();
    }
    return at;
  }

  #checkPrefix(): void {
    if (this.#length > this.#maxBytes) throw new GrpcError(grpcStatus.resourceExhausted, 'The message is too large.');
    if (this.#compressed > 1 || (this.#compressed === 1 && !this.#gzip)) {
      throw new GrpcError(grpcStatus.internal, 'A message is compressed, but the stream has no grpc-encoding.');
    }
  }

  /** @throws GrpcError */
  #hold(unfinished: Unfinished, bytes: Buffer, start: number, end: number): void {
    const wanted = unfinished.length + end - start;
    if (unfinished.bytes.length < wanted) {
      const size = Math.min(this.#length, Math.max(firstBytes, 2 * wanted));
      if (unfinished.turn?.state !== 'granted') this.#take(unfinished, size - unfinished.bytes.length);
      const larger = Buffer.allocUnsafeSlow(size);
      unfinished.bytes.copy(larger, 0, 0, unfinished.length);
      unfinished.bytes = larger;
    }
    bytes.copy(unfinished.bytes, unfinished.length, start, end);
    unfinished.length = wanted;
  }

  /** @throws GrpcError */
  #take(unfinished: Unfinished, bytes: number): void {
    if (!this.#memory.take(bytes)) throw memoryFull();
    unfinished.taken += bytes;
  }

  #deliver(bytes: Buffer, start: number, end: number, sink: MessageSink): void {
    if (this.#compressed === 0) {
      sink.message(bytes, start, end);
      return;
    }
    const inflated = inflate(bytes.subarray(start, end), this.#maxBytes);
    sink.message(inflated, 0, inflated.length);
  }
}

/** The limit applies while inflating, because a few bytes can expand to gigabytes. */
function inflate(bytes: Buffer, maxBytes: number): Buffer {
  try {
    // Loaded on demand, because Envoy does not compress by default.
    return process.getBuiltinModule('node:zlib').gunzipSync(bytes, { maxOutputLength: maxBytes });
  } catch (error) {
    const tooLarge = error instanceof RangeError;
    throw tooLarge
      ? new GrpcError(grpcStatus.resourceExhausted, 'The message is too large.')
      : new GrpcError(grpcStatus.internal, 'A message cannot be decompressed.');
  }
}
