/**
 * @module
 * Sends mixed requests, some on kept connections and some on new ones, and tells how each ended.
 */
import { Agent } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { Dice } from '../../search/dice.ts';
import { ask, type Question } from '../harness/client.ts';
import { type Asked, type Filter, nextQuestion } from './questions.ts';

export interface Ending {
  readonly asked: Pick<Asked, 'filter' | 'path' | 'status'>;
  /** By `performance.now()`. */
  readonly sent: number;
  /** Milliseconds. */
  readonly took: number;
  /** Undefined: there was no whole answer. */
  readonly status: number | undefined;
  readonly body: string;
}

export interface MixedLoadOptions {
  readonly port: number;
  readonly seed: number;
  /** The caller's token. */
  readonly token: string;
  /** Which of Envoy's filters are used: a suffix of their names. */
  readonly variant: (filter: Filter) => string;
  /** More paths, whose requests get a token. */
  readonly paths?: readonly string[];
  readonly ended: (ending: Ending) => void;
}

/** Connections that are kept. */
const kept = 32;
/** Percent of the requests that use one of them. */
const onKept = 80;
/** Milliseconds until a request without an answer counts as hanging. */
const longest = 90_000;

export class MixedLoad implements AsyncDisposable {
  readonly #options: MixedLoadOptions;
  readonly #dice: Dice;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: kept });
  readonly #waiting = new Set<Promise<void>>();
  #number = 0;
  #isOver = false;
  #running: Promise<void> = Promise.resolve();

  constructor(options: MixedLoadOptions) {
    this.#options = options;
    this.#dice = new Dice(options.seed);
  }

  get sent(): number {
    return this.#number;
  }

  /** Sends at a steady rate until the end. */
  start(perSecond: number): void {
    this.#running = this.#run(perSecond);
  }

  async #run(perSecond: number): Promise<void> {
    const begin = performance.now();
    for (let sent = 0; !this.#isOver; sent++) {
      const due = begin + (sent / perSecond) * 1000 - performance.now();
      if (due > 0) await pause(due);
      this.send();
    }
  }

  /** One request of the mix. */
  send(): void {
    const { token, variant, paths } = this.#options;
    const asked = nextQuestion(this.#dice, this.#number++, { token, variant, paths });
    this.#ask(asked.question, (answer) => this.#options.ended({ asked, ...answer }));
  }

  /** Another request on a kept connection. @param took gets the milliseconds until its answer; undefined without */
  also(question: Question, took: (milliseconds: number | undefined) => void): void {
    this.#ask(question, (answer) => took(answer.status === undefined ? undefined : answer.took));
  }

  #ask(question: Question, ended: (answer: Omit<Ending, 'asked'>) => void): void {
    const sent = performance.now();
    const agent = this.#dice.chance(onKept) ? { agent: this.#agent } : {};
    const patience = new AbortController();
    const answer = ask(this.#options.port, { ...question, ...agent });
    const tooLate = pause(longest, undefined, { signal: patience.signal }).then(() => {
      throw new Error(`no answer in ${longest / 1000} s`);
    });
    const answered = Promise.race([answer, tooLate])
      .then(
        ({ status, body }) => ended({ sent, took: performance.now() - sent, status, body }),
        (error: Error) => ended({ sent, took: performance.now() - sent, status: undefined, body: error.message }),
      )
      .finally(() => {
        patience.abort();
        this.#waiting.delete(answered);
      });
    this.#waiting.add(answered);
  }

  /** Sends nothing more, and returns when everything has ended. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true;
    await this.#running;
    await Promise.all(this.#waiting);
    this.#agent.destroy();
  }
}
