/**
 * @module
 * The process watches itself: how long its event loop stood still, how much of that was its own work, and which.
 *
 * A timer that comes late tells it. A stall is seen up to one interval too short, and one that is shorter than that may not
 * be seen at all; a closer look costs an idle process more. What took less than half of a stall is not blamed.
 */
import { activity, type Longest } from './activity.ts';
import type { Log } from './log.ts';
import type { Metrics } from './metrics.ts';

export interface EventLoopWatchOptions {
  readonly metrics: Pick<Metrics, 'stalled'>;
  readonly log: Pick<Log, 'warn'>;
}

/** Milliseconds. */
const interval = 50;

/** Seconds; what is shorter is a busy loop, and no stall. */
const minStall = 0.005;

/** Seconds; of those that are as long the log tells, once in so many milliseconds. */
export const longStall = 0.1;
const warningInterval = 60_000;

/** @returns what ends it */
export function watchEventLoop({ metrics, log }: EventLoopWatchOptions): { close(): void } {
  const warn = makeWarning(log);
  let before = performance.now();
  let cpu = threadCpu();

  function look(): void {
    const now = performance.now();
    const seconds = (now - before - interval) / 1000;
    const cpuBefore = cpu;
    before = now;
    cpu = threadCpu();
    const longest = activity.take(seconds / 2);
    if (seconds >= minStall) metrics.stalled(seconds);
    if (seconds >= longStall) warn(seconds, Math.min(cpu - cpuBefore, seconds), longest);
  }

  const timer = setInterval(look, interval).unref();
  return { close: () => clearInterval(timer) };
}

function makeWarning(log: EventLoopWatchOptions['log']) {
  let next = Number.NEGATIVE_INFINITY;
  let suppressed = 0;
  return (seconds: number, cpuSeconds: number, longest: Longest | undefined): void => {
    if (performance.now() < next) {
      suppressed++;
      return;
    }
    next = performance.now() + warningInterval;
    log.warn('The event loop stood still: nothing was answered for so long.', {
      seconds: rounded(seconds),
      cpuSeconds: rounded(cpuSeconds),
      activity: longest?.activity,
      policy: longest?.policy,
      ...(suppressed === 0 ? {} : { suppressed }),
    });
    suppressed = 0;
  };
}

/** Seconds that this thread had a CPU. Where it had less than the stall took, it waited, or the machine gave it none. */
function threadCpu(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1e6;
}

function rounded(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}
