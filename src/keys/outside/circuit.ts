/**
 * @module
 * A circuit breaker: a service that fails repeatedly is left alone for a while, and requests are refused at once. Then
 * one call finds out whether it works again. Times are in milliseconds of one monotonic clock.
 */

export type CircuitState = 'closed' | 'half-open' | 'open';

/** Failures in a row that open the circuit. @internal Exported for the test at the limit. */
export const maxFailures = 5;

/** @internal Exported for tests. */
export const shortestPause = 1_000;

/** @internal Exported for tests. */
export const longestPause = 30_000;

export class Circuit {
  readonly #changed: (state: CircuitState) => void;
  #state: CircuitState = 'closed';
  #failures = 0;
  #pause = shortestPause;
  #until = 0;

  constructor(changed: (state: CircuitState) => void = () => undefined) {
    this.#changed = changed;
  }

  get state(): CircuitState {
    return this.#state;
  }

  /** Whether a call would be refused now. */
  refuses(now: number): boolean {
    return this.#state === 'half-open' || (this.#state === 'open' && now < this.#until);
  }

  /** Lets a call begin that `refuses` did not refuse. `succeeded` or `failed` must follow. */
  begin(): void {
    if (this.#state === 'open') this.#turn('half-open');
  }

  succeeded(): void {
    this.#failures = 0;
    this.#pause = shortestPause;
    this.#turn('closed');
  }

  failed(now: number): void {
    this.#failures++;
    if (this.#state === 'half-open') this.#pause = Math.min(2 * this.#pause, longestPause);
    else if (this.#state === 'open' || this.#failures < maxFailures) return;
    this.#until = now + this.#pause;
    this.#turn('open');
  }

  #turn(state: CircuitState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#changed(state);
  }
}
