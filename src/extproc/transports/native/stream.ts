/**
 * @module
 * One HTTP/2 stream, which is one gRPC call: its state, both windows and its queued data.
 */
import type { MessageReader } from './message-reader.ts';
import { defaultWindow } from './protocol.ts';

/** Serves a call. */
export interface Call {
  /** The message is in `bytes` from `start` to `end`, valid only until this returns. */
  message(bytes: Buffer, start: number, end: number): void;
  /** The client has ended its side of the stream. */
  ended(): void;
  /** The stream has ended, for any reason. Called once. */
  closed(): void;
}

export class Stream {
  readonly id: number;
  /** Bytes of data that may be sent. A change of settings can make it negative (RFC 9113, 6.9.2). */
  sendWindow: number;
  /** Bytes of data that the client may send. */
  receiveWindow = defaultWindow;
  remoteEnded = false;
  localEnded = false;
  headSent = false;
  /** Queued data. */
  readonly queue: Buffer[] = [];
  /** Bytes of the first buffer in the queue that are already sent. */
  queueSent = 0;
  /** Memory that the queue takes. */
  queueBytes = 0;
  /** How the stream ends once the queue is empty. */
  ending: Buffer | 'with-data' | undefined;
  reader: MessageReader | undefined;
  call: Call | undefined;
  deadline: NodeJS.Timeout | undefined;
  /** When the deadline passes, in milliseconds of `performance.now()`. */
  expires: number | undefined;
  /** Bytes that `content-length` announced and that have not arrived. */
  announced: number | undefined;
  /** The call is paused: the client gets no new window until it resumes. */
  held = false;
  /** Memory that the paused call takes. */
  keptBytes = 0;

  constructor(id: number, sendWindow: number) {
    this.id = id;
    this.sendWindow = sendWindow;
  }
}
