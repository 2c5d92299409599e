/**
 * @module
 * How two costs that were measured in turns compare. A disturbance that lasts longer than a turn meets both of a pair, and the median leaves
 * out the pairs of which it met only one.
 */

/** @returns the median of the pairs' ratios */
export function ratioOf(ones: readonly number[], others: readonly number[]): number {
  return median(pairs(ones, others).map(([one, other]) => one / other));
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
