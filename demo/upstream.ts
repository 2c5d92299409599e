/**
 * @module
 * A small backend: it answers every request with what it saw of it, as JSON.
 */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';

/** What the upstream saw of a request. */
export interface Seen {
  readonly method: string;
  readonly url: string;
  /** In wire order, names as they came, repeats kept. */
  readonly headers: readonly (readonly [name: string, value: string])[];
}

/** The upstream's answer: what it saw, and a digest of the body. */
export interface Echo extends Seen {
  readonly body: { readonly bytes: number; readonly sha256: string };
}

/** @param onRequest told of every request as soon as its headers are there */
export async function startUpstream(port: number, onRequest: (seen: Seen) => void = () => {}): Promise<Server> {
  const server = createServer((request, response) => {
    const seen = describe(request);
    onRequest(seen);
    // A request that is given up midway gets no answer.
    answer(seen, request, response).catch(() => response.destroy());
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

async function answer(seen: Seen, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const echo: Echo = { ...seen, body: await digest(request) };
  response.setHeader('content-type', 'application/json');
  response.end(`${JSON.stringify(echo, null, 2)}\n`);
}

function describe(request: IncomingMessage): Seen {
  const raw = request.rawHeaders;
  const headers: [string, string][] = [];
  for (let i = 0; i + 1 < raw.length; i += 2) headers.push([raw[i] ?? '', raw[i + 1] ?? '']);
  return { method: request.method ?? '', url: request.url ?? '', headers };
}

async function digest(request: IncomingMessage): Promise<Echo['body']> {
  const body = await buffer(request);
  return { bytes: body.length, sha256: createHash('sha256').update(body).digest('hex') };
}

/** The values of the header `name` (lower case) that the upstream saw. */
export function seenHeader(seen: Seen, name: string): readonly string[] {
  return seen.headers.filter(([key]) => key.toLowerCase() === name).map(([, value]) => value);
}
