/**
 * @module
 * One call of a service over HTTPS. Its answer is bounded, and nothing that a path or an answer says leads to another
 * server: that would get the credentials.
 */
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { boundedBody } from '../../net/bounded-body.ts';
import { hostOf } from '../../net/safe-address.ts';
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
      ? // Whatever NODE_TLS_REJECT_UNAUTHORIZED says: credentials are sent.
        new HttpsAgent({ ...options, rejectUnauthorized: true, ...(ca === undefined ? {} : { ca }) })
      : new HttpAgent(options);
    this.#request = isSecure ? httpsRequest : httpRequest;
  }

  /**
   * @throws MintError `signer.refused` if the answer is too large or none of HTTP, `signer.denied` if a header cannot
   *   be sent; Error of Node if there is no answer
   */
  async call({ method, path, headers, body }: HttpCall, signal: AbortSignal): Promise<HttpReply> {
    checkFields(headers, this.#name);
    const { protocol, port } = this.#origin;
    // The path is no reference to resolve: `//host/…` would be another server.
    const server = { protocol, hostname: hostOf(this.#origin), port };
    const options: RequestOptions = { ...server, path, method, headers, signal, agent: this.#agent };
    return new Promise((resolve, reject) => {
      const request = this.#request(options, (message) => {
        readReply(message, this.#name).then(resolve, reject);
      });
      request.on('error', reject);
      // Node ends such an exchange without a response and without an error.
      request.on('upgrade', (_, socket) => {
        socket.destroy();
        reject(signerError('signer.refused', `${this.#name} answered with another protocol than HTTP.`));
      });
      request.end(body);
    });
  }
}

/** Tokens come from files, and from answers. Node's own error would count as a defect of the program. */
function checkFields(fields: HttpCall['headers'], name: string): void {
  for (const [field, value] of Object.entries(fields)) {
    if (/^[\x20-\x7e]*$/.test(value)) continue;
    const message = `A value for ${name} (\`${field}\`) has a character that no header may have, such as a line break.`;
    throw signerError('signer.denied', message);
  }
}

async function readReply(message: IncomingMessage, name: string): Promise<HttpReply> {
  const text = await boundedBody(message, maxReplyBytes);
  if (text === undefined) throw signerError('signer.refused', `${name} gave an answer that is too large.`);
  return { status: message.statusCode ?? 0, text };
}
