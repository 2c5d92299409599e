/**
 * @module
 * Finds the sets of requests that may have requests in common, without comparing all pairs: an export may have
 * thousands of routes, and most begin with a name of their own.
 */
import type { Requests } from './requests.ts';

export class RequestIndex<T> {
  readonly #all: readonly T[];
  readonly #requestsOf: (item: T) => Requests;
  /** By the first name of the path; undefined for those that any path may belong to. */
  readonly #bySegment = new Map<string | undefined, number[]>();

  constructor(items: readonly T[], requestsOf: (item: T) => Requests) {
    this.#all = items;
    this.#requestsOf = requestsOf;
    for (const [index, item] of items.entries()) {
      const segment = firstName(requestsOf(item));
      const numbers = this.#bySegment.get(segment) ?? [];
      numbers.push(index);
      this.#bySegment.set(segment, numbers);
    }
  }

  /** In their order; the item itself is among them. */
  of(item: T): readonly T[] {
    const segment = firstName(this.#requestsOf(item));
    if (segment === undefined) return this.#all;
    const numbers = [...(this.#bySegment.get(segment) ?? []), ...(this.#bySegment.get(undefined) ?? [])];
    return numbers.sort((a, b) => a - b).flatMap((index) => this.#all[index] ?? []);
  }
}

function firstName({ path }: Requests): string | undefined {
  const [segment] = path?.segments ?? [];
  return segment === undefined || segment === '*' ? undefined : segment.toLowerCase();
}
