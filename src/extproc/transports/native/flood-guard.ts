/**
 * @module
 * Frames that cost this server work and ask for nothing: pings, settings, empty data, priorities, resets of what was
 * never asked, protocol errors. A connection has a credit for them, which useful frames and time give back.
 *
 * Envoy's own reset of a stream that has its answer costs nothing here: it comes once per request by design.
 */
import { ConnectionError, errorCode } from './protocol.ts';

/** As many at once are taken. */
export const floodBurst = 10_000;
/** Given back each second. */
const floodRefill = 1_000;
/** What each kind costs. A reset before the request was asked threw away more than its own frame. */
export const nuisance = { frame: 1, earlyReset: 2, settings: 10, streamError: 10 } as const;
/** Given back by data, which every request has: gRPC clients follow data with window updates and pings. */
const usefulRefill = 8;

export class FloodGuard {
  #credit = floodBurst;

  /** @throws ConnectionError ENHANCE_YOUR_CALM when the credit is used up */
  charge(cost: number): void {
    this.#credit -= cost;
    if (this.#credit < 0) throw new ConnectionError(errorCode.enhanceYourCalm, 'too many frames that ask for nothing');
  }

  useful(): void {
    if (this.#credit < floodBurst) this.#credit += usefulRefill;
  }

  passed(seconds: number): void {
    this.#credit = Math.min(floodBurst, this.#credit + seconds * floodRefill);
  }
}
