/**
 * @module
 * gRPC messages out of DATA frames: one byte that says whether it is compressed, four of length, the message. Several
 * may stand in one frame and one may be spread over many.
 */
import { GrpcError, grpcStatus } from './grpc-status.ts';

export interface MessageSink {
  message(bytes: Buffer, start: number, end: number): void;
}

const prefixBytes = 5;
/** A message in pieces gets room as it comes, not as it says: announcing 4 MiB costs the sender nothing. */
const firstRoom = 16_384;

export class MessageReader {
  readonly #maxBytes: number;
  readonly #gzip: boolean;
  #prefixSeen = 0;
  #compressed = 0;
  #length = 0;
  #held: Buffer | undefined;
  #heldLength = 0;

  /** @param maxBytes of one message, compressed or not @param gzip whether the stream announced `grpc-encoding: gzip` */
  constructor(maxBytes: number, gzip: boolean) {
    this.#maxBytes = maxBytes;
    this.#gzip = gzip;
  }

  /** Whether the stream may end here. */
  get betweenMessages(): boolean {
    return this.#prefixSeen === 0;
  }

  /**
   * Hands each message that gets whole to `sink`, where it lies.
   *
   * @throws GrpcError when a message is too large or cannot be decompressed
   */
  read(bytes: Buffer, start: number, end: number, sink: MessageSink): void {
    let at = start;
    while (at < end) {
      at = this.#readPrefix(bytes, at, end);
      if (this.#prefixSeen < prefixBytes) return;
      const missing = this.#length - this.#heldLength;
      if (missing > end - at) {
        this.#hold(bytes, at, end);
        return;
      }
      this.#prefixSeen = 0;
      if (this.#heldLength === 0) {
        this.#deliver(bytes, at, at + missing, sink);
      } else {
        this.#hold(bytes, at, at + missing);
        const held = this.#held ?? Buffer.alloc(0);
        this.#held = undefined;
        this.#heldLength = 0;
        this.#deliver(held, 0, this.#length, sink);
      }
      at += missing;
    }
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

  #hold(bytes: Buffer, start: number, end: number): void {
    const wanted = this.#heldLength + end - start;
    let held = this.#held;
    if (held === undefined || held.length < wanted) {
      const room = Math.min(this.#length, Math.max(firstRoom, 2 * wanted));
      const larger = Buffer.allocUnsafeSlow(room);
      held?.copy(larger, 0, 0, this.#heldLength);
      held = larger;
      this.#held = held;
    }
    bytes.copy(held, this.#heldLength, start, end);
    this.#heldLength = wanted;
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
