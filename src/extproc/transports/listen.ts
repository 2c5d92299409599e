/**
 * @module
 * Listening sockets, TCP and unix.
 */
import { lstat } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { dirname } from 'node:path';
import { ListenError, listenError } from '../../diagnostics/listen-error.ts';
import { removeStaleSocket } from '../../observe/stale-socket.ts';
import { type Address, parseAddress } from '../../runtime/address.ts';

export interface Listener {
  /** The address with the real port. */
  readonly address: string;
  /** Ends accepting, and removes a unix socket's file. Connections stay. */
  close(): void;
}

/**
 * @param address as the configuration writes it; port 0 takes any free one
 * @param onConnection takes each connection
 * @throws ListenError
 */
export async function listen(address: string, onConnection: (socket: Socket) => void): Promise<Listener> {
  const target = parseAddress(address);
  if (target === undefined) {
    throw new ListenError(
      'extproc.bad-address',
      `Cannot listen at "${address}": write HOST:PORT, [IPV6]:PORT or unix:/PATH (107 bytes at most).`,
    );
  }
  // Messages are small and awaited: Nagle's algorithm would only hold them back.
  const server = createServer({ noDelay: true }, onConnection);
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
