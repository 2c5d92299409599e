/**
 * @module
 * Reports when the clock of the machine is set. Tokens take their times from it: after a jump into the past, recipients
 * find them expired, and after one into the future, not yet valid.
 *
 * The time of day is compared with a clock that only runs. A clock that is adjusted slowly, as by NTP, stays below the
 * limit.
 */
import type { Log } from './log.ts';
import type { Metrics } from './metrics.ts';

export interface ClockWatchOptions {
  readonly metrics: Pick<Metrics, 'clockJumped'>;
  readonly log: Pick<Log, 'warn'>;
  /** The time of day in milliseconds since the epoch. */
  readonly now: () => number;
  /** A clock that nobody sets, in milliseconds. */
  readonly elapsed: () => number;
}

/** Milliseconds between two comparisons. */
const interval = 1000;

/** Milliseconds. @internal Exported for the test at the limit. */
export const minJump = 1000;

/** Compares both clocks at each call of the returned function. @internal Exported for tests. */
export function clockCheck({ metrics, log, now, elapsed }: ClockWatchOptions): () => void {
  let before = now() - elapsed();
  return () => {
    const offset = now() - elapsed();
    const jump = offset - before;
    before = offset;
    if (Math.abs(jump) < minJump) return;
    metrics.clockJumped();
    log.warn('The clock of this machine was set; the times of tokens follow it.', { seconds: jump / 1000 });
  };
}

/** @returns a handle that stops the watch */
export function watchClock(options: ClockWatchOptions): { close(): void } {
  const timer = setInterval(clockCheck(options), interval).unref();
  return { close: () => clearInterval(timer) };
}
