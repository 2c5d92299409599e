/**
 * @module
 * The HTTP server of the playground: the files of the page, and the calls of `interface.ts`. It listens at a loopback
 * address and serves one browser, so Node's own server is enough; what a request can make large or slow is bounded.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseJson } from '../diagnostics/exact-json.ts';
import { Access } from './access.ts';
import { CallRefused, type Handlers } from './calls.ts';
import type { CallError } from './interface.ts';
import type { PageFiles } from './page-files.ts';

/** Maximum size of a body in bytes, as of one file. @internal Exported for the test at it. */
export const maxBody = 4 * 1024 * 1024;
/** A browser opens some six connections. @internal Exported for the test at it. */
export const maxConnections = 32;

const bounds = {
  maxHeaderSize: 16 * 1024,
  /** Milliseconds. */
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  keepAliveTimeout: 5_000,
  connectionsCheckingInterval: 1_000,
} as const;

export interface ListenPlace {
  readonly host: string;
  readonly port: number;
}

export interface RunningPlayground {
  /** With the key in its fragment. */
  readonly url: string;
  /** With a key that is taken once, for the command line of a browser. */
  urlForOnce(): string;
  /** Closes all connections at once. */
  close(): Promise<void>;
}

/** The playground cannot start; the message is for the user. */
export class PlaygroundError extends Error {
  override readonly name = 'PlaygroundError';
}

/** @throws PlaygroundError if the address is taken */
export async function startServer(
  place: ListenPlace,
  { page, handlers }: { readonly page: PageFiles; readonly handlers: Handlers },
): Promise<RunningPlayground> {
  const server = createServer(bounds);
  server.maxConnections = maxConnections;
  const { address, port } = await listening(server, place);
  const access = new Access(place.host === 'localhost' ? 'localhost' : address, port);
  server.on('request', (request, response) => {
    void answer(request, response, { access, page, handlers });
  });
  return {
    url: `${access.url}#${access.key}`,
    urlForOnce: () => `${access.url}#${access.keyForOnce()}`,
    close: () => closed(server),
  };
}

async function listening(server: Server, { host, port }: ListenPlace): Promise<AddressInfo> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  server.listen({ host, port }, resolve);
  try {
    await promise;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? ` (${error.code})` : '';
    const message = `Cannot listen at ${host}, port ${port}${code}. Write another port, or 0 for any free one.`;
    throw new PlaygroundError(message, { cause: error });
  }
  server.off('error', reject);
  return server.address() as AddressInfo;
}

function closed(server: Server): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  server.close(() => resolve());
  server.closeAllConnections();
  return promise;
}

interface Served {
  readonly access: Access;
  readonly page: PageFiles;
  readonly handlers: Handlers;
}

async function answer(request: IncomingMessage, response: ServerResponse, served: Served): Promise<void> {
  // A client that goes away ends its own request only.
  response.on('error', () => undefined);
  const { access, page } = served;
  const path = request.url ?? '';
  if (!access.isAddressed(request.headers)) return refuse(response, 403, otherHost(access.url));
  if (path.startsWith('/api/')) return answerCall(path.slice('/api/'.length), request, response, served);
  if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(response, 405, 'Only GET is answered here.');
  const file = page.at(path);
  if (file === undefined) return refuse(response, 404, `There is no such page. The playground is at ${access.url}.`);
  send(response, 200, file.contentType, file.body, { 'content-security-policy': policyWith(file.nonce) });
}

function otherHost(url: string): string {
  return `The playground answers only at its own address. Open ${url} with the key that \`mintproc playground\` printed.`;
}

async function answerCall(
  name: string,
  request: IncomingMessage,
  response: ServerResponse,
  { access, handlers }: Served,
): Promise<void> {
  try {
    checkCall(request, access, name);
    const body = await bodyOf(request);
    if (name === 'enter') return enter(body, response, access);
    const handler = handlers.get(name);
    if (handler === undefined) throw new CallRefused(404, 'There is no such call.');
    sendJson(response, 200, await handler(body));
  } catch (error) {
    // What is left of a body that is too large is not read.
    if (!request.complete) response.setHeader('connection', 'close');
    const { status, message } = error instanceof CallRefused ? error : defect(error);
    const told: CallError = { message };
    sendJson(response, status, told);
  }
}

/** The page goes on with the next change. */
function defect(error: unknown): Pick<CallRefused, 'status' | 'message'> {
  const why = error instanceof Error ? error.message : 'unknown';
  return { status: 500, message: `This is a defect of mintproc, please report it with the files: ${why}` };
}

/** @throws CallRefused */
function checkCall(request: IncomingMessage, access: Access, name: string): void {
  const { headers, method } = request;
  if (method !== 'POST') throw new CallRefused(405, 'Calls are made with POST.');
  if (!access.isOwnPage(headers)) {
    throw new CallRefused(403, `Only the page of the playground may call it. Open ${access.url} in a tab of its own.`);
  }
  if (name !== 'enter' && !access.hasSession(headers)) {
    throw new CallRefused(403, 'This browser has no key. Open the whole URL that `mintproc playground` printed.');
  }
  if (!/^application\/json(?:;|$)/.test(headers['content-type'] ?? '')) {
    throw new CallRefused(415, 'The body must be application/json.');
  }
}

/** @throws CallRefused */
async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const tooLarge = new CallRefused(413, `The files have more than ${maxBody} bytes together.`);
  if (Number(request.headers['content-length'] ?? 0) > maxBody) throw tooLarge;
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    // The answer needs the connection, whatever is left to read.
    for await (const chunk of request.iterator({ destroyOnReturn: false })) {
      size += chunk.length;
      if (size > maxBody) throw tooLarge;
      chunks.push(chunk);
    }
  } catch (error) {
    if (error instanceof CallRefused) throw error;
    throw new CallRefused(400, 'The body did not arrive.');
  }
  try {
    return parseJson(Buffer.concat(chunks).toString('utf8'));
  } catch {
    throw new CallRefused(400, 'The body is not JSON.');
  }
}

/** @throws CallRefused */
function enter(body: unknown, response: ServerResponse, access: Access): void {
  const key = typeof body === 'object' && body !== null && 'key' in body ? body.key : undefined;
  if (typeof key !== 'string' || !access.admits(key)) {
    throw new CallRefused(403, 'The key is not the one of this playground. Open the URL that it printed last.');
  }
  response.setHeader('set-cookie', access.cookie);
  sendJson(response, 200, {});
}

function refuse(response: ServerResponse, status: number, message: string): void {
  send(response, status, 'text/plain; charset=utf-8', `${message}\n`);
}

function sendJson(response: ServerResponse, status: number, value: unknown): void {
  send(response, status, 'application/json', JSON.stringify(value));
}

/** Other sites can neither frame, nor read, nor keep what is answered, and what has no page runs nothing. */
const everyAnswer = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-embedder-policy': 'require-corp',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
} as const;

function policyWith(nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "connect-src 'self'",
    "img-src 'self' data:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

function send(
  response: ServerResponse,
  status: number,
  contentType: string,
  body: string | Uint8Array,
  headers: Readonly<Record<string, string>> = {},
): void {
  if (response.destroyed) return;
  response.writeHead(status, {
    ...everyAnswer,
    ...headers,
    'content-type': contentType,
    'content-length': Buffer.byteLength(body),
  });
  // Node leaves the body of an answer to HEAD out.
  response.end(body);
}
