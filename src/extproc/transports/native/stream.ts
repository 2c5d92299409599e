/**
 * @module
 * One HTTP/2 stream, which is one gRPC call: its state, both its windows and what waits to be sent.
 */
import type { MessageReader } from './message-reader.ts';
import { defaultWindow } from './protocol.ts';

/** What serves a call. */
export interface Call {
  /** The message stands in `bytes` from `start` to `end`, and only until this returns. */
  message(bytes: Buffer, start: number, end: number): void;
  /** The client sends nothing more. */
  ended(): void;
  /** The stream is over, however it ended; called once. */
  closed(): void;
}

export class Stream {
  readonly id: number;
  /** Bytes of data that may be sent; a change of the settings can make it negative (RFC 9113, 6.9.2). */
  sendWindow: number;
  /** Bytes of data that the client may send. */
  receiveWindow = defaultWindow;
  remoteEnded = false;
  localEnded = false;
  headSent = false;
  /** Data that waits for a window. */
  readonly queue: Buffer[] = [];
  /** Bytes of the first of the queue that are sent. */
  queueSent = 0;
  /** What the queue takes of the memory. */
  queueBytes = 0;
  /** What ends the stream once the queue is empty. */
  ending: Buffer | 'with-data' | undefined;
  reader: MessageReader | undefined;
  call: Call | undefined;
  deadline: NodeJS.Timeout | undefined;
  /** Bytes of data that the header fields announced and that have not come. */
  announced: number | undefined;
  /** Its call takes no message now: the client gets no new window until it does. */
  held = false;
  /** What its call keeps meanwhile, by what it takes of the memory. */
  keptBytes = 0;

  constructor(id: number, sendWindow: number) {
    this.id = id;
    this.sendWindow = sendWindow;
  }
}
