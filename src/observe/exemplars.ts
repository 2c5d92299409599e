/**
 * @module
 * Exemplars: for each bucket of a histogram, the trace of one request that it counted. A request pays one comparison of
 * numbers, unless its bucket has had no exemplar for a second; then its trace is looked up.
 */

/** The trace of a request that a bucket counted. */
export interface Exemplar {
  readonly traceId: string;
  /** What was observed, in the unit of the histogram. */
  readonly value: number;
  /** Seconds since the epoch. */
  readonly at: number;
}

/** A request that may belong to a trace. */
export interface Traced {
  /** The id of the trace if its caller samples it. Looked up when it is read. */
  readonly sampledTraceId: string | undefined;
}

/** Seconds until a bucket takes its next exemplar. */
const keptFor = 1;

/**
 * Seconds until a bucket looks again after a request without a sampled trace. Short, because most requests may be
 * without one; not 0, because the lookup would then be a part of every request.
 */
const lookAgain = 0.01;

export class Exemplars {
  /** By bucket. */
  readonly latest: (Exemplar | undefined)[];
  /** When each bucket looks again. */
  readonly #next: number[];

  constructor(buckets: number) {
    this.latest = new Array<Exemplar | undefined>(buckets).fill(undefined);
    this.#next = new Array<number>(buckets).fill(0);
  }

  /** @param now seconds of a monotonic clock */
  offer(bucket: number, value: number, now: number, request: Traced): void {
    if (now < (this.#next[bucket] ?? 0)) return;
    const traceId = request.sampledTraceId;
    this.#next[bucket] = now + (traceId === undefined ? lookAgain : keptFor);
    if (traceId !== undefined) this.latest[bucket] = { traceId, value, at: Date.now() / 1000 };
  }

  /** Takes those that are newer, such as those of another process. */
  merge(others: readonly (Exemplar | undefined)[]): void {
    for (const [bucket, other] of others.entries()) {
      if (other !== undefined && other.at >= (this.latest[bucket]?.at ?? 0)) this.latest[bucket] = other;
    }
  }
}
