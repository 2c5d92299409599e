/**
 * @module
 * A small backend that answers every request with a JSON description of the request, once its body has arrived.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';

/** A request as the upstream received it. */
export interface Seen {
  readonly method: string;
  readonly url: string;
  /** In wire order, with original names and repeated headers. */
  readonly headers: readonly (readonly [name: string, value: string])[];
}

/** Bytes. More than the 60 KiB that Envoy accepts. */
const maxHeaderSize = 131_072;

/** @param onRequest called for every request when its headers have arrived */
export async function startUpstream(port: number, onRequest: (seen: Seen) => void = () => {}): Promise<Server> {
  const server = createServer({ maxHeaderSize }, (request, response) => {
    const seen = describe(request);
    onRequest(seen);
    response.setHeader('content-type', 'application/json');
    request.resume().on('end', () => response.end(`${JSON.stringify(seen, null, 2)}\n`));
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

function describe(request: IncomingMessage): Seen {
  const raw = request.rawHeaders;
  const headers: [string, string][] = [];
  for (let i = 0; i + 1 < raw.length; i += 2) headers.push([raw[i] ?? '', raw[i + 1] ?? '']);
  return { method: request.method ?? '', url: request.url ?? '', headers };
}

/** The values of the header `name` (in lower case) that the upstream received. */
export function seenHeader(seen: Seen, name: string): readonly string[] {
  return seen.headers.filter(([key]) => key.toLowerCase() === name).map(([, value]) => value);
}
