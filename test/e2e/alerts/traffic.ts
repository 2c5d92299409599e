/**
 * @module
 * Callers of the real Envoy, from the start of a run to its end. A fault turns on what its alert is about.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Question } from '../harness/client.ts';
import type { Front } from './instances.ts';

export type Kind = 'callers' | 'denied' | 'refused' | 'passed' | 'reads' | 'heavy' | 'rejected';

/** A trace that its caller samples. */
const traced = ['traceparent', '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'] as const;

/** The callers of `/orders` ask in any case, and heavy requests are seldom. */
function isAsked(kind: Kind, round: number): boolean {
  return kind !== 'callers' && (kind !== 'heavy' || round % 4 === 0);
}

export class Traffic {
  readonly #front: Front;
  readonly #on = new Set<Kind>(['callers']);
  #isOver = false;
  #done: Promise<void> = Promise.resolve();
  /** Answers by status. */
  readonly statuses = new Map<number, number>();

  readonly #questions: Readonly<Record<Kind, Question>>;

  constructor(front: Front) {
    const authorization = `Bearer ${front.stack.credentials.token}`;
    this.#front = front;
    this.#questions = {
      callers: { path: '/orders', headers: [['authorization', authorization], traced] },
      denied: { path: '/denied' },
      refused: { path: '/partners?fail=yes' },
      passed: { path: '/reports?fail=yes' },
      reads: { path: '/reads' },
      heavy: { path: '/archive' },
      rejected: { path: '/orders', headers: [['authorization', 'Bearer none']] },
    };
    this.#done = this.#run();
  }

  turn(kind: Kind, on: boolean): void {
    if (on) this.#on.add(kind);
    else this.#on.delete(kind);
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    await this.#done;
  }

  async #run(): Promise<void> {
    let etag = '';
    for (let round = 0; !this.#isOver; round++) {
      await this.#ask(this.#on.has('callers') ? this.#questions.callers : { path: '/orders', headers: [traced] });
      for (const path of ['/partners', '/reports', '/orders']) await this.#ask({ path });
      for (const kind of this.#on) if (isAsked(kind, round)) await this.#ask(this.#questions[kind]);
      // A recipient that fetches the public keys, and then asks whether they have changed.
      if (round % 10 === 0) etag = await this.#fetchKeys(etag);
      await delay(60);
    }
  }

  async #fetchKeys(etag: string): Promise<string> {
    const headers = { 'user-agent': 'Java/21.0.2', ...(etag === '' ? {} : { 'if-none-match': etag }) };
    const response = await fetch(`http://${this.#front.jwks}/.well-known/jwks.json`, { headers });
    await response.arrayBuffer();
    return response.headers.get('etag') ?? '';
  }

  async #ask(question: Question): Promise<void> {
    const { status } = await this.#front.stack.ask(question);
    this.statuses.set(status, (this.statuses.get(status) ?? 0) + 1);
  }
}
