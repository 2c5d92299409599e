/**
 * @module
 * Listening sockets: TCP and unix, plain or under TLS (`tls-termination.ts`).
 */
import { lstat } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { dirname } from 'node:path';
import { ListenError, listenError } from '../../diagnostics/listen-error.ts';
import { removeStaleSocket } from '../../observe/stale-socket.ts';
import { type Address, parseAddress } from '../../runtime/address.ts';
import type { TlsTermination } from './tls-termination.ts';

export interface Listener {
  /** The address with the real port. */
  readonly address: string;
  /** Ends accepting, and removes a unix socket's file. Connections stay. */
  close(): void;
}

/** Where connections come from: sockets that this process listens at, or another process that hands them on. */
export type Accept = (onConnection: (socket: Socket) => void) => Promise<readonly Listener[]>;

/**
 * Listens at all addresses or, when one cannot be had, at none; then it throws a ListenError.
 *
 * @param addresses `127.0.0.1:50051`, `[::1]:50051`, `unix:/run/mintproc/mintproc.sock`; port 0 takes any free one
 * @param tls plain without it
 */
export function listening(addresses: readonly string[], tls?: TlsTermination): Accept {
  return async (onConnection) => {
    const take = tls === undefined ? onConnection : tls.before(onConnection);
    const listeners: Listener[] = [];
    try {
      for (const address of addresses) listeners.push(await listen(address, take));
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
export function listen(address: string, onConnection: (socket: Socket) => void): Promise<Listener> {
  return listenAt(address, createServer(socketOptions, onConnection));
}

/**
 * Listens without reading from the connections, so that another process can be given them whole.
 *
 * @throws ListenError
 */
export function listenToHandOn(address: string, onConnection: (socket: Socket) => void): Promise<Listener> {
  return listenAt(address, createServer({ ...socketOptions, pauseOnConnect: true }, onConnection));
}

async function listenAt(address: string, server: Server): Promise<Listener> {
  const target = parseAddress(address);
  if (target === undefined) {
    throw new ListenError(
      'extproc.bad-address',
      `Cannot listen at "${address}": write HOST:PORT, [IPV6]:PORT or unix:/PATH (107 bytes at most).`,
    );
  }
  try {
    if (target.kind === 'unix') {
      // libuv would report a missing folder as a missing permission.
      await lstat(dirname(target.path));
      await removeStaleSocket(target.path);
    }
    await bind(server, target);
  } catch (error) {
    throw listenError('extproc.listen-failed', address, error);
  }
  return { address: addressOf(server, address), close: () => server.close() };
}

/** Messages are small and awaited: Nagle's algorithm would only hold them back. */
const socketOptions = { noDelay: true } as const;

/** Resolves once `server` listens. A unix socket may be opened by its owner and group only. */
function bind(server: Server, { kind, ...target }: Address): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    // `listen` binds before it returns, so the mask holds from the first moment and is set for nothing else.
    const mask = kind === 'unix' ? process.umask(0o117) : undefined;
    try {
      server.listen(target, () => {
        server.off('error', reject);
        resolve();
      });
    } finally {
      if (mask !== undefined) process.umask(mask);
    }
  });
}

function addressOf(server: Server, asked: string): string {
  const bound = server.address();
  if (bound === null || typeof bound === 'string') return asked;
  return bound.family === 'IPv6' ? `[${bound.address}]:${bound.port}` : `${bound.address}:${bound.port}`;
}
