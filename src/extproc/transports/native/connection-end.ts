/**
 * @module
 * How a connection ends: by GOAWAY with an error, by a drain that loses no request, or because the client is gone.
 *
 * A drain has two steps (RFC 9113, 6.8). The first GOAWAY names the highest possible stream and tells the client to
 * open no more streams; the answer to a PING shows that the client has received it. Then the second GOAWAY names the
 * last stream that is served.
 */
import type { Duplex } from 'node:stream';
import type { Output } from './output.ts';
import { errorCode, frameType, largest31Bits } from './protocol.ts';
import type { Streams } from './streams.ts';

/** How long a client may take to send the preface. */
const prefaceSeconds = 10;
/** After this silence the client is sent a PING. */
const quietSeconds = 60;
/** After this silence the connection is closed. */
const goneSeconds = 80;
/** How long the client may leave a full socket unread. */
const stalledSeconds = 30;
/** How long a client may take to answer the first GOAWAY's ping, in milliseconds. */
const noticeMilliseconds = 1000;
/** How long the last frames may take to be sent, in milliseconds. */
const lingerMilliseconds = 1000;

const noticePing = Buffer.from('draining', 'latin1');
const alivePing = Buffer.from('alive?  ', 'latin1');

export class ConnectionEnd {
  readonly #socket: Duplex;
  readonly #output: Output;
  readonly #streams: Streams;
  #state: 'open' | 'noticed' | 'draining' | 'over' = 'open';
  #quiet = 0;
  #stalled = 0;
  #age = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(socket: Duplex, output: Output, streams: Streams) {
    this.#socket = socket;
    this.#output = output;
    this.#streams = streams;
  }

  /** Whether the connection has ended; nothing more is read. */
  get isOver(): boolean {
    return this.#state === 'over';
  }

  get refusesStreams(): boolean {
    return this.#state === 'draining';
  }

  heard(): void {
    this.#quiet = 0;
  }

  drain(): void {
    if (this.#state !== 'open') return;
    this.#state = 'noticed';
    this.#goAway(largest31Bits, errorCode.none, '');
    this.#ping(noticePing);
    this.#timer = setTimeout(() => this.#output.turn(() => this.#drainNow()), noticeMilliseconds);
  }

  pingAnswered(data: Buffer): void {
    if (this.#state === 'noticed' && data.equals(noticePing)) this.#drainNow();
  }

  streamClosed(): void {
    if (this.#state === 'draining' && this.#streams.size === 0) this.#finish();
  }

  /** @param reason goes to the client as debug data */
  fail(code: number, reason: string): void {
    if (this.#state === 'over') return;
    this.#goAway(this.#streams.last, code, reason);
    this.#finish();
  }

  timePassed(seconds: number, prefaceDone: boolean): void {
    this.#age += seconds;
    this.#quiet += seconds;
    this.#stalled = this.#socket.writableNeedDrain ? this.#stalled + seconds : 0;
    const silent = !prefaceDone && this.#age > prefaceSeconds;
    if (silent || this.#quiet > goneSeconds || this.#stalled > stalledSeconds) this.#socket.destroy();
    else if (prefaceDone && this.#quiet > quietSeconds && this.#state !== 'over') this.#ping(alivePing);
  }

  destroy(): void {
    this.#socket.destroy();
  }

  /** The socket is closed. */
  closed(): void {
    this.#state = 'over';
    clearTimeout(this.#timer);
  }

  #drainNow(): void {
    if (this.#state !== 'noticed') return;
    this.#state = 'draining';
    clearTimeout(this.#timer);
    this.#goAway(this.#streams.last, errorCode.none, '');
    this.streamClosed();
  }

  /** Sends the buffered frames, then waits for the client to close. Closing first could lose the last frames. */
  #finish(): void {
    this.#state = 'over';
    clearTimeout(this.#timer);
    this.#output.flush();
    this.#socket.end();
    this.#timer = setTimeout(() => this.#socket.destroy(), lingerMilliseconds);
  }

  #goAway(last: number, code: number, reason: string): void {
    const at = this.#output.frame(8 + reason.length, frameType.goAway, 0, 0);
    this.#output.bytes.writeUInt32BE(last, at);
    this.#output.bytes.writeUInt32BE(code, at + 4);
    this.#output.bytes.write(reason, at + 8, 'latin1');
  }

  #ping(data: Buffer): void {
    const at = this.#output.frame(8, frameType.ping, 0, 0);
    this.#output.bytes.set(data, at);
  }
}
