/**
 * @module
 * One call of a service over HTTPS. Its answer is bounded and no redirect is followed: what it points to would get the
 * credentials.
 */
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { signerError } from './signer-service.ts';

export interface HttpCall {
  readonly method: 'GET' | 'POST' | 'PUT';
  /** The path with its query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface HttpReply {
  readonly status: number;
  readonly text: string;
}

/** A signature, a public key or a token is far smaller. @internal Exported for the test of the limit. */
export const maxReplyBytes = 65_536;

/** @internal Exported for the test of the limit. */
export const maxConnections = 64;

/** How long an idle connection is kept, in milliseconds: less than load balancers do. */
const idleTime = 20_000;

/** The connections to one server. */
export class HttpServer {
  readonly #origin: URL;
  readonly #agent: HttpAgent;
  readonly #request: typeof httpsRequest;
  readonly #name: string;

  /**
   * @param origin `https:`, or `http:` to this machine
   * @param name of the service in messages
   * @param ca authorities in PEM, in place of those of Node
   */
  constructor(origin: URL, name: string, ca?: string) {
    const options = { keepAlive: true, maxSockets: maxConnections, timeout: idleTime };
    const isSecure = origin.protocol === 'https:';
    this.#origin = origin;
    this.#name = name;
    this.#agent = isSecure
      ? new HttpsAgent({ ...options, ...(ca === undefined ? {} : { ca }) })
      : new HttpAgent(options);
    this.#request = isSecure ? httpsRequest : httpRequest;
  }

  /** @throws MintError `signer.refused` if the answer is too large; Error of Node if there is none */
  call({ method, path, headers, body }: HttpCall, signal: AbortSignal): Promise<HttpReply> {
    const options: RequestOptions = { method, headers, signal, agent: this.#agent };
    return new Promise((resolve, reject) => {
      const request = this.#request(new URL(path, this.#origin), options, (message) => {
        readReply(message, this.#name).then(resolve, reject);
      });
      request.on('error', reject);
      request.end(body);
    });
  }
}

async function readReply(message: IncomingMessage, name: string): Promise<HttpReply> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of message as AsyncIterable<Buffer>) {
    size += chunk.length;
    // Leaving the loop closes the connection.
    if (size > maxReplyBytes) throw signerError('signer.refused', `${name} gave an answer that is too large.`);
    chunks.push(chunk);
  }
  return { status: message.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') };
}
