/**
 * @module
 * One connection of an HTTP client. It reads one request head, sends the response, and only then reads on. Each state
 * has a deadline.
 */
import type { Socket } from 'node:net';
import { answerText, type HttpAnswer, refusal } from './http-answer.ts';
import { type HttpRequest, maxHeaderSize, readHead } from './http-request.ts';

export interface HttpConnectionOptions {
  /** Never rejects. */
  answer(request: HttpRequest): Promise<HttpAnswer>;
  /** Whether the server is closing: each response is then the last of its connection. */
  isClosing(): boolean;
}

/** How long a connection may stay in each state, in milliseconds. */
const deadlines = {
  /** From the start of the connection, or the first byte of a head, to the end of the head. */
  reading: 5_000,
  /** The response is computed. */
  answering: 10_000,
  /** The response is sent. */
  sending: 5_000,
  /** Kept open for another request. */
  idle: 5_000,
  /** The last response is sent. Closing before the client has read all of it could lose the response. */
  leaving: 1_000,
} as const;

type State = keyof typeof deadlines;

/** Maximum requests per connection. @internal Exported for the test at the limit. */
export const maxRequests = 100;
/** Milliseconds after which the next response is the last of its connection. */
const maxAge = 60_000;

/**
 * Milliseconds between a response and the next read from its connection, so that one client cannot occupy the thread.
 */
const pace = 20;

/** Maximum bytes of a request body that are discarded. */
const maxDiscardedBytes = 262_144;

const nothing = Buffer.alloc(0);

export class HttpConnection {
  readonly #socket: Socket;
  readonly #options: HttpConnectionOptions;
  readonly #born = performance.now();
  #state: State = 'reading';
  #since = this.#born;
  #unread: Buffer = nothing;
  #requests = 0;
  #discarded = 0;
  #hasEnded = false;

  constructor(socket: Socket, options: HttpConnectionOptions) {
    this.#socket = socket;
    this.#options = options;
    socket.on('data', (chunk: Buffer) => this.#take(chunk));
    socket.on('end', () => this.#end());
    // A close follows each error.
    socket.on('error', () => undefined);
  }

  /** Whether no request is in progress. */
  get isIdle(): boolean {
    return this.#state === 'idle' || this.#state === 'leaving';
  }

  isOverdue(now: number): boolean {
    return now - this.#since > deadlines[this.#state] || (this.#state === 'idle' && now - this.#born > maxAge);
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #enter(state: State): void {
    this.#state = state;
    this.#since = performance.now();
  }

  #take(chunk: Buffer): void {
    if (this.#state === 'leaving') {
      this.#discarded += chunk.length;
      if (this.#discarded > maxDiscardedBytes) this.destroy();
      return;
    }
    if (this.#state === 'idle') this.#enter('reading');
    this.#unread = this.#unread.length === 0 ? chunk : Buffer.concat([this.#unread, chunk]);
    if (this.#state === 'reading') this.#read();
  }

  /** The client sends nothing more. A request in progress is still answered. */
  #end(): void {
    this.#hasEnded = true;
    if (this.#state === 'idle') this.#leave();
    else if (this.#state === 'reading') this.destroy();
  }

  #read(): void {
    const head = readHead(this.#unread);
    if (head.kind === 'incomplete') return;
    // One request at a time: later bytes stay in `#unread`, and then with the client.
    this.#socket.pause();
    if (head.kind === 'refused') {
      this.#send(answerText(refusal(head.status), undefined, 'close'), true);
      return;
    }
    const rest = this.#unread.length - head.length;
    const isLast = rest > maxHeaderSize || head.request.hasBody;
    this.#unread = rest === 0 || isLast ? nothing : Buffer.from(this.#unread.subarray(head.length));
    this.#enter('answering');
    this.#requests++;
    void this.#answer(head.request, isLast);
  }

  async #answer(request: HttpRequest, isLast: boolean): Promise<void> {
    const answer = await this.#options.answer(request);
    if (this.#socket.destroyed) return;
    const isOld = this.#requests >= maxRequests || performance.now() - this.#born > maxAge;
    const isFinal = isLast || isOld || !request.keepsAlive || this.#options.isClosing();
    const keptOpen = request.isHttp10 ? 'keep-alive' : undefined;
    this.#send(answerText(answer, request, isFinal ? 'close' : keptOpen), isFinal);
  }

  #send(answer: string, isFinal: boolean): void {
    this.#enter('sending');
    this.#socket.write(answer, (error) => {
      if (error != null) return;
      if (isFinal || this.#hasEnded) this.#leave();
      else this.#goOn();
    });
  }

  #goOn(): void {
    this.#enter(this.#unread.length === 0 ? 'idle' : 'reading');
    setTimeout(() => {
      if (this.#socket.destroyed) return;
      this.#socket.resume();
      if (this.#state === 'reading') this.#read();
    }, pace).unref();
  }

  #leave(): void {
    this.#enter('leaving');
    this.#socket.resume();
    this.#socket.end();
  }
}
