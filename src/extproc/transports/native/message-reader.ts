/**
 * @module
 * gRPC messages out of DATA frames: one byte that says whether it is compressed, four of length, the message. Several
 * may stand in one frame and one may be spread over many.
 */
import { GrpcError, grpcStatus, memoryFull } from './grpc-status.ts';
import { Turn } from './large-messages.ts';
import type { ConnectionMemory } from './memory.ts';

export interface MessageSink {
  message(bytes: Buffer, start: number, end: number): void;
}

const prefixBytes = 5;
/** A message in pieces gets room as it comes, not as it says: announcing 4 MiB costs the sender nothing. */
const firstRoom = 16_384;

/** A message of which a part came. Made where it is needed: nearly every message comes whole. */
interface Unfinished {
  bytes: Buffer;
  length: number;
  /** What it takes of the memory, unless it has room of its own. */
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

  /** @param maxBytes of one message, compressed or not @param gzip whether the stream announced `grpc-encoding: gzip` */
  constructor(maxBytes: number, gzip: boolean, memory: ConnectionMemory) {
    this.#maxBytes = maxBytes;
    this.#gzip = gzip;
    this.#memory = memory;
  }

  /** Whether the stream may end here. */
  get betweenMessages(): boolean {
    return this.#prefixSeen === 0;
  }

  /**
   * Whether the client may get a new window: between messages, and for a message that is larger than what is left of the
   * window once there is room for all of it.
   *
   * @param left what the client may still send
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

  /** Nothing more is read of a message that is not whole. */
  drop(): void {
    const unfinished = this.#unfinished;
    if (unfinished === undefined) return;
    this.#unfinished = undefined;
    this.#memory.give(unfinished.taken);
    if (unfinished.turn !== undefined) this.#memory.large.leave(unfinished.turn);
  }

  /**
   * Hands each message that gets whole to `sink`, where it lies.
   *
   * @throws GrpcError when a message is too large, cannot be decompressed, or finds no room in memory
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
      throw new GrpcError(grpcStatus.internal, 'A message is compressed, and the stream has no grpc-encoding for it.');
    }
  }

  /** @throws GrpcError */
  #hold(unfinished: Unfinished, bytes: Buffer, start: number, end: number): void {
    const wanted = unfinished.length + end - start;
    if (unfinished.bytes.length < wanted) {
      const room = Math.min(this.#length, Math.max(firstRoom, 2 * wanted));
      if (unfinished.turn?.state !== 'granted') this.#take(unfinished, room - unfinished.bytes.length);
      const larger = Buffer.allocUnsafeSlow(room);
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

/** A few bytes can hold gigabytes, so the limit holds while inflating. */
function inflate(bytes: Buffer, maxBytes: number): Buffer {
  try {
    // Envoy compresses nothing unless it is told to, so nearly no process loads this.
    return process.getBuiltinModule('node:zlib').gunzipSync(bytes, { maxOutputLength: maxBytes });
  } catch (error) {
    const tooLarge = error instanceof RangeError;
    throw tooLarge
      ? new GrpcError(grpcStatus.resourceExhausted, 'The message is too large.')
      : new GrpcError(grpcStatus.internal, 'A message cannot be decompressed.');
  }
}
