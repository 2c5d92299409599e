/**
 * @module
 * A worker as the primary sees it: a process that is asked questions, takes connections, and ends.
 */
import type { ChildProcess } from 'node:child_process';
import type { Socket } from 'node:net';
import { type LoadInputs, partsOf } from '../../configuration/reload/load-inputs.ts';
import { WorkerLost, WorkerRefused } from '../worker-errors.ts';
import { type Answer, type FromWorker, plainInputs, type Question, type ToWorker } from './messages.ts';

/** How a process ended; neither is known of one that could not be started at all. */
export interface Ending {
  readonly exitCode: number | undefined;
  readonly signal: NodeJS.Signals | undefined;
}

/** Files that a worker is told of in one turn. */
const partsAtOnce = 50;

interface Asked {
  resolve(answer: Answer): void;
  reject(error: Error): void;
  readonly timer: NodeJS.Timeout;
}

export class WorkerProcess {
  readonly number: number;
  /** When it was started, on the clock of `performance`. */
  readonly since = performance.now();
  readonly ended: Promise<Ending>;
  /** Connections that it has, and those on their way to it. */
  connections = 0;
  readonly #child: ChildProcess;
  readonly #asked = new Map<number, Asked>();
  /** Connections on their way to it, by the number of the message that each went with; the lowest comes first. */
  readonly #onTheWay = new Map<number, Socket>();
  #lastId = 0;

  constructor(number: number, child: ChildProcess) {
    this.number = number;
    this.#child = child;
    const { promise, resolve } = Promise.withResolvers<Ending>();
    const end = (exitCode: number | null, signal: NodeJS.Signals | null): void => {
      this.#loseAll();
      resolve({ exitCode: exitCode ?? undefined, signal: signal ?? undefined });
    };
    // Not at `exit`: what it said before it ended may still be in the channel then.
    child.on('close', end);
    child.on('error', () => {
      // What could not be sent is told to its sender; only a process that never began ends without an exit.
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
    let told = 0;
    for (const part of partsOf(inputs)) {
      this.tell({ kind: 'part', part });
      // It would read all that has come in one turn, in which it serves nobody.
      if (++told % partsAtOnce === 0) await this.ask({ kind: 'breathe' }, milliseconds);
    }
    await this.ask({ kind: 'prepare', inputs: plainInputs(inputs) }, milliseconds);
  }

  tell(message: Exclude<ToWorker, { readonly kind: 'question' | 'connection' }>): void {
    this.#send(message, () => undefined);
  }

  /**
   * Hands over a connection. This process keeps it open, and reads nothing from it, until the worker has said that it
   * takes it (see `takeBack`). Node alone would lose a connection that was written to the channel of a worker that ends
   * without reading it: it would stay open here, with nobody who serves it.
   */
  give(socket: Socket): void {
    const id = ++this.#lastId;
    this.connections++;
    this.#onTheWay.set(id, socket);
    const message: ToWorker = { kind: 'connection', id };
    // Whether it arrived is known by what the worker says, not by whether it could be written.
    this.#child.send(message, socket, { keepOpen: true }, () => undefined);
  }

  /** Whether anything can still be said to it. */
  get isReachable(): boolean {
    return this.#child.connected;
  }

  /** Once it has ended: the connections that it did not take, and so read nothing from. */
  takeBack(): readonly Socket[] {
    const sockets = [...this.#onTheWay.values()];
    this.#onTheWay.clear();
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
    this.#arrived(message.id);
    if (message.kind === 'taken') return;
    const asked = this.#asked.get(message.id);
    if (asked !== undefined && this.#forget(message.id)) asked.resolve(message.answer);
  }

  /**
   * Messages arrive in order, so a connection that went before this one is lost: the worker has no file descriptor left,
   * say. Its client is to come again.
   */
  #arrived(id: number): void {
    for (const [sent, socket] of this.#onTheWay) {
      if (sent > id) return;
      this.#onTheWay.delete(sent);
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
