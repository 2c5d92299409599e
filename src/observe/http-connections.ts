/**
 * @module
 * The connections of one HTTP address. A new connection is always accepted, because each probe opens one and idle
 * connections of others must not block it. At the limit an existing connection is closed instead.
 */
import type { Socket } from 'node:net';
import { HttpConnection, type HttpConnectionOptions } from './http-connection.ts';

/** Scrapers and probes are few. @internal Exported for the test at the limit. */
export const maxConnections = 256;

/** Milliseconds between two checks of the deadlines. */
const sweepInterval = 1_000;

export class HttpConnections {
  readonly #options: HttpConnectionOptions;
  /** Oldest first. */
  readonly #all = new Set<HttpConnection>();
  readonly #sweep: NodeJS.Timeout;

  constructor(options: HttpConnectionOptions) {
    this.#options = options;
    this.#sweep = setInterval(() => this.#closeOverdue(), sweepInterval).unref();
  }

  add(socket: Socket): void {
    if (this.#all.size >= maxConnections) this.#evict();
    const connection = new HttpConnection(socket, this.#options);
    this.#all.add(connection);
    socket.once('close', () => this.#all.delete(connection));
  }

  closeIdle(): void {
    for (const connection of this.#all) if (connection.isIdle) this.#close(connection);
  }

  closeAll(): void {
    clearInterval(this.#sweep);
    for (const connection of this.#all) this.#close(connection);
  }

  /** Closes the oldest idle connection, or else the oldest. */
  #evict(): void {
    const [oldest] = this.#all;
    const evicted = this.#all.values().find((connection) => connection.isIdle) ?? oldest;
    if (evicted !== undefined) this.#close(evicted);
  }

  #closeOverdue(): void {
    const now = performance.now();
    for (const connection of this.#all) if (connection.isOverdue(now)) this.#close(connection);
  }

  #close(connection: HttpConnection): void {
    this.#all.delete(connection);
    connection.destroy();
  }
}
