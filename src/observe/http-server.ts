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
import { type ListenError, listenError } from '../net/listen-error.ts';
import { bind, SocketFile } from '../net/socket-file.ts';
import { type HttpAnswer, text } from './http-answer.ts';
import { HttpConnections } from './http-connections.ts';
import type { HttpRequest } from './http-request.ts';
import { type ListenerName, reportingSocket } from './listener-report.ts';
import type { Log } from './log.ts';
import type { Readiness } from './readiness.ts';

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
  /** Which address of the configuration it is, and who is told when its unix socket is lost. */
  readonly listener: ListenerName;
  readonly readiness: Readiness;
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
  const file = await listen(server, options);
  // A connection that could not be accepted is lost to its client, and no reason to end.
  server.on('error', () => undefined);
  return {
    address: addressOf(server, options.address),
    close() {
      isClosing = true;
      return close(server, file, connections);
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

/** @returns the file of a unix socket */
async function listen(
  server: Server,
  { address, code, listener, log, readiness }: HttpOptions,
): Promise<SocketFile | undefined> {
  const refusal = (error: unknown): ListenError => listenError(code, written(address), error);
  if ('path' in address) {
    const watch = { events: reportingSocket(listener, written(address), log, readiness) };
    return SocketFile.open({ server, path: address.path, backlog, watch, refusal });
  }
  await bind(server, { ...address, backlog }).catch((error: unknown) => {
    throw refusal(error);
  });
  return undefined;
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

function close(server: Server, file: SocketFile | undefined, connections: HttpConnections): Promise<void> {
  return new Promise((resolve) => {
    if (file?.release() === false) {
      connections.closeAll();
      resolve();
      return;
    }
    const timer = setTimeout(() => connections.closeAll(), closeTimeout);
    server.close(() => {
      clearTimeout(timer);
      connections.closeAll();
      resolve();
    });
    connections.closeIdle();
  });
}
