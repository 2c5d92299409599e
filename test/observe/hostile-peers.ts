/**
 * @module
 * Clients that try to occupy all connections of an HTTP address, and a probe.
 */
import { connect, type Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';

const get = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`;

/** What a connection sends at first, and repeatedly. */
interface Manners {
  readonly begin?: (socket: Socket) => void;
  readonly again?: (socket: Socket) => void;
  /** Whether it reads the responses. */
  readonly reads: boolean;
}

export const kinds = {
  idle: { reads: true },
  slow: { again: (socket) => socket.write('G'), reads: true },
  'kept alive': { again: (socket) => socket.write(get('/healthz')), reads: true },
  'kept alive and not reading': { again: (socket) => socket.write(get('/metrics')), reads: false },
  'endless headers': {
    begin: (socket) => socket.write('GET / HTTP/1.1\r\n'),
    again: (socket) => socket.write('x: y\r\n'.repeat(50)),
    reads: true,
  },
  'half-closed': { begin: (socket) => socket.end(), reads: false },
  'half-closed behind a request': { begin: (socket) => socket.end(get('/metrics')), reads: false },
  'many requests in one write': { again: (socket) => socket.write(get('/metrics').repeat(300)), reads: false },
  'a body without end': {
    begin: (socket) => socket.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999\r\n\r\n'),
    again: (socket) => socket.write('x'.repeat(1000)),
    reads: true,
  },
  noise: { again: (socket) => socket.write('\u0000\u0001 \r\n\r\n\r\n: \r\n\r\n'), reads: true },
  hasty: { begin: (socket) => socket.resetAndDestroy(), reads: true },
} as const satisfies Record<string, Manners>;

export type Kind = keyof typeof kinds;

export interface HostilePeers extends Disposable {
  /** The number of connections that were opened. */
  readonly made: number;
}

/** Milliseconds until a closed connection is opened again. */
const pause = 5;

/**
 * @param peers the kind of each; closed connections are opened again
 * @param interval milliseconds between two sends
 */
export async function startHostilePeers(port: number, peers: readonly Kind[], interval: number): Promise<HostilePeers> {
  const state = { made: 0, stopped: false };
  const sockets = new Set<Socket>();
  const connected = peers.map((kind) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const peer = (): void => {
      const { begin, again, reads }: Manners = kinds[kind];
      const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true }, () => {
        state.made++;
        resolve();
        begin?.(socket);
      });
      sockets.add(socket);
      if (reads) socket.resume();
      // A client that does not read keeps unsent data.
      const timer = setInterval(() => socket.writable && socket.writableLength < 65_536 && again?.(socket), interval);
      socket.on('error', () => undefined);
      socket.on('end', () => reads && socket.destroy());
      socket.on('close', () => {
        clearInterval(timer);
        sockets.delete(socket);
        if (!state.stopped) void setTimeout(pause).then(() => state.stopped || peer());
      });
    };
    peer();
    return promise;
  });
  await Promise.all(connected);
  return {
    get made() {
      return state.made;
    },
    [Symbol.dispose]() {
      state.stopped = true;
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** Milliseconds. Generous, because the speed of an answer depends on the machine. */
const patience = 10_000;

/** Requests `/healthz` over a new connection. @returns the answer, or how the connection ended without one */
export function probe(port: number): Promise<string> {
  return new Promise((resolve) => {
    let answer = '';
    const socket = connect({ port, host: '127.0.0.1', timeout: patience }, () => {
      socket.write('GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    });
    socket.setEncoding('latin1');
    socket.on('data', (chunk: string) => {
      answer += chunk;
    });
    socket.on('timeout', () => socket.destroy(new Error('no answer in time')));
    socket.on('error', (error) => {
      answer += `(${error.message})`;
    });
    socket.on('close', () => resolve(answer));
  });
}

export function isAlive(answer: string): boolean {
  return answer.startsWith('HTTP/1.1 200 OK\r\n') && answer.endsWith('\r\n\r\nok\n');
}
