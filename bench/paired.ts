/**
 * @module
 * How two costs that were measured in turns compare. A disturbance that lasts longer than a turn meets both of a pair, and the median leaves
 * out the pairs of which it met only one.
 */

/** @returns the median of the pairs' ratios */
export function ratioOf(ones: readonly number[], others: readonly number[]): number {
  return median(ratiosOf(ones, others));
}

export function ratiosOf(ones: readonly number[], others: readonly number[]): number[] {
  return pairs(ones, others).map(([one, other]) => one / other);
}

/** A median, and between which values the true one lies. */
export interface MedianInterval {
  readonly median: number;
  readonly low: number;
  readonly high: number;
  /** How sure that is, 0 to 1: 0.95 or more from six values on, and less than that of fewer. */
  readonly confidence: number;
  readonly count: number;
}

const wanted = 0.95;

/**
 * The interval between two of the sorted values, whatever they are distributed like: each value lies below the true
 * median as a coin falls (Conover, Practical Nonparametric Statistics, 3.2). Of fewer than six values it is all of them.
 */
export function intervalOf(values: readonly number[]): MedianInterval {
  const sorted = values.toSorted((a, b) => a - b);
  const count = sorted.length;
  let left = 0;
  // Both ends move in by one for as long as what lies outside stays unlikely.
  while (1 - 2 * atMost(left + 1, count) >= wanted) left++;
  return {
    median: median(sorted),
    low: sorted[left] ?? Number.NaN,
    high: sorted[count - 1 - left] ?? Number.NaN,
    confidence: Math.max(0, 1 - 2 * atMost(left, count)),
    count,
  };
}

/** The probability of at most so many heads of `count` coins. */
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

/** The middle one; of an even number the upper of the two. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function pairs(ones: readonly number[], others: readonly number[]): [number, number][] {
  return ones.flatMap((one, round) => {
    const other = others[round];
    return other === undefined ? [] : [[one, other]];
  });
}
