/**
 * @module
 * So many bytes and no more, of which each also counts for the whole that the budget is a part of.
 */
export class Budget {
  readonly #most: number;
  readonly #whole: Budget | undefined;
  #taken = 0;

  constructor(most: number, whole?: Budget) {
    this.#most = most;
    this.#whole = whole;
  }

  /** Whether there is room, here and in the whole. */
  fits(bytes: number): boolean {
    return this.#taken + bytes <= this.#most && this.#whole?.fits(bytes) !== false;
  }

  /** @returns whether there was room; where there was none, nothing is taken */
  take(bytes: number): boolean {
    if (!this.fits(bytes)) return false;
    this.#taken += bytes;
    this.#whole?.take(bytes);
    return true;
  }

  give(bytes: number): void {
    this.#taken -= bytes;
    this.#whole?.give(bytes);
  }
}
