/**
 * @module
 * The limit on requests in flight (`limits.inFlight`).
 */
export class Admission {
  readonly #max: number;
  #inFlight = 0;

  constructor(max: number) {
    this.#max = max;
  }

  /** @returns whether the request may be decided; then `leave` must follow once */
  enter(): boolean {
    if (this.#inFlight === this.#max) return false;
    this.#inFlight++;
    return true;
  }

  leave(): void {
    this.#inFlight--;
  }
}
