/**
 * @module
 * Listening sockets: TCP and unix, with one sentence for each way in which an address cannot be had.
 */
import { lstat, unlink } from 'node:fs/promises';
import { connect, createServer, type ListenOptions, type Server, type Socket } from 'node:net';
import { dirname } from 'node:path';
import type { Code } from '../../diagnostics/codes.ts';

/** An address that cannot be listened at. */
export class ListenError extends Error {
  override readonly name = 'ListenError';
  readonly code: Code;

  constructor(code: Code, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}

/** Where to listen, as `net` takes it; undefined where `address` is not of a form that `TransportOptions` names. */
export function parseAddress(address: string): { host: string; port: number } | { path: string } | undefined {
  const path = /^unix:(?:\/\/)?(\/.+)$/.exec(address)?.[1];
  if (path !== undefined) return { path };
  const [, bracketed, plain, digits] = /^(?:\[([0-9a-fA-F:.]+)\]|([\w.-]+)):(\d{1,5})$/.exec(address) ?? [];
  const host = bracketed ?? plain;
  const port = Number(digits);
  return host === undefined || port > 65_535 ? undefined : { host, port };
}

export interface Listener {
  /** The address with the real port. */
  readonly address: string;
  /** Ends accepting, and removes a unix socket's file. Connections stay. */
  close(): void;
}

/**
 * @param onConnection takes each connection
 * @throws ListenError
 */
export async function listen(address: string, onConnection: (socket: Socket) => void): Promise<Listener> {
  const target = parseAddress(address);
  if (target === undefined) {
    throw new ListenError(
      'extproc.bad-address',
      `Cannot listen at "${address}": write HOST:PORT, [IPV6]:PORT or unix:/PATH.`,
    );
  }
  // Messages are small and awaited: Nagle's algorithm would only hold them back.
  const server = createServer({ noDelay: true }, onConnection);
  try {
    await bind(server, target);
  } catch (error) {
    if (!('path' in target) || !(await removeStale(target.path, error)))
      throw await listenError(address, target, error);
    await bind(server, target).catch(async (again: unknown) => {
      throw await listenError(address, target, again);
    });
  }
  return { address: addressOf(server, address), close: () => server.close() };
}

/** Resolves once `server` listens. A unix socket may be opened by its owner and group only. */
function bind(server: Server, target: ListenOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    // `listen` binds before it returns, so the mask holds from the first moment and is set for nothing else.
    const mask = target.path === undefined ? undefined : process.umask(0o117);
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

/** Removes the socket file of a process that is gone; false where there is none or its process still answers. */
async function removeStale(path: string, error: unknown): Promise<boolean> {
  if (codeOf(error) !== 'EADDRINUSE') return false;
  const file = await lstat(path).catch(() => undefined);
  if (file === undefined || !file.isSocket() || !(await isDead(path))) return false;
  await unlink(path);
  return true;
}

function isDead(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect(path);
    probe.once('connect', () => {
      probe.destroy();
      resolve(false);
    });
    probe.once('error', (error) => resolve(codeOf(error) === 'ECONNREFUSED'));
  });
}

const reasons: Readonly<Record<string, string>> = {
  EADDRINUSE: 'something else listens there already',
  EADDRNOTAVAIL: 'this machine does not have that address',
  EACCES: 'this process may not listen there',
  ENOENT: 'the folder does not exist',
  ENOTDIR: 'the folder is a file',
  ENOTFOUND: 'the host name is not known',
  EINVAL: 'the path is too long for a socket',
};

async function listenError(address: string, target: ListenOptions, error: unknown): Promise<ListenError> {
  let code = codeOf(error);
  // libuv reports a missing folder of a socket as EACCES.
  if (code === 'EACCES' && target.path !== undefined) {
    const missing = await lstat(dirname(target.path)).then(() => undefined, codeOf);
    code = missing ?? code;
  }
  return new ListenError('extproc.listen-failed', `Cannot listen at ${address}: ${reasons[code] ?? code}.`, error);
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
}

function addressOf(server: Server, asked: string): string {
  const bound = server.address();
  if (bound === null || typeof bound === 'string') return asked;
  return bound.family === 'IPv6' ? `[${bound.address}]:${bound.port}` : `${bound.address}:${bound.port}`;
}
