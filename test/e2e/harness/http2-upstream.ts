/**
 * @module
 * An upstream of HTTP/2: it answers every request with a description of it, its trailers included. And a client of
 * HTTP/2, which can send trailers.
 */
import { once } from 'node:events';
import {
  connect,
  createServer,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
  type ServerHttp2Stream,
} from 'node:http2';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { Seen } from '../../../demo/upstream.ts';

export interface SeenWithTrailers extends Seen {
  /** The names. */
  readonly trailers: readonly string[];
}

export interface Http2Upstream extends AsyncDisposable {
  readonly port: number;
  /** The number of requests that arrived. */
  readonly count: number;
}

export async function startHttp2Upstream(): Promise<Http2Upstream> {
  let count = 0;
  const server = createServer({ settings: { maxConcurrentStreams: 10_000 } });
  const sessions = new Set<{ destroy(): void }>();
  server.on('session', (session) => sessions.add(session));
  server.on('stream', (stream: ServerHttp2Stream, headers: IncomingHttpHeaders, _flags: number, raw: unknown) => {
    count++;
    const fields = Array.isArray(raw) ? (raw as string[]) : [];
    let trailers: readonly string[] = [];
    stream.on('trailers', (found: IncomingHttpHeaders) => {
      trailers = Object.keys(found);
    });
    stream.on('error', () => undefined);
    stream.on('end', () => {
      if (stream.destroyed) return;
      const pairs = fields.flatMap((name, index) =>
        index % 2 === 0 ? [[name, fields[index + 1] ?? ''] as const] : [],
      );
      const method = String(headers[':method']);
      const seen: SeenWithTrailers = { method, url: String(headers[':path']), headers: pairs, trailers };
      stream.respond({ ':status': 200, 'content-type': 'application/json' });
      stream.end(JSON.stringify(seen));
    });
    stream.resume();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    get count() {
      return count;
    },
    async [Symbol.asyncDispose]() {
      server.close();
      for (const session of sessions) session.destroy();
    },
  };
}

/** Sends a body and, behind it, trailers. @returns what the upstream saw */
export async function askWithTrailers(
  port: number,
  headers: OutgoingHttpHeaders,
  trailers: OutgoingHttpHeaders,
): Promise<SeenWithTrailers> {
  const session = connect(`http://127.0.0.1:${port}`);
  try {
    const stream = session.request({ ':method': 'POST', ...headers }, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers(trailers));
    stream.end('body');
    return JSON.parse(await text(stream)) as SeenWithTrailers;
  } finally {
    session.close();
  }
}
