/**
 * @module
 * Runs work in steps on a thread that serves: some milliseconds at a time, and between two slices whatever has come in.
 */
import { setImmediate as turn } from 'node:timers/promises';
import type { Steps } from '../diagnostics/steps.ts';

/** Milliseconds of one slice: what a request may wait longer while a configuration is compiled. */
export const sliceTime = 20;

export async function inSlices<T>(steps: Steps<T>): Promise<T> {
  for (;;) {
    const over = performance.now() + sliceTime;
    do {
      const step = steps.next();
      if (step.done === true) return step.value;
    } while (performance.now() < over);
    await turn();
  }
}
