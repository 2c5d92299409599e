/**
 * @module
 * Work that can be interrupted. Long work is a generator that yields between its steps. A command runs it to its end; a
 * process that serves requests runs a few steps at a time.
 */

/** Yields where the work may pause, at least every few milliseconds, and returns its result. */
export type Steps<T> = Generator<undefined, T, undefined>;

/** Runs the work to its end. */
export function finish<T>(steps: Steps<T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/** Maps one item per step. */
export function* eachInSteps<T, U>(items: Iterable<T>, map: (item: T, index: number) => U): Steps<U[]> {
  const mapped: U[] = [];
  for (const item of items) {
    mapped.push(map(item, mapped.length));
    yield;
  }
  return mapped;
}
