/**
 * @module
 * A caller that sends exactly what a test asks for: header names in any case, repeats, one connection or many.
 */
import { once } from 'node:events';
import { Agent, type IncomingMessage, type RequestOptions, request } from 'node:http';
import { request as requestTls } from 'node:https';
import { text } from 'node:stream/consumers';
import type { Seen } from '../../../demo/upstream.ts';

export interface Question {
  readonly method?: string;
  readonly path?: string;
  /** In the order and the spelling that go over the wire. */
  readonly headers?: readonly (readonly [name: string, value: string])[];
  readonly body?: string | Buffer;
  /** The caller's certificate, and the authority that the server's was signed by; then the request goes over TLS. */
  readonly tls?: { readonly key: string; readonly cert: string; readonly ca: string };
  readonly agent?: Agent;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export async function ask(port: number, question: Question = {}): Promise<Answer> {
  const { method = 'GET', path = '/', headers = [], body, tls, agent } = question;
  const framing = body === undefined ? [] : ['content-length', String(Buffer.byteLength(body))];
  const options: RequestOptions = {
    host: '127.0.0.1',
    port,
    method,
    path,
    headers: ['host', 'api.example.com', ...framing, ...headers.flat()],
    ...(agent === undefined ? {} : { agent }),
  };
  const outgoing = tls === undefined ? request(options) : requestTls({ ...options, ...tls, servername: 'localhost' });
  outgoing.end(body);
  const [response]: IncomingMessage[] = await once(outgoing, 'response');
  if (response === undefined) throw new Error('no response');
  return { status: response.statusCode ?? 0, headers: response.headers, body: await text(response) };
}

/** What the upstream saw of a request that it answered. */
export function seenIn(answer: Answer): Seen {
  if (answer.status !== 200) throw new Error(`The answer is ${answer.status}, not the upstream's: ${answer.body}`);
  return JSON.parse(answer.body) as Seen;
}

export interface LoadOptions {
  readonly port: number;
  readonly requests: number;
  readonly connections: number;
  readonly question: Question;
}

/**
 * Sends `requests` over `connections` kept-alive connections, each of them always busy.
 *
 * @returns how often each status was answered; a connection that broke counts as status 0
 */
export async function load({ port, requests, connections, question }: LoadOptions): Promise<Map<number, number>> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const statuses = new Map<number, number>();
  let left = requests;
  async function work(): Promise<void> {
    while (left-- > 0) {
      const status = await ask(port, { ...question, agent }).then(
        (answer) => answer.status,
        () => 0,
      );
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
  }
  await Promise.all(Array.from({ length: connections }, work));
  agent.destroy();
  return statuses;
}
