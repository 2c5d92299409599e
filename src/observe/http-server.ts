/**
 * @module
 * A small HTTP/1.1 server for GET and HEAD. It reads no body, and the resources that clients can hold are bounded
 * (`http-connections.ts`). The network decides who may reach it (SECURITY.md).
 *
 * Node's own server parses everything that a peer sends, thousands of requests in one event-loop turn, and refuses the
 * newest connection at its limit (docs/decisions/0070).
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
  /** By path, without the query. */
  readonly routes: Readonly<Record<string, HttpRoute>>;
  /** Its name in the log. */
  readonly name: string;
  /** The error code when it cannot listen. */
  readonly code: Code;
  readonly log: Log;
  /** Its key in the configuration, and where the loss of its unix socket is reported. */
  readonly listener: ListenerName;
  readonly readiness: Readiness;
}

export interface HttpListener {
  /** The address it listens at, with the actual port. */
  readonly address: string;
  /** Stops listening. Responses in progress get a second to finish. */
  close(): Promise<void>;
}

/** Milliseconds. */
const closeTimeout = 1_000;

/** Connections that wait in the kernel to be accepted. When the queue is full, a client has to retry. */
const backlog = 4_096;

/** @throws ListenError when it cannot listen at the address */
export async function startHttp(options: HttpOptions): Promise<HttpListener> {
  let isClosing = false;
  const connections = new HttpConnections({
    answer: (request) => answerTo(options, request),
    isClosing: () => isClosing,
  });
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => connections.add(socket));
  const file = await listen(server, options);
  // A connection that cannot be accepted fails for its client only.
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
    options.log.failure(`The ${options.name} address failed to answer a request.`, error);
    return text(500, 'internal error');
  }
}

function routed({ routes }: HttpOptions, { method, path, headers }: HttpRequest): HttpAnswer | Promise<HttpAnswer> {
  const route = Object.hasOwn(routes, path) ? routes[path] : undefined;
  if (route === undefined) return text(404, `not found; there is ${Object.keys(routes).join(', ')}`);
  if (method === 'GET' || method === 'HEAD') return route(headers);
  return { ...text(405, 'method not allowed; use GET or HEAD'), headers: { allow: 'GET, HEAD' } };
}

/** @returns the socket file of a unix address */
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
