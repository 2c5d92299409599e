/**
 * @module
 * The connections that the primary hands to a worker. TLS begins here, so that each worker does the handshakes of its own.
 */
import type { Socket } from 'node:net';
import type { Accept } from '../../extproc/transports/listen.ts';
import type { TlsTermination } from '../../extproc/transports/tls-termination.ts';

export class HandedConnections {
  readonly #onClosed: () => void;
  #take: ((socket: Socket) => void) | undefined;

  /** @param onClosed is called for each connection that was taken, once it is closed */
  constructor(onClosed: () => void) {
    this.#onClosed = onClosed;
  }

  acceptWith(tls: TlsTermination | undefined): Accept {
    return async (onConnection) => {
      this.#take = tls === undefined ? onConnection : tls.before(onConnection);
      const close = (): void => {
        this.#take = undefined;
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
    if (this.#take === undefined) socket.destroy();
    else this.#take(socket);
  }
}
