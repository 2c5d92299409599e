/**
 * @module
 * What a search is: one property of the program, tried on random inputs that a seed repeats.
 */
import { setImmediate as turn } from 'node:timers/promises';

export interface Search {
  /** What `npm run search` calls it. */
  readonly name: string;
  /** The property in one sentence: what must hold for every input. */
  readonly property: string;
  /** How many inputs a whole run tries by default. */
  readonly inputs: number;
  /** How many of them `npm test` tries, or as many as it can in `shareSeconds`. */
  readonly share: number;
  /** What the search needs and this machine does not have, as a sentence: `npm test` then skips its share. */
  readonly missing?: () => Promise<string | undefined>;
  /**
   * Tries inputs for as long as `effort` gives numbers.
   *
   * @returns what was tried in addition to the number of inputs, in a few words
   * @throws Finding for the first input that breaks the property
   */
  run(effort: Effort): Promise<string>;
}

/** How the last line of a search begins that this machine cannot run. */
export const skippedShare = 'Skipped ';

/** Seconds that the share of one search may take in `npm test`. */
export const shareSeconds = 20;

/** An input that breaks the property: what it was, and what came of it. */
export class Finding extends Error {
  override readonly name = 'Finding';
}

/** How much a run tries. */
export class Effort {
  /** Where the random numbers begin. */
  readonly seed: number;
  /** How many inputs at most. */
  readonly most: number;
  tried = 0;
  readonly #milliseconds: number;
  /** What a search prepares before its first input, such as an Envoy that is fetched, takes none of the time. */
  #until: number | undefined;
  readonly #progress: (tried: number) => void;

  /** @param seconds how long new inputs are begun */
  constructor(seed: number, most: number, seconds: number, progress: (tried: number) => void = () => undefined) {
    this.seed = seed;
    this.most = most;
    this.#milliseconds = seconds * 1000;
    this.#progress = progress;
  }

  /** The numbers of the inputs, from 0, with a turn of the event loop now and then. */
  async *inputs(): AsyncGenerator<number> {
    let reported = performance.now();
    this.#until ??= reported + this.#milliseconds;
    while (this.tried < this.most && performance.now() < this.#until) {
      yield this.tried++;
      if (performance.now() - reported < progressInterval) continue;
      reported = performance.now();
      this.#progress(this.tried);
      await turn();
    }
  }
}

/** Milliseconds between two words about a long run. */
const progressInterval = 5_000;
