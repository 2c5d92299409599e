/**
 * @module
 * One connection of an HTTP client, from its first byte to its last: what it sends is read up to the end of one head, it
 * gets its answer, and only then is read on. Each state has its deadline.
 */
import type { Socket } from 'node:net';
import { answerText, type HttpAnswer, refusal } from './http-answer.ts';
import { type HttpRequest, maxHeaderSize, readHead } from './http-request.ts';

export interface HttpConnectionOptions {
  /** Never rejects. */
  answer(request: HttpRequest): Promise<HttpAnswer>;
  /** Whether each answer is to be the last of its connection. */
  isClosing(): boolean;
}

/** How long a connection may stay in each state, in milliseconds. */
const deadlines = {
  /** From the first byte of a head, or from the beginning, to the head's end. */
  reading: 5_000,
  /** The answer is being made. */
  answering: 10_000,
  /** The client takes its answer. */
  sending: 5_000,
  /** Answered, and kept for another request. */
  idle: 5_000,
  /** Answered for the last time; a close before the client has read it all could take the answer from it. */
  leaving: 1_000,
} as const;

type State = keyof typeof deadlines;

/** Requests of one connection, and milliseconds from its beginning, after which an answer is the last. */
export const maxRequests = 100;
const maxAge = 60_000;

/** Milliseconds from an answer until more is read of its connection, so that nobody has all the turns. */
const pace = 20;

/** Bytes of a body that are read away. */
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

  /** Whether nobody waits for anything here. */
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

  /** The client says no more; what it asked is answered. */
  #end(): void {
    this.#hasEnded = true;
    if (this.#state === 'idle') this.#leave();
    else if (this.#state === 'reading') this.destroy();
  }

  #read(): void {
    const head = readHead(this.#unread);
    if (head.kind === 'incomplete') return;
    // One at a time: what else has come waits in here, and the rest with the client.
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
    const leaves = isLast || isOld || !request.keepsAlive || this.#options.isClosing();
    const stays = request.isOld ? 'keep-alive' : undefined;
    this.#send(answerText(answer, request, leaves ? 'close' : stays), leaves);
  }

  #send(answer: string, leaves: boolean): void {
    this.#enter('sending');
    this.#socket.write(answer, (error) => {
      if (error != null) return;
      if (leaves || this.#hasEnded) this.#leave();
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
