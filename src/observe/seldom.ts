/**
 * @module
 * Lines that are written at once, but no more often than once in an interval.
 */
export class Seldom {
  readonly #interval: number;
  readonly #now: () => number;
  #last = Number.NEGATIVE_INFINITY;
  #suppressed = 0;

  /** @param interval in milliseconds @param now milliseconds of a monotonic clock */
  constructor(interval: number, now: () => number) {
    this.#interval = interval;
    this.#now = now;
  }

  /** Calls `write` unless the last line is too recent. It gets the number of lines that were left out since. */
  write(write: (left: { readonly suppressed?: number }) => void): void {
    if (this.#now() - this.#last < this.#interval) {
      this.#suppressed++;
      return;
    }
    this.#last = this.#now();
    const suppressed = this.#suppressed;
    this.#suppressed = 0;
    write(suppressed === 0 ? {} : { suppressed });
  }
}
