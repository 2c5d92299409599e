/**
 * @module
 * Many requests at a time: over connections of HTTP/1.1 that are used again, and over a few of HTTP/2.
 */
import { type Answer, type Connection, Http1Connection, Http2Connection, type Request } from './connections.ts';

export type Protocol = 'HTTP/1.1' | 'HTTP/2';

export interface NumberedRequest extends Request {
  readonly number: number;
  readonly protocol: Protocol;
}

/** Connections of HTTP/2. */
const shared = 4;

/** The connections to Envoy. */
export class Sender implements Disposable {
  readonly #port: number;
  readonly #idle: Connection[] = [];
  readonly #shared: (Connection | undefined)[] = Array.from({ length: shared }, () => undefined);
  readonly #limits: Readonly<Record<Protocol, Limit>>;

  /** @param inFlight requests on their way over each protocol; the others wait */
  constructor(port: number, inFlight: number) {
    this.#port = port;
    this.#limits = { 'HTTP/1.1': new Limit(inFlight), 'HTTP/2': new Limit(inFlight) };
  }

  async ask(input: NumberedRequest): Promise<Answer> {
    const limit = this.#limits[input.protocol];
    await limit.enter();
    try {
      return await (input.protocol === 'HTTP/2' ? this.#connection2(input.number).ask(input) : this.#ask1(input));
    } finally {
      limit.leave();
    }
  }

  async #ask1(input: NumberedRequest): Promise<Answer> {
    const connection = this.#connection1();
    const answer = await connection.ask(input);
    if (connection.isOpen) this.#idle.push(connection);
    return answer;
  }

  #connection1(): Connection {
    for (let idle = this.#idle.pop(); idle !== undefined; idle = this.#idle.pop()) if (idle.isOpen) return idle;
    return new Http1Connection(this.#port);
  }

  #connection2(number: number): Connection {
    const at = number % shared;
    const known = this.#shared[at];
    if (known?.isOpen === true) return known;
    const fresh = new Http2Connection(this.#port);
    this.#shared[at] = fresh;
    return fresh;
  }

  [Symbol.dispose](): void {
    for (const connection of [...this.#idle, ...this.#shared]) connection?.close();
  }
}

/** Lets so many in at a time. */
class Limit {
  #free: number;
  readonly #queue: (() => void)[] = [];

  constructor(free: number) {
    this.#free = free;
  }

  async enter(): Promise<void> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((resolve) => this.#queue.push(resolve));
  }

  leave(): void {
    const next = this.#queue.shift();
    if (next === undefined) this.#free += 1;
    else next();
  }
}
