/**
 * @module
 * Compares two costs that were measured in turns. A disturbance longer than a turn affects both values of a pair, and
 * the median excludes the pairs of which it affected only one.
 */

/** @returns the median of the pairs' ratios */
export function ratioOf(ones: readonly number[], others: readonly number[]): number {
  return median(ratiosOf(ones, others));
}

export function ratiosOf(ones: readonly number[], others: readonly number[]): number[] {
  return pairs(ones, others).map(([one, other]) => one / other);
}

/** A median with its confidence interval. */
export interface MedianInterval {
  readonly median: number;
  readonly low: number;
  readonly high: number;
  /** The confidence, 0 to 1: at least 0.95 from six values on, less with fewer. */
  readonly confidence: number;
  readonly count: number;
}

const wanted = 0.95;

/**
 * The interval between two of the sorted values, for any distribution: each value is below the true median with
 * probability one half (Conover, Practical Nonparametric Statistics, 3.2). With fewer than six values it covers all of
 * them.
 */
export function intervalOf(values: readonly number[]): MedianInterval {
  const sorted = values.toSorted((a, b) => a - b);
  const count = sorted.length;
  let left = 0;
  // Narrow the interval on both ends while its confidence stays at 95 % or more.
  while (1 - 2 * atMost(left + 1, count) >= wanted) left++;
  return {
    median: median(sorted),
    low: sorted[left] ?? Number.NaN,
    high: sorted[count - 1 - left] ?? Number.NaN,
    confidence: Math.max(0, 1 - 2 * atMost(left, count)),
    count,
  };
}

/** The probability of at most `heads` heads in `count` coin flips. */
function atMost(heads: number, count: number): number {
  let one = 2 ** -count;
  let sum = one;
  for (let head = 1; head <= heads; head++) {
    one *= (count - head + 1) / head;
    sum += one;
  }
  return sum;
}

/** @returns the median of the pairs' differences */
export function differenceOf(ones: readonly number[], others: readonly number[]): number {
  return median(pairs(ones, others).map(([one, other]) => one - other));
}

/** The median; for an even count, the upper of the two middle values. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function pairs(ones: readonly number[], others: readonly number[]): [number, number][] {
  return ones.flatMap((one, round) => {
    const other = others[round];
    return other === undefined ? [] : [[one, other]];
  });
}
