/**
 * @module
 * A limited number of bytes. Bytes taken from a budget also count against its parent budget.
 */
export class Budget {
  readonly #max: number;
  readonly #parent: Budget | undefined;
  #taken = 0;

  constructor(max: number, parent?: Budget) {
    this.#max = max;
    this.#parent = parent;
  }

  /** Whether the bytes are available here and in the parent. */
  fits(bytes: number): boolean {
    return this.#taken + bytes <= this.#max && this.#parent?.fits(bytes) !== false;
  }

  /** @returns whether the bytes were available; otherwise nothing is taken */
  take(bytes: number): boolean {
    if (!this.fits(bytes)) return false;
    this.#taken += bytes;
    this.#parent?.take(bytes);
    return true;
  }

  give(bytes: number): void {
    this.#taken -= bytes;
    this.#parent?.give(bytes);
  }
}
