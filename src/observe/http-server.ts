/**
 * @module
 * A small HTTP/1.1 server for answers that are ready at once: it takes no command and reads no body, and what a slow or
 * silent peer may hold is bounded. Who may reach it is the network's matter (SECURITY.md).
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Code } from '../diagnostics/codes.ts';
import { type ListenError, listenError } from '../diagnostics/listen-error.ts';
import { type ListenerName, reportingSocket } from './listener-report.ts';
import type { Log } from './log.ts';
import type { Readiness } from './readiness.ts';
import { bind, SocketFile } from './socket-file.ts';

/** `import` reads each export of a built-in module, and two of this one's load a whole HTTP client: 17 MB resident. */
const { createServer } = process.getBuiltinModule('node:http');

/** Where to listen, as `net` takes it. Port 0 takes any free one. */
export type HttpAddress = { readonly host: string; readonly port: number } | { readonly path: string };

export interface HttpAnswer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
  /** Further headers; `cache-control: no-store` stands unless they name it. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** @param headers the request's, names in lower case */
export type HttpRoute = (headers: IncomingMessage['headers']) => HttpAnswer | Promise<HttpAnswer>;

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

/** Milliseconds; what a slow or silent peer may hold is bounded. */
const headersTimeout = 5_000;
const requestTimeout = 10_000;
const keepAliveTimeout = 5_000;
const closeTimeout = 1_000;
/** Scrapers and probes are few. */
export const maxConnections = 64;
/** Bytes; none of our routes needs more than a few headers. */
export const maxHeaderSize = 8_192;

/** @throws ListenError when the address cannot be had */
export async function startHttp(options: HttpOptions): Promise<HttpListener> {
  const server = createServer(
    { headersTimeout, requestTimeout, keepAliveTimeout, maxHeaderSize, connectionsCheckingInterval: 1_000 },
    (request, response) => {
      void handle(options, request, response);
    },
  );
  server.maxConnections = maxConnections;
  const file = await listen(server, options);
  return { address: addressOf(server, options.address), close: () => close(server, file) };
}

async function handle(options: HttpOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  // A body would have to be read to keep the connection; it is not.
  const bringsBody = 'content-length' in request.headers || 'transfer-encoding' in request.headers;
  if (bringsBody) response.setHeader('connection', 'close');
  let answer: HttpAnswer;
  try {
    answer = await answerTo(options, request, response);
  } catch (error) {
    options.log.failure(`The ${options.name} address could not answer.`, error);
    answer = text(500, 'internal error');
  }
  const length = answer.status === 304 ? {} : { 'content-length': Buffer.byteLength(answer.body) };
  response.writeHead(answer.status, {
    'content-type': answer.type,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...length,
    ...answer.headers,
  });
  response.end(request.method === 'HEAD' || answer.status === 304 ? undefined : answer.body);
}

function answerTo(
  { routes }: HttpOptions,
  request: IncomingMessage,
  response: ServerResponse,
): HttpAnswer | Promise<HttpAnswer> {
  const path = request.url?.split('?', 1)[0] ?? '';
  const route = Object.hasOwn(routes, path) ? routes[path] : undefined;
  if (route === undefined) return text(404, `not found; there is ${Object.keys(routes).join(', ')}`);
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.setHeader('allow', 'GET, HEAD');
    return text(405, 'method not allowed; use GET or HEAD');
  }
  return route(request.headers);
}

export function text(status: number, sentence: string): HttpAnswer {
  return { status, type: 'text/plain; charset=utf-8', body: `${sentence}\n` };
}

/** @returns the file of a unix socket */
async function listen(
  server: Server,
  { address, code, listener, log, readiness }: HttpOptions,
): Promise<SocketFile | undefined> {
  const refusal = (error: unknown): ListenError => listenError(code, written(address), error);
  if ('path' in address) {
    const watch = { events: reportingSocket(listener, written(address), log, readiness) };
    return SocketFile.open({ server, path: address.path, watch, refusal });
  }
  await bind(server, address).catch((error: unknown) => {
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

function close(server: Server, file: SocketFile | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (file?.release() === false) {
      server.closeAllConnections();
      resolve();
      return;
    }
    const timer = setTimeout(() => server.closeAllConnections(), closeTimeout);
    server.close(() => {
      clearTimeout(timer);
      resolve();
    });
    server.closeIdleConnections();
  });
}
