/**
 * @module
 * When Envoy asked last. A request notes the reading of a clock that it has made anyway; the time of day is computed when
 * somebody asks for it.
 */
import type { Gauge } from './series.ts';

export class LastRequest {
  readonly #timestamp: Gauge;
  /** In seconds of the clock `performance.now()`; 0 before the first request. */
  at = 0;
  #told = 0;

  /** @param timestamp in seconds since the epoch */
  constructor(timestamp: Gauge) {
    this.#timestamp = timestamp;
  }

  /** Brings the timestamp up to date. Without a new request it stays the very same. */
  refresh(): void {
    if (this.at === this.#told) return;
    this.#told = this.at;
    // The clock of `performance` goes on at its own pace; its distance from the time of day is measured afresh.
    const age = performance.now() / 1000 - this.at;
    this.#timestamp.set(Math.round(Date.now() - age * 1000) / 1000);
  }
}
