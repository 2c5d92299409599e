/**
 * @module
 * The admin address: metrics, liveness and readiness over HTTP/1.1, for Prometheus and the kubelet. It tells no secret,
 * takes no command and reads no body; who may reach it is the network's matter (SECURITY.md).
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type ListenError, listenError } from '../diagnostics/listen-error.ts';
import { contentType } from './exposition.ts';
import type { Log } from './log.ts';
import type { Readiness } from './readiness.ts';
import { removeStaleSocket } from './stale-socket.ts';

/** Where to listen, as `net` takes it. Port 0 takes any free one. */
export type AdminAddress = { readonly host: string; readonly port: number } | { readonly path: string };

export interface AdminOptions {
  readonly address: AdminAddress;
  readonly metrics: { text(): Promise<string> };
  readonly readiness: Readiness;
  readonly log: Log;
}

export interface AdminServer {
  /** Where it listens, with the real port number. */
  readonly address: string;
  /** Stops listening; answers in the making get a second to leave. */
  close(): Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
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
export async function startAdmin(options: AdminOptions): Promise<AdminServer> {
  const server = createServer(
    { headersTimeout, requestTimeout, keepAliveTimeout, maxHeaderSize, connectionsCheckingInterval: 1_000 },
    (request, response) => {
      void handle(options, request, response);
    },
  );
  server.maxConnections = maxConnections;
  if ('path' in options.address) await removeStaleSocket(options.address.path);
  await listen(server, options.address);
  return { address: addressOf(server, options.address), close: () => close(server) };
}

const routes: Readonly<Record<string, (options: AdminOptions) => Answer | Promise<Answer>>> = {
  '/metrics': async ({ metrics }) => ({ status: 200, type: contentType, body: await metrics.text() }),
  '/healthz': () => text(200, 'ok'),
  '/readyz': ({ readiness }) => ({
    status: readiness.phase === 'ready' ? 200 : 503,
    type: 'application/json',
    body: `${JSON.stringify(readiness.report)}\n`,
  }),
};

async function handle(options: AdminOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  // A body would have to be read to keep the connection; it is not.
  const bringsBody = 'content-length' in request.headers || 'transfer-encoding' in request.headers;
  if (bringsBody) response.setHeader('connection', 'close');
  let answer: Answer;
  try {
    answer = await answerTo(options, request, response);
  } catch (error) {
    options.log.failure('The admin address could not answer.', error);
    answer = text(500, 'internal error');
  }
  response.writeHead(answer.status, {
    'content-type': answer.type,
    'content-length': Buffer.byteLength(answer.body),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
  response.end(request.method === 'HEAD' ? undefined : answer.body);
}

function answerTo(options: AdminOptions, request: IncomingMessage, response: ServerResponse): Answer | Promise<Answer> {
  const path = request.url?.split('?', 1)[0] ?? '';
  const route = Object.hasOwn(routes, path) ? routes[path] : undefined;
  if (route === undefined) return text(404, `not found; there is ${Object.keys(routes).join(', ')}`);
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.setHeader('allow', 'GET, HEAD');
    return text(405, 'method not allowed; use GET or HEAD');
  }
  return route(options);
}

function text(status: number, sentence: string): Answer {
  return { status, type: 'text/plain; charset=utf-8', body: `${sentence}\n` };
}

function listen(server: Server, address: AdminAddress): Promise<void> {
  return new Promise((resolve, reject) => {
    const refused = (error: unknown): void => reject(refusal(address, error));
    server.once('error', refused);
    server.listen({ ...address }, () => {
      server.off('error', refused);
      resolve();
    });
  });
}

function refusal(address: AdminAddress, error: unknown): ListenError {
  return listenError('observe.listen-failed', written(address), error);
}

function addressOf(server: Server, asked: AdminAddress): string {
  const bound = server.address();
  return bound === null || typeof bound === 'string'
    ? written(asked)
    : written({ host: bound.address, port: bound.port });
}

function written(address: AdminAddress): string {
  if ('path' in address) return `unix:${address.path}`;
  return `${address.host.includes(':') ? `[${address.host}]` : address.host}:${address.port}`;
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => server.closeAllConnections(), closeTimeout);
    server.close(() => {
      clearTimeout(timer);
      resolve();
    });
    server.closeIdleConnections();
  });
}
