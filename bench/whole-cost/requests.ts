/**
 * @module
 * The requests of all ways, as the rest of the benchmark sends them, with a caller's token.
 */
import { getRequest } from '../load/http-connection.ts';
import { sentHeaders } from '../test-bed.ts';
import type { Caller } from './callers.ts';
import type { Way } from './ways.ts';

/** So many that a token of one of them is not kept any more when it comes again. */
const newPaths = 40_000;

/** Requests of each load with new paths. The next load begins after them. */
const stride = 10_000;

export class Requests {
  readonly #all: readonly Buffer[];
  readonly #stride: number;
  #next = 0;

  constructor(kind: Way['requests'], callers: readonly Caller[]) {
    const count = kind === 'callers' ? callers.length : newPaths;
    this.#stride = kind === 'callers' ? 0 : stride;
    this.#all = Array.from({ length: count }, (_, number) => {
      const path = `/orders/${kind === 'callers' ? 42 : number}?tenant=acme`;
      const token = callers[number % callers.length]?.token;
      return getRequest(path, [...sentHeaders, ['authorization', `Bearer ${token}`]]);
    });
  }

  /** For one load, in this order and then again. */
  next(): readonly Buffer[] {
    const begin = this.#next;
    this.#next = (begin + this.#stride) % this.#all.length;
    return begin === 0 ? this.#all : [...this.#all.slice(begin), ...this.#all.slice(0, begin)];
  }
}
