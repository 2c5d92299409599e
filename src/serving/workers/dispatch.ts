/**
 * @module
 * Assigns each connection to the worker with the fewest connections. Envoy opens one connection for each of its threads
 * and keeps it, so that round robin would leave workers idle once connections or workers were replaced.
 */
import type { Socket } from 'node:net';
import type { WorkerProcess } from './worker-process.ts';

/**
 * Maximum connections that wait while no worker serves; more are closed. @internal Exported for the test at the limit.
 */
export const maxWaiting = 1024;

export class Dispatch {
  readonly #workers = new Set<WorkerProcess>();
  readonly #waiting = new Set<Socket>();
  #isClosed = false;

  /** The workers that serve, including those that currently do not answer. */
  get workers(): ReadonlySet<WorkerProcess> {
    return this.#workers;
  }

  /** Those that get connections. */
  get reachable(): readonly WorkerProcess[] {
    return [...this.#workers].filter(({ isReachable }) => isReachable);
  }

  /** The worker serves, or answers again. Waiting connections are assigned. */
  add(worker: WorkerProcess): void {
    this.#workers.add(worker);
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const socket of waiting) this.assign(socket);
  }

  /** The worker has ended. Connections that it did not take are assigned to others. */
  remove(worker: WorkerProcess): void {
    this.#workers.delete(worker);
    for (const socket of worker.takeBack()) this.assign(socket);
  }

  assign(socket: Socket): void {
    const worker = this.#isClosed ? undefined : this.#leastBusy();
    if (worker !== undefined) worker.give(socket);
    else if (!this.#isClosed && this.#waiting.size < maxWaiting) this.#wait(socket);
    else socket.destroy();
  }

  /** Balances connections: workers with too many close some, and their clients reconnect. */
  balance(): void {
    const workers = this.reachable;
    const counts = workers.map(({ connections }) => connections);
    if (Math.max(...counts) - Math.min(...counts) < 2) return;
    const share = Math.ceil(counts.reduce((sum, count) => sum + count, 0) / counts.length);
    for (const worker of workers) {
      if (worker.connections > share) worker.tell({ kind: 'shed', connections: worker.connections - share });
    }
  }

  /** Closes all waiting and later connections. */
  close(): void {
    this.#isClosed = true;
    for (const socket of this.#waiting) socket.destroy();
    this.#waiting.clear();
  }

  #leastBusy(): WorkerProcess | undefined {
    let best: WorkerProcess | undefined;
    for (const worker of this.reachable) {
      if (worker.connections < (best?.connections ?? Number.POSITIVE_INFINITY)) best = worker;
    }
    return best;
  }

  #wait(socket: Socket): void {
    this.#waiting.add(socket);
    socket.once('error', () => socket.destroy());
    socket.once('close', () => this.#waiting.delete(socket));
  }
}
