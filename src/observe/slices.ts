/**
 * @module
 * Runs work in steps on a thread that serves: some milliseconds at a time, and between two slices whatever has come in.
 */
import { setTimeout as rest } from 'node:timers/promises';
import type { Steps } from '../diagnostics/steps.ts';
import { type ActivityName, activity } from './activity.ts';

/** Milliseconds of one slice: what a request may wait longer while such work is done. */
const sliceTime = 20;

/** Milliseconds between two slices: V8 ends its marking in them, in pauses half as long (docs/decisions/0066). */
const restTime = 5;

/** @param name what the watch on the event loop calls it */
export async function inSlices<T>(steps: Steps<T>, name: ActivityName): Promise<T> {
  for (;;) {
    const result = activity.run(name, () => slice(steps));
    if (result !== undefined) return result.value;
    await rest(restTime);
  }
}

/** @returns the result, where the work came to its end */
function slice<T>(steps: Steps<T>): { readonly value: T } | undefined {
  const over = performance.now() + sliceTime;
  do {
    const { done, value } = steps.next();
    if (done === true) return { value };
  } while (performance.now() < over);
  return undefined;
}
