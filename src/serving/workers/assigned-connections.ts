/**
 * @module
 * The connections that the primary assigns to this worker. TLS starts here, so that each worker does its own
 * handshakes.
 *
 * Nothing is read from a connection before the primary can know that it was taken. So when a worker ends, the primary
 * can assign a connection that was not taken to another worker without losing data.
 */
import type { Socket } from 'node:net';
import type { Accept } from '../../net/listen.ts';
import type { TlsTermination } from '../../net/tls-termination.ts';
import type { PrimaryLink } from './messages.ts';

export class AssignedConnections {
  readonly #link: Pick<PrimaryLink, 'send'>;
  #take: ((socket: Socket) => void) | undefined;

  constructor(link: Pick<PrimaryLink, 'send'>) {
    this.#link = link;
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

  /** @param socket undefined if the client closed the connection in transit */
  take(id: number, socket: Socket | undefined): void {
    let isTaken = false;
    this.#link.send({ kind: 'taken', id }, () => {
      isTaken = true;
    });
    const onClosed = (): void => this.#link.send({ kind: 'closed' });
    if (socket === undefined) {
      onClosed();
      return;
    }
    socket.once('close', onClosed);
    // By then a message that could be written immediately is confirmed. Node reads from the socket in the next turn.
    process.nextTick(() => {
      if (this.#take === undefined || !isTaken) socket.destroy();
      else this.#take(socket);
    });
  }
}
