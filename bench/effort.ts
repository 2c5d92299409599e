/**
 * @module
 * How long is measured: long enough for figures, or just enough to see that everything runs.
 */

export interface Effort {
  /** Each server is measured so often, in turns with the others. */
  readonly rounds: number;
  /** The length of a round; it ends earlier after `most` requests. */
  readonly seconds: number;
  readonly most: number;
  /**
   * Seconds of requests that are not counted, before the first round, and how many they are at least: V8 compiles by the number of calls, and
   * a server is warm after some 25,000 requests, however long they take.
   */
  readonly warmUp: number;
  readonly warmUpRequests: number;
  /** Seconds between the start of the servers and the measurement of what they hold idle. */
  readonly idle: number;
  /** Seconds of each measurement of a bare signature. */
  readonly bare: number;
}

/** Many short rounds rather than few long ones: what is compared lies closer together, and a calm moment is found sooner. */
export const whole: Effort = {
  rounds: 45,
  seconds: 0.3,
  most: Number.POSITIVE_INFINITY,
  warmUp: 8,
  warmUpRequests: 25_000,
  idle: 10,
  bare: 0.06,
};
export const quick: Effort = { rounds: 1, seconds: 2, most: 200, warmUp: 0.05, warmUpRequests: 1, idle: 0, bare: 0.01 };
