/**
 * @module
 * Waiting for something that another process does: asked again and again, given up when that process dies.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { describeExit, type Running } from './process-group.ts';
import { SetupError } from './setup-error.ts';

const limit = 30_000;

/**
 * Returns once `answers` does with true.
 *
 * @param running the process that is waited for
 * @param interval milliseconds between one question and the next
 * @throws SetupError when it ends, or has not answered within the limit
 */
export async function untilReady(
  running: Running,
  answers: () => Promise<boolean>,
  signal?: AbortSignal,
  interval = 25,
): Promise<void> {
  const giveUp = Date.now() + limit;
  while (!(await answers())) {
    if (running.ending !== undefined) throw new SetupError(describeExit(running));
    if (Date.now() > giveUp) {
      throw new SetupError(`${running.name} is not ready after ${limit / 1000} s; its log is ${running.log}.`);
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
    return false; // nothing listens yet, or not in time: not up
  }
}
