/**
 * @module
 * Runs long work on the serving thread in slices of some milliseconds. Requests are handled between two slices.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { Steps } from '../diagnostics/steps.ts';
import { type ActivityName, activity } from './activity.ts';

/** Milliseconds of one slice: the extra delay of a request while such work runs. */
const sliceTime = 20;

/** The same of a scrape, which comes every few seconds. With a collection of garbage it stays below 20 ms. */
const scrapeSliceTime = 5;

/** Milliseconds between two slices. V8 finishes its marking in them, with pauses half as long (docs/decisions/0066). */
const pauseTime = 5;

/** @param name the activity that `event-loop-watch.ts` names in a warning */
export async function inSlices<T>(steps: Steps<T>, name: ActivityName): Promise<T> {
  const milliseconds = name === 'scrape' ? scrapeSliceTime : sliceTime;
  for (;;) {
    const result = activity.run(name, () => slice(steps, milliseconds));
    if (result !== undefined) return result.value;
    await pause(pauseTime);
  }
}

/** @returns the result if the work is complete */
function slice<T>(steps: Steps<T>, milliseconds: number): { readonly value: T } | undefined {
  const over = performance.now() + milliseconds;
  do {
    const { done, value } = steps.next();
    if (done === true) return { value };
  } while (performance.now() < over);
  return undefined;
}
