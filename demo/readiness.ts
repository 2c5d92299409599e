/**
 * @module
 * Waits for another process by repeated requests, and stops when that process ends.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { obituary, type Running } from './process-group.ts';
import { Setback } from './setback.ts';

const limit = 30_000;

/**
 * Returns when `answers` returns true.
 *
 * @param running the process to wait for
 * @param interval milliseconds between two requests
 * @throws Setback if it ends, or has not answered within the time limit
 */
export async function untilReady(
  running: Running,
  answers: () => Promise<boolean>,
  signal?: AbortSignal,
  interval = 25,
): Promise<void> {
  const giveUp = Date.now() + limit;
  while (!(await answers())) {
    if (running.ending !== undefined) throw new Setback(obituary(running));
    if (Date.now() > giveUp) {
      throw new Setback(`${running.name} is not ready after ${limit / 1000} s; its log is ${running.log}.`);
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
    return false; // nothing listens yet, or no answer in time
  }
}
