/**
 * @module
 * Measures stalls of the event loop: how long, how much CPU time of this thread, and which activity.
 *
 * A stall shows as a timer that fires late. It is measured up to one interval too short, and a stall shorter than the
 * interval may be missed. The interval is longer while there is nothing to do, because each check costs CPU. An
 * activity that took less than half of the stall is not named.
 */
import { activity, type Longest } from './activity.ts';
import type { Log } from './log.ts';
import type { Metrics } from './metrics.ts';

export interface EventLoopWatchOptions {
  readonly metrics: Pick<Metrics, 'stalled' | 'late'>;
  readonly log: Pick<Log, 'warn'>;
}

/** Milliseconds between two checks while there is work. */
const busyInterval = 50;

/** The same while there is none. Each check of an idle process takes 0.1 to 0.2 ms of CPU. */
const idleInterval = 100;

/** The same after so many checks without work: nobody waits for an answer. */
const asleepInterval = 500;
const checksUntilAsleep = 20;

/** Seconds. A shorter delay is a busy loop, not a stall. */
const minStall = 0.005;

/** Seconds. Stalls from this length on are logged. @internal Exported for the test at the limit. */
export const longStall = 0.1;
/** Minimum milliseconds between two warnings. */
const warningInterval = 60_000;

/** @returns a handle that stops the watch */
export function watchEventLoop({ metrics, log }: EventLoopWatchOptions): { close(): void } {
  const warn = makeWarning(log);
  let before = performance.now();
  let cpu = threadCpu();
  let interval = busyInterval;
  let idleChecks = 0;
  let timer: NodeJS.Timeout;

  function check(): void {
    const now = performance.now();
    const seconds = (now - before - interval) / 1000;
    const cpuBefore = cpu;
    before = now;
    cpu = threadCpu();
    idleChecks = activity.isBusy ? 0 : idleChecks + 1;
    interval = idleChecks === 0 ? busyInterval : idleChecks < checksUntilAsleep ? idleInterval : asleepInterval;
    metrics.late(seconds);
    const longest = activity.take(seconds / 2);
    if (seconds >= minStall) metrics.stalled(seconds);
    if (seconds >= longStall) warn(seconds, Math.min(cpu - cpuBefore, seconds), longest);
  }

  function arm(): void {
    timer = setTimeout(() => {
      check();
      arm();
    }, interval).unref();
  }

  arm();
  return { close: () => clearTimeout(timer) };
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
    log.warn('The event loop was blocked; no request was answered meanwhile.', {
      seconds: rounded(seconds),
      cpuSeconds: rounded(cpuSeconds),
      activity: longest?.activity,
      policy: longest?.policy,
      ...(suppressed === 0 ? {} : { suppressed }),
    });
    suppressed = 0;
  };
}

/** CPU seconds of this thread. If a stall took longer than that, the thread waited, or the machine gave it no CPU. */
function threadCpu(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1e6;
}

function rounded(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}
