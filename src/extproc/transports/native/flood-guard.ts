/**
 * @module
 * Limits frames that cause work without asking for anything: pings, settings, empty data, priorities, early resets and
 * protocol errors. A connection has a credit for them, which useful frames and time restore.
 *
 * A reset after the answer costs nothing, because Envoy sends one per request by design.
 */
import { ConnectionError, errorCode } from './protocol.ts';

/** The maximum credit. @internal Exported for the tests at the limit. */
export const floodBurst = 10_000;
/** Restored each second. */
const floodRefill = 1_000;
/** The cost of each kind. A reset before the answer also wastes the work for the request. */
export const nuisance = { frame: 1, earlyReset: 2, settings: 10, streamError: 10 } as const;
/** Restored by data, which every request has: gRPC clients send window updates and pings after data. */
const usefulRefill = 8;

export class FloodGuard {
  #credit = floodBurst;

  /** @throws ConnectionError ENHANCE_YOUR_CALM when no credit is left */
  charge(cost: number): void {
    this.#credit -= cost;
    if (this.#credit < 0) throw new ConnectionError(errorCode.enhanceYourCalm, 'too many control frames');
  }

  useful(): void {
    if (this.#credit < floodBurst) this.#credit += usefulRefill;
  }

  passed(seconds: number): void {
    this.#credit = Math.min(floodBurst, this.#credit + seconds * floodRefill);
  }
}
