/**
 * @module
 * gRPC calls on streams: method lookup, messages, deadlines and failures.
 */
import type { Deadlines } from './deadlines.ts';
import { GrpcError, grpcStatus, memoryFull } from './grpc-status.ts';
import type { HeadResult } from './head-memory.ts';
import { encodeBlock } from './hpack-encoder.ts';
import type { ConnectionMemory, Memory } from './memory.ts';
import { MessageReader } from './message-reader.ts';
import { ConnectionError, StreamError } from './protocol.ts';
import type { RequestHead } from './request-head.ts';
import type { Sender } from './sender.ts';
import type { Call, Stream } from './stream.ts';

/** How a call sends its answers. */
export interface Reply {
  /** Sends a message. The bytes are copied before this returns. */
  message(bytes: Uint8Array, start: number, end: number): void;
  /** Ends the call with a status. Later messages are dropped. */
  end(status: number, details: string): void;
  /** Pauses the call: the client may use up its current window and gets no new one. */
  hold(): void;
  /** Reserves memory that the call holds until it resumes. @throws GrpcError RESOURCE_EXHAUSTED */
  keep(bytes: number): void;
  /**
   * Resumes the call with `work`, in a later event-loop turn. An error in `work` ends the stream like an error of a
   * message.
   */
  resume(work: () => void): void;
}

export type Method = (reply: Reply, head: RequestHead) => Call;

export interface CallSettings {
  /** By path: `/package.Service/Method`. */
  readonly methods: ReadonlyMap<string, Method>;
  readonly maxMessageBytes: number;
  readonly memory: Memory;
  readonly deadlines: Deadlines;
  /** Reports an unexpected error that ended a call or a connection. */
  readonly defect: (error: unknown) => void;
}

/** The maximum delay of a timer in milliseconds. A deadline further away (24 days) is ignored. */
const maxTimerDelay = 2 ** 31 - 1;

const notGrpcBody = Buffer.from('This address speaks gRPC only.\n', 'latin1');
const notGrpcHead: Readonly<Record<405 | 415, Buffer>> = { 405: plainHead('405'), 415: plainHead('415') };

function plainHead(status: string): Buffer {
  return encodeBlock([
    [':status', status],
    ['content-type', 'text/plain'],
    ['content-length', String(notGrpcBody.length)],
  ]);
}

/** The calls of one connection. */
export class Calls {
  readonly settings: CallSettings;
  readonly memory: ConnectionMemory;
  readonly #sender: Sender;
  readonly #resume: (stream: Stream, work: () => void) => void;

  /** @param resume runs work outside the handling of a frame, and handles its errors */
  constructor(
    settings: CallSettings,
    memory: ConnectionMemory,
    sender: Sender,
    resume: (stream: Stream, work: () => void) => void,
  ) {
    this.settings = settings;
    this.memory = memory;
    this.#sender = sender;
    this.#resume = resume;
  }

  open(stream: Stream, head: HeadResult): void {
    try {
      stream.call = this.#callFor(stream, head);
      if (typeof head !== 'string') this.#setDeadline(stream, head);
    } catch (error) {
      this.#fail(stream, error);
    }
  }

  data(stream: Stream, bytes: Buffer, start: number, end: number): void {
    const { reader, call } = stream;
    if (reader === undefined || call === undefined) return;
    try {
      // What cannot be answered in time is not begun.
      if (stream.expires !== undefined && performance.now() >= stream.expires) throw this.settings.deadlines.passed();
      reader.read(bytes, start, end, call);
    } catch (error) {
      this.#fail(stream, error);
    }
  }

