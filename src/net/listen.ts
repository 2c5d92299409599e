/**
 * @module
 * Listening sockets: TCP and unix, plain or under TLS (`tls-termination.ts`).
 */
import { createServer, type Server, type Socket } from 'node:net';
import { parseAddress } from './address.ts';
import { ListenError, listenError } from './listen-error.ts';
import { bind, SocketFile, type SocketWatch } from './socket-file.ts';
import type { TlsTermination } from './tls-termination.ts';

export interface Listener {
  /** The address with the real port. */
  readonly address: string;
  /** Ends accepting, and removes a unix socket's file where it is this listener's. Connections stay. */
  close(): void;
}

/** Where connections come from: sockets that this process listens at, or another process that hands them on. */
export type Accept = (onConnection: (socket: Socket) => void) => Promise<readonly Listener[]>;

/**
 * Listens at all addresses or, when one cannot be had, at none; then it throws a ListenError.
 *
 * @param addresses `127.0.0.1:50051`, `[::1]:50051`, `unix:/run/mintproc/mintproc.sock`; port 0 takes any free one
 * @param tls plain without it
 * @param watch is told of unix sockets whose files go
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
 * @param address as the configuration writes it; port 0 takes any free one
 * @param onConnection takes each connection
 * @throws ListenError
 */
export function listen(
  address: string,
  onConnection: (socket: Socket) => void,
  watch?: SocketWatch,
): Promise<Listener> {
  return listenAt(address, createServer(socketOptions, onConnection), watch);
}

/**
 * Listens without reading from the connections, so that another process can be given them whole.
 *
 * @throws ListenError
 */
export function listenToHandOn(
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
      `Cannot listen at "${address}": write HOST:PORT, [IPV6]:PORT or unix:/PATH (107 bytes at most).`,
    );
  }
  const refusal = (error: unknown): ListenError => listenError('extproc.listen-failed', address, error);
  if (target.kind === 'unix') {
    const file = await SocketFile.open({ server, path: target.path, mask: socketMask, watch, refusal });
    return { address, close: () => void (file.release() && server.close()) };
  }
  await bind(server, { host: target.host, port: target.port }).catch((error: unknown) => {
    throw refusal(error);
  });
  return { address: addressOf(server, address), close: () => server.close() };
}

/** A unix socket may be opened by its owner and group only. */
const socketMask = 0o117;

/** Messages are small and awaited: Nagle's algorithm would only hold them back. */
const socketOptions = { noDelay: true } as const;

function addressOf(server: Server, asked: string): string {
  const bound = server.address();
  if (bound === null || typeof bound === 'string') return asked;
  return bound.family === 'IPv6' ? `[${bound.address}]:${bound.port}` : `${bound.address}:${bound.port}`;
}

/** `accept` with connections past `most` closed at once; `onRefused` is told of each. */
export function limitConnections(accept: Accept, most: number, onRefused: () => void): Accept {
  let open = 0;
  return (onConnection) =>
    accept((socket) => {
      if (open === most) {
        socket.destroy();
        onRefused();
        return;
      }
      open++;
      socket.once('close', () => open--);
      onConnection(socket);
    });
}
