/**
 * @module
 * How long to wait before a worker that ended is started again: not at all after an accident, longer and longer where it
 * cannot live.
 */

/** A worker that lived as long was in order, in milliseconds. */
export const stableAfter = 60_000;

const firstDelay = 100;
const maxDelay = 30_000;

/** @param earlyEnds how many ends in a row came before `stableAfter`; @returns milliseconds */
export function restartDelay(earlyEnds: number): number {
  return earlyEnds <= 1 ? 0 : Math.min(firstDelay * 2 ** (earlyEnds - 2), maxDelay);
}
