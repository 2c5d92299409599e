/**
 * @module
 * A service of a test, on this machine, that fails as real ones do when a test wants it.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface FakeRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export interface FakeReply {
  readonly status: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What happens in place of an answer: another answer, none at all, or a reset. */
export type Fault = 'hang' | 'reset' | FakeReply;

export class FakeServer implements AsyncDisposable {
  readonly requests: FakeRequest[] = [];
  /** The faults of the next requests, in order; the last one stays if `repeats`. */
  faults: (Fault | undefined)[] = [];
  repeats = false;
  /** Milliseconds before each answer. */
  delay = 0;
  /** The largest number of requests at the same time. */
  maxAtOnce = 0;
  #atOnce = 0;
  readonly #answer: (request: FakeRequest) => FakeReply;
  readonly #server: Server;

  private constructor(answer: (request: FakeRequest) => FakeReply) {
    this.#answer = answer;
    this.#server = createServer((request, response) => void this.#serve(request, response));
  }

  static async start(answer: (request: FakeRequest) => FakeReply): Promise<FakeServer> {
    const server = new FakeServer(answer);
    await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve));
    return server;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.maxAtOnce = Math.max(this.maxAtOnce, ++this.#atOnce);
    response.on('close', () => this.#atOnce--);
    let body = '';
    for await (const chunk of request) body += chunk;
    const { method = '', url: path = '', headers } = request;
    const seen = { method, path, headers, body };
    this.requests.push(seen);
    const fault = this.repeats ? this.faults[0] : this.faults.shift();
    if (fault === 'hang') return;
    if (fault === 'reset') {
      request.socket.resetAndDestroy();
      return;
    }
    const reply = fault ?? this.#answer(seen);
    if (this.delay > 0) await new Promise((resolve) => setTimeout(resolve, this.delay));
    response.writeHead(reply.status, { ...reply.headers }).end(reply.body);
  }

  /** Closes all connections, also those on which a request waits. */
  drop(): void {
    this.#server.closeAllConnections();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.drop();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
