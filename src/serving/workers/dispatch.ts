/**
 * @module
 * Which worker gets a connection: the one that has the fewest. Envoy opens one connection for each of its threads and
 * keeps it, so that turns alone would leave workers idle once connections or workers had been replaced.
 */
import type { Socket } from 'node:net';
import type { WorkerProcess } from './worker-process.ts';

/** Connections that wait while no worker serves; beyond that they are closed. */
export const maxWaiting = 1024;

export class Dispatch {
  readonly #workers = new Set<WorkerProcess>();
  readonly #waiting = new Set<Socket>();
  #isClosed = false;

  /** The workers that serve. */
  get workers(): ReadonlySet<WorkerProcess> {
    return this.#workers;
  }

  add(worker: WorkerProcess): void {
    this.#workers.add(worker);
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const socket of waiting) this.hand(socket);
  }

  /** It has ended; connections that it did not take go to others. */
  remove(worker: WorkerProcess): void {
    this.#workers.delete(worker);
    for (const socket of worker.takeBack()) this.hand(socket);
  }

  hand(socket: Socket): void {
    const worker = this.#isClosed ? undefined : this.#leastBusy();
    if (worker !== undefined) worker.give(socket);
    else if (!this.#isClosed && this.#waiting.size < maxWaiting) this.#wait(socket);
    else socket.destroy();
  }

  /** Evens out what time has made uneven: workers that have too many connections give some up, and their clients come back. */
  balance(): void {
    const counts = Array.from(this.#workers, ({ connections }) => connections);
    if (Math.max(...counts) - Math.min(...counts) < 2) return;
    const share = Math.ceil(counts.reduce((sum, count) => sum + count, 0) / counts.length);
    for (const worker of this.#workers) {
      if (worker.connections > share) worker.tell({ kind: 'shed', connections: worker.connections - share });
    }
  }

  /** Gives up what waits, and what comes. */
  close(): void {
    this.#isClosed = true;
    for (const socket of this.#waiting) socket.destroy();
    this.#waiting.clear();
  }

  #leastBusy(): WorkerProcess | undefined {
    let best: WorkerProcess | undefined;
    for (const worker of this.#workers) {
      if (worker.isReachable && worker.connections < (best?.connections ?? Number.POSITIVE_INFINITY)) best = worker;
    }
    return best;
  }

  #wait(socket: Socket): void {
    this.#waiting.add(socket);
    socket.once('error', () => socket.destroy());
    socket.once('close', () => this.#waiting.delete(socket));
  }
}