  /** Resumes a paused call. */
  resume(stream: Stream, work: () => void): void {
    stream.held = false;
    this.#release(stream);
    this.#resume(stream, () => {
      try {
        work();
      } catch (error) {
        this.#fail(stream, error);
      }
    });
  }

  /** The client has ended its side of the stream. */
  ended(stream: Stream): void {
    try {
      if (stream.reader?.betweenMessages === false) {
        throw new GrpcError(grpcStatus.internal, 'The stream ended within a message.');
      }
      stream.call?.ended();
    } catch (error) {
      this.#fail(stream, error);
    }
  }

  /** The stream is over. */
  close(stream: Stream): void {
    clearTimeout(stream.deadline);
    this.#release(stream);
    stream.reader?.drop();
    try {
      stream.call?.closed();
    } catch (error) {
      this.settings.defect(error);
    }
  }

  /** A large message took too long. */
  late(stream: Stream): void {
    this.memory.refused();
    this.#fail(stream, memoryFull());
  }

  /** Releases the memory that the call reserved. */
  #release(stream: Stream): void {
    if (stream.keptBytes > 0) this.memory.give(stream.keptBytes);
    stream.keptBytes = 0;
  }

  #callFor(stream: Stream, head: HeadResult): Call {
    if (typeof head === 'string') {
      throw new GrpcError(grpcStatus.resourceExhausted, 'The request metadata is too large.');
    }
    if (head.refusal !== undefined) return new PlainAnswer(this.#sender, stream, notGrpcHead[head.refusal]);
    const method = this.settings.methods.get(head.path);
    if (method === undefined) throw new GrpcError(grpcStatus.unimplemented, 'This server has no such method.');
    if (head.encoding !== 'identity' && head.encoding !== 'gzip') {
      throw new GrpcError(
        grpcStatus.unimplemented,
        'This server supports the message encodings identity and gzip only.',
      );
    }
    if (head.timeout === 'malformed') throw new GrpcError(grpcStatus.internal, 'The grpc-timeout is malformed.');
    stream.reader = new MessageReader(this.settings.maxMessageBytes, head.encoding === 'gzip', this.memory);
    return method(new StreamReply(this.#sender, stream, this), head);
  }

  #setDeadline(stream: Stream, { timeout }: RequestHead): void {
    if (typeof timeout !== 'number' || timeout > maxTimerDelay || stream.reader === undefined) return;
    const now = performance.now();
    const { deadlines } = this.settings;
    stream.expires = deadlines.of(timeout);
    stream.deadline = setTimeout(() => this.#fail(stream, deadlines.passed()), Math.max(0, stream.expires - now));
  }

  /** Ends the call with an error status: a stream never ends without one after a failure. Later data is not read. */
  #fail(stream: Stream, error: unknown): void {
    stream.reader?.drop();
    stream.reader = undefined;
    if (error instanceof ConnectionError || error instanceof StreamError) throw error;
    if (error instanceof GrpcError) {
      this.#sender.status(stream, error.status, error.message);
      return;
    }
    this.settings.defect(error);
    this.#sender.status(stream, grpcStatus.internal, 'extproc.internal');
  }
}

class StreamReply implements Reply {
  readonly #sender: Sender;
  readonly #stream: Stream;
  readonly #calls: Calls;

  constructor(sender: Sender, stream: Stream, calls: Calls) {
    this.#sender = sender;
    this.#stream = stream;
    this.#calls = calls;
  }

  resume(work: () => void): void {
    this.#calls.resume(this.#stream, work);
  }

  hold(): void {
    this.#stream.held = true;
  }

  keep(bytes: number): void {
    if (!this.#calls.memory.take(bytes)) throw memoryFull();
    this.#stream.keptBytes += bytes;
  }

  message(bytes: Uint8Array, start: number, end: number): void {
    this.#sender.message(this.#stream, bytes, start, end);
  }

  end(status: number, details: string): void {
    this.#sender.status(this.#stream, status, details);
  }
}

/**
 * The response to an HTTP request that is not a gRPC call. It is sent when the request has ended; its data is not read.
 */
class PlainAnswer implements Call {
  readonly #sender: Sender;
  readonly #stream: Stream;
  readonly #head: Buffer;

  constructor(sender: Sender, stream: Stream, head: Buffer) {
    this.#sender = sender;
    this.#stream = stream;
    this.#head = head;
  }

  message(): void {}

  ended(): void {
    this.#sender.answer(this.#stream, this.#head, notGrpcBody);
  }

  closed(): void {}
}
