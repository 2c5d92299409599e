/**
 * @module
 * How much is measured: enough for meaningful figures, or just enough to see that everything runs.
 */

export interface Effort {
  /** Number of rounds of each server. The servers take turns. */
  readonly rounds: number;
  /** Length of a round. It ends earlier after `maxRequests` requests. */
  readonly seconds: number;
  readonly maxRequests: number;
  /**
   * Seconds of warm-up before the first round, and its minimum number of requests. V8 compiles by the number of calls:
   * a server is warm after some 25,000 requests, however long they take.
   */
  readonly warmUp: number;
  readonly warmUpRequests: number;
  /** Seconds between the start of the servers and the measurement of their idle memory. */
  readonly idle: number;
  /** Seconds of each measurement of a bare signature. */
  readonly bare: number;
}

/**
 * Many short rounds instead of few long ones: compared rounds are closer in time, and undisturbed rounds are more
 * likely.
 */
export const full: Effort = {
  rounds: 45,
  seconds: 0.3,
  maxRequests: Number.POSITIVE_INFINITY,
  warmUp: 8,
  warmUpRequests: 25_000,
  idle: 10,
  bare: 0.06,
};
export const quick: Effort = {
  rounds: 1,
  seconds: 2,
  maxRequests: 200,
  warmUp: 0.05,
  warmUpRequests: 1,
  idle: 0,
  bare: 0.01,
};
