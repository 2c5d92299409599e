/**
 * @module
 * Waits until another process is ready, or fails when that process ends.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { describeExit, type Running } from './process-group.ts';
import { SetupError } from './setup-error.ts';

const limit = 30_000;

/**
 * Calls `isReady` repeatedly until it returns true.
 *
 * @param running the process to wait for
 * @param interval milliseconds between two calls
 * @throws SetupError when the process ends, or is not ready in time
 */
export async function untilReady(
  running: Running,
  isReady: () => Promise<boolean>,
  signal?: AbortSignal,
  interval = 25,
): Promise<void> {
  const giveUp = Date.now() + limit;
  while (!(await isReady())) {
    if (running.ending !== undefined) throw new SetupError(describeExit(running));
    if (Date.now() > giveUp) {
      throw new SetupError(`${running.name} is not ready after ${limit / 1000} s. See its log, ${running.log}.`);
    }
    await pause(interval, undefined, { signal });
  }
}

/** Whether a GET of `url` answers 200. */
export async function isUp(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false; // nothing listens yet, or it does not answer in time
  }
}
