/**
 * @module
 * A worker process, from the side of the primary: it answers questions, takes connections, and ends.
 */
import type { ChildProcess } from 'node:child_process';
import type { Socket } from 'node:net';
import { type LoadInputs, partsOf } from '../../configuration/reload/load-inputs.ts';
import { WorkerLost, WorkerRefused } from '../worker-errors.ts';
import { type Answer, type FromWorker, plainInputs, type Question, type ToWorker } from './messages.ts';

/** How a process ended. Both are undefined for a process that could not be started. */
export interface Ending {
  readonly exitCode: number | undefined;
  readonly signal: NodeJS.Signals | undefined;
}

/** Files that are sent to a worker per event-loop turn. */
const partsAtOnce = 50;

interface Asked {
  resolve(answer: Answer): void;
  reject(error: Error): void;
  readonly timer: NodeJS.Timeout;
}

export class WorkerProcess {
  readonly number: number;
  /** When it was started, in milliseconds of `performance.now()`. */
  readonly since = performance.now();
  readonly ended: Promise<Ending>;
  /** Its connections, including those in transit to it. */
  connections = 0;
  /** When it was asked for a sign of life, in milliseconds of `performance.now()`; undefined once it has answered. */
  askedAt: number | undefined;
  /** Whether it did not answer in time, and has not since. It may be stopped, or its thread may be stuck. */
  isSilent = false;
  /** The names of keys whose service it does not call. */
  signersPaused: readonly string[] = [];
  readonly #child: ChildProcess;
  readonly #changed: () => void;
  readonly #asked = new Map<number, Asked>();
  /** Connections in transit to it, by the id of their message, lowest first. */
  readonly #inTransit = new Map<number, Socket>();
  #lastId = 0;

  /** @param changed called when `signersPaused` does */
  constructor(number: number, child: ChildProcess, changed: () => void = () => undefined) {
    this.number = number;
    this.#changed = changed;
    this.#child = child;
    const { promise, resolve } = Promise.withResolvers<Ending>();
    const end = (exitCode: number | null, signal: NodeJS.Signals | null): void => {
      this.#loseAll();
      resolve({ exitCode: exitCode ?? undefined, signal: signal ?? undefined });
    };
    // Not at `exit`, because its last messages may still be in the channel then.
    child.on('close', end);
    child.on('error', () => {
      // A message that could not be sent is reported to its sender. Only a process that never started ends without
      // `close`.
      if (child.pid === undefined) end(null, null);
    });
    child.on('message', (message: FromWorker) => this.#receive(message));
    this.ended = promise;
  }

  /**
   * @param milliseconds how long the answer may take
   * @throws WorkerLost, WorkerRefused
   */
  ask(question: Question, milliseconds: number): Promise<Exclude<Answer, { kind: 'refused' }>> {
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    const id = ++this.#lastId;
    const lose = (reason: string): void => {
      if (this.#forget(id)) reject(new WorkerLost(`worker ${this.number} ${reason}`));
    };
    const timer = setTimeout(lose, milliseconds, 'did not answer in time');
    this.#asked.set(id, { resolve, reject, timer });
    this.#send({ kind: 'question', id, question }, (error) => {
      if (error !== null) lose('ended');
    });
    return promise.then((answer) => {
      if (answer.kind === 'refused') throw new WorkerRefused(`worker ${this.number} refused`);
      return answer;
    });
  }

  /** @throws WorkerLost, WorkerRefused */
  async prepare(inputs: LoadInputs, milliseconds: number): Promise<void> {
    let sent = 0;
    for (const part of partsOf(inputs)) {
      this.tell({ kind: 'part', part });
      // The worker reads all messages that have arrived in one turn, in which it serves no request.
      if (++sent % partsAtOnce === 0) await this.ask({ kind: 'ping' }, milliseconds);
    }
    await this.ask({ kind: 'prepare', inputs: plainInputs(inputs) }, milliseconds);
  }

  tell(message: Exclude<ToWorker, { readonly kind: 'question' | 'connection' }>): void {
    this.#send(message, () => undefined);
  }

  /**
   * Assigns a connection to the worker. This process keeps it open, and reads nothing from it, until the worker has
   * taken it (see `takeBack`). Otherwise a connection that was sent to a worker that ends without reading its channel
   * would be lost: it would stay open here, and no process would serve it.
   */
  give(socket: Socket): void {
    const id = ++this.#lastId;
    this.connections++;
    this.#inTransit.set(id, socket);
    const message: ToWorker = { kind: 'connection', id };
    // Only the worker's message shows that the connection arrived, not the success of this write.
    this.#child.send(message, socket, { keepOpen: true }, () => undefined);
  }

  /** The id of its process; undefined if it could not be started. */
  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Whether it can be given connections: the channel to it is open, and it answers. */
  get isReachable(): boolean {
    return this.#child.connected && !this.isSilent;
  }

  /** Call after it has ended. Returns the connections that it did not take, and so did not read from. */
  takeBack(): readonly Socket[] {
    const sockets = [...this.#inTransit.values()];
    this.#inTransit.clear();
    return sockets;
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }

  #send(message: ToWorker, done: (error: Error | null) => void): void {
    if (this.#child.connected) this.#child.send(message, undefined, {}, done);
    else done(new WorkerLost('the channel is closed'));
  }

  #receive(message: FromWorker): void {
    if (message.kind === 'closed') {
      this.connections--;
      return;
    }
    if (message.kind === 'signers-paused') {
      this.signersPaused = message.keys;
      this.#changed();
      return;
    }
    this.#arrived(message.id);
    if (message.kind === 'taken') return;
    const asked = this.#asked.get(message.id);
    if (asked !== undefined && this.#forget(message.id)) asked.resolve(message.answer);
  }

  /**
   * Messages arrive in order. So a connection that was sent before this message and not taken is lost, for example
   * because the worker has no file descriptor left. Its client has to reconnect.
   */
  #arrived(id: number): void {
    for (const [sent, socket] of this.#inTransit) {
      if (sent > id) return;
      this.#inTransit.delete(sent);
      socket.destroy();
      if (sent < id) this.connections--;
    }
  }

  #forget(id: number): boolean {
    clearTimeout(this.#asked.get(id)?.timer);
    return this.#asked.delete(id);
  }

  #loseAll(): void {
    this.connections = 0;
    for (const [id, { reject }] of this.#asked) {
      this.#forget(id);
      reject(new WorkerLost(`worker ${this.number} ended`));
    }
  }
}
