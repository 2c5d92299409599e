/**
 * @module
 * Listening sockets: TCP and unix, plain or with TLS (`tls-termination.ts`).
 */
import { createServer, type Server, type Socket } from 'node:net';
import { parseAddress } from './address.ts';
import { ListenError, listenError } from './listen-error.ts';
import { bind, SocketFile, type SocketWatch } from './socket-file.ts';
import type { TlsTermination } from './tls-termination.ts';

export interface Listener {
  /** The address, with the actual port. */
  readonly address: string;
  /** Stops accepting. Removes the file of a unix socket if it belongs to this listener. Connections stay open. */
  close(): void;
}

/**
 * Starts accepting connections: from sockets that this process listens at, or from another process that passes them on.
 */
export type Accept = (onConnection: (socket: Socket) => void) => Promise<readonly Listener[]>;

/**
 * Listens at all addresses. If one fails, it listens at none and throws a ListenError.
 *
 * @param addresses `127.0.0.1:50051`, `[::1]:50051`, `unix:/run/mintproc/mintproc.sock`; port 0 takes any free port
 * @param tls undefined for plain connections
 * @param watch receives the events of unix sockets whose files are removed
 */
export function listening(addresses: readonly string[], tls?: TlsTermination, watch?: SocketWatch): Accept {
  return async (onConnection) => {
    const take = tls === undefined ? onConnection : tls.before(onConnection);
    const listeners: Listener[] = [];
    try {
      for (const address of addresses) listeners.push(await listen(address, take, watch));
    } catch (error) {
      for (const listener of listeners) listener.close();
      throw error;
    }
    return listeners;
  };
}

/**
 * @param address as written in the configuration; port 0 takes any free port
 * @param onConnection called with each connection
 * @throws ListenError
 */
function listen(address: string, onConnection: (socket: Socket) => void, watch?: SocketWatch): Promise<Listener> {
  return listenAt(address, createServer(socketOptions, onConnection), watch);
}

/**
 * Listens without reading from the connections, so that they can be passed to another process.
 *
 * @throws ListenError
 */
export function listenPaused(
  address: string,
  onConnection: (socket: Socket) => void,
  watch?: SocketWatch,
): Promise<Listener> {
  return listenAt(address, createServer({ ...socketOptions, pauseOnConnect: true }, onConnection), watch);
}

async function listenAt(address: string, server: Server, watch: SocketWatch | undefined): Promise<Listener> {
  const target = parseAddress(address);
  if (target === undefined) {
    throw new ListenError(
      'extproc.bad-address',
      `Cannot listen at "${address}": write HOST:PORT, [IPV6]:PORT or unix:/PATH (at most 107 bytes).`,
    );
  }
  const refusal = (error: unknown): ListenError => listenError('extproc.listen-failed', address, error);
  if (target.kind === 'unix') {
    const file = await SocketFile.open({ server, path: target.path, watch, refusal });
    return { address, close: () => void (file.release() && server.close()) };
  }
  await bind(server, { host: target.host, port: target.port }).catch((error: unknown) => {
    throw refusal(error);
  });
  return { address: addressOf(server, address), close: () => server.close() };
}

/** Nagle's algorithm would only delay the small messages. */
const socketOptions = { noDelay: true } as const;

function addressOf(server: Server, asked: string): string {
  const bound = server.address();
  if (bound === null || typeof bound === 'string') return asked;
  return bound.family === 'IPv6' ? `[${bound.address}]:${bound.port}` : `${bound.address}:${bound.port}`;
}

/** Wraps `accept`: connections beyond `max` are closed immediately, and `onRefused` is called for each. */
export function limitConnections(accept: Accept, max: number, onRefused: () => void): Accept {
  let open = 0;
  return (onConnection) =>
    accept((socket) => {
      if (open === max) {
        socket.destroy();
        onRefused();
        return;
      }
      open++;
      socket.once('close', () => open--);
      onConnection(socket);
    });
}
