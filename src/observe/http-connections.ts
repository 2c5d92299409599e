/**
 * @module
 * The connections of one HTTP address. The newest always gets its place: whoever probes makes a connection for it, and
 * what others hold must not keep it out. So nobody is refused, and whoever is least missed makes room.
 */
import type { Socket } from 'node:net';
import { HttpConnection, type HttpConnectionOptions } from './http-connection.ts';

/** Scrapers and probes are few. */
export const maxConnections = 256;

/** Milliseconds between two looks at the deadlines. */
const sweepInterval = 1_000;

export class HttpConnections {
  readonly #options: HttpConnectionOptions;
  /** In the order in which they came. */
  readonly #all = new Set<HttpConnection>();
  readonly #sweep: NodeJS.Timeout;

  constructor(options: HttpConnectionOptions) {
    this.#options = options;
    this.#sweep = setInterval(() => this.#closeOverdue(), sweepInterval).unref();
  }

  add(socket: Socket): void {
    if (this.#all.size >= maxConnections) this.#makeRoom();
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

  /** The oldest that waits for nothing, or else the oldest. */
  #makeRoom(): void {
    let last: HttpConnection | undefined;
    for (const connection of this.#all) {
      last ??= connection;
      if (!connection.isIdle) continue;
      last = connection;
      break;
    }
    if (last !== undefined) this.#close(last);
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
