/**
 * @module
 * The memory growth of a process per request.
 */
export interface Sample {
  /** Requests answered so far. */
  readonly requests: number;
  /** Megabytes (of 10^6 bytes). */
  readonly resident: number;
  /** Megabytes in use on V8's heap, including garbage. */
  readonly heap: number;
}

/** The slope of the straight line through the samples (least squares), in megabytes for each million requests. */
export function growthPerMillion(samples: readonly Sample[]): { readonly resident: number; readonly heap: number } {
  const millions = samples.map(({ requests }) => requests / 1e6);
  return {
    resident: slope(
      millions,
      samples.map((sample) => sample.resident),
    ),
    heap: slope(
      millions,
      samples.map((sample) => sample.heap),
    ),
  };
}

function slope(xs: readonly number[], ys: readonly number[]): number {
  const [x, y] = [mean(xs), mean(ys)];
  const products = xs.map((each, index) => (each - x) * ((ys[index] ?? y) - y));
  return mean(products) / mean(xs.map((each) => (each - x) ** 2));
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
