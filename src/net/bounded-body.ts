/**
 * @module
 * The body of an HTTP response from another service, which may be endless.
 */
import type { IncomingMessage } from 'node:http';

/** The body as text; undefined if it has more bytes than `maximum`, and then the connection is closed. */
export async function boundedBody(message: IncomingMessage, maximum: number): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of message as AsyncIterable<Buffer>) {
    size += chunk.length;
    // Leaving the loop closes the connection.
    if (size > maximum) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}
