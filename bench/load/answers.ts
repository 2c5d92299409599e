/**
 * @module
 * The result of a load: the number of answers, the total time, and the latency of each.
 */

export interface Answers {
  readonly count: number;
  /** From the first request to the last answer. */
  readonly seconds: number;
  /** Latencies in milliseconds, ascending. */
  readonly took: Float64Array;
}

export function gather(took: readonly number[], seconds: number): Answers {
  return { count: took.length, seconds, took: Float64Array.from(took).sort() };
}

/** @param share 0.99 for the 99th percentile @returns milliseconds */
export function percentile({ took }: Answers, share: number): number {
  const at = Math.min(took.length - 1, Math.ceil(took.length * share) - 1);
  return took[Math.max(0, at)] ?? Number.NaN;
}
