/**
 * @module
 * Work that can be interrupted. What may take long is written as a generator that yields between its steps: whoever has
 * the time runs it to its end, and who serves requests meanwhile takes some steps at a time.
 */

/** Yields where the work may pause, some milliseconds apart at most, and returns its result. */
export type Steps<T> = Generator<undefined, T, undefined>;

/** Runs the work to its end at once. */
export function finish<T>(steps: Steps<T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/** Maps one item a step. */
export function* eachInSteps<T, U>(items: Iterable<T>, map: (item: T, index: number) => U): Steps<U[]> {
  const mapped: U[] = [];
  for (const item of items) {
    mapped.push(map(item, mapped.length));
    yield;
  }
  return mapped;
}
