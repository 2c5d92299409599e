/**
 * @module
 * A small HTTP/1.1 server for answers that are ready at once: it takes no command and reads no body, and what any number
 * of peers may hold is bounded (`http-connections.ts`). Who may reach it is the network's matter (SECURITY.md).
 *
 * Node's own server parses all that a peer sends at once, thousands of requests in one turn, and refuses the newest
 * connection where there are too many (docs/decisions/0070).
 */
import { createServer, type Server } from 'node:net';
import type { Code } from '../diagnostics/codes.ts';
import { type ListenError, listenError } from '../diagnostics/listen-error.ts';
import { type HttpAnswer, text } from './http-answer.ts';
import { HttpConnections } from './http-connections.ts';
import type { HttpRequest } from './http-request.ts';
import type { Log } from './log.ts';
import { removeStaleSocket } from './stale-socket.ts';

/** Where to listen, as `net` takes it. Port 0 takes any free one. */
export type HttpAddress = { readonly host: string; readonly port: number } | { readonly path: string };

/** @param headers the request's, names in lower case */
export type HttpRoute = (headers: HttpRequest['headers']) => HttpAnswer | Promise<HttpAnswer>;

export interface HttpOptions {
  readonly address: HttpAddress;
  /** By path; a query is left out of account. */
  readonly routes: Readonly<Record<string, HttpRoute>>;
  /** What the log calls it. */
  readonly name: string;
  /** The code of a failure to listen. */
  readonly code: Code;
  readonly log: Log;
}

export interface HttpListener {
  /** Where it listens, with the real port number. */
  readonly address: string;
  /** Stops listening; answers in the making get a second to leave. */
  close(): Promise<void>;
}

/** Milliseconds. */
const closeTimeout = 1_000;

/** Connections that wait in the kernel to be accepted; with a full queue a new one would have to knock again. */
const backlog = 4_096;

/** @throws ListenError when the address cannot be had */
export async function startHttp(options: HttpOptions): Promise<HttpListener> {
  let isClosing = false;
  const connections = new HttpConnections({
    answer: (request) => answerTo(options, request),
    isClosing: () => isClosing,
  });
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => connections.add(socket));
  if ('path' in options.address) await removeStaleSocket(options.address.path);
  await listen(server, options);
  // A connection that could not be accepted is lost to its client, and no reason to end.
  server.on('error', () => undefined);
  return {
    address: addressOf(server, options.address),
    close() {
      isClosing = true;
      return close(server, connections);
    },
  };
}

async function answerTo(options: HttpOptions, request: HttpRequest): Promise<HttpAnswer> {
  try {
    return await routed(options, request);
  } catch (error) {
    options.log.failure(`The ${options.name} address could not answer.`, error);
    return text(500, 'internal error');
  }
}

function routed({ routes }: HttpOptions, { method, path, headers }: HttpRequest): HttpAnswer | Promise<HttpAnswer> {
  const route = Object.hasOwn(routes, path) ? routes[path] : undefined;
  if (route === undefined) return text(404, `not found; there is ${Object.keys(routes).join(', ')}`);
  if (method === 'GET' || method === 'HEAD') return route(headers);
  return { ...text(405, 'method not allowed; use GET or HEAD'), headers: { allow: 'GET, HEAD' } };
}

function listen(server: Server, { address, code }: HttpOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    const refused = (error: unknown): void => reject(refusal(address, code, error));
    server.once('error', refused);
    server.listen({ ...address, backlog }, () => {
      server.off('error', refused);
      resolve();
    });
  });
}

function refusal(address: HttpAddress, code: Code, error: unknown): ListenError {
  return listenError(code, written(address), error);
}

function addressOf(server: Server, asked: HttpAddress): string {
  const bound = server.address();
  return bound === null || typeof bound === 'string'
    ? written(asked)
    : written({ host: bound.address, port: bound.port });
}

function written(address: HttpAddress): string {
  if ('path' in address) return `unix:${address.path}`;
  return `${address.host.includes(':') ? `[${address.host}]` : address.host}:${address.port}`;
}

function close(server: Server, connections: HttpConnections): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => connections.closeAll(), closeTimeout);
    server.close(() => {
      clearTimeout(timer);
      connections.closeAll();
      resolve();
    });
    connections.closeIdle();
  });
}
