/**
 * @module
 * The delay before a worker that ended is replaced: none after a single failure, then exponential backoff.
 */

/** A worker that ran at least this long resets the delay, in milliseconds. */
export const stableAfter = 60_000;

const firstDelay = 100;
const maxDelay = 30_000;

/** @param earlyEnds consecutive ends before `stableAfter` @returns milliseconds */
export function restartDelay(earlyEnds: number): number {
  return earlyEnds <= 1 ? 0 : Math.min(firstDelay * 2 ** (earlyEnds - 2), maxDelay);
}
