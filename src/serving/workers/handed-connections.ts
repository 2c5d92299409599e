/**
 * @module
 * The connections that the primary hands to a worker. TLS begins here, so that each worker does the handshakes of its own.
 */
import type { Server, Socket } from 'node:net';
import { type Accept, connectionServer, type TlsOptions } from '../../extproc/transports/listen.ts';

export class HandedConnections {
  readonly #onClosed: () => void;
  #server: Server | undefined;

  /** @param onClosed is called for each connection that was taken, once it is closed */
  constructor(onClosed: () => void) {
    this.#onClosed = onClosed;
  }

  acceptWith(tls: TlsOptions | undefined): Accept {
    return async (onConnection) => {
      this.#server = connectionServer(onConnection, tls);
      const close = (): void => {
        this.#server = undefined;
      };
      return [{ address: 'the primary', close }];
    };
  }

  /** @param socket undefined where the client closed it on the way */
  take(socket: Socket | undefined): void {
    if (socket === undefined) {
      this.#onClosed();
      return;
    }
    socket.once('close', this.#onClosed);
    if (this.#server === undefined) socket.destroy();
    else this.#server.emit('connection', socket);
  }
}
