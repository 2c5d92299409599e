/**
 * @module
 * Records what the process was doing, so that `event-loop-watch.ts` can name the cause of a stall. There is one record
 * for the process, because its thread does one thing at a time.
 */

/** Work that may take longer than a request. */
export type ActivityName = 'reload' | 'scrape' | 'JWKS' | 'key switch' | 'garbage collection' | 'start of a worker';

/** The longest activity of the last interval. */
export interface Longest {
  readonly activity: ActivityName | 'request';
  /** The policy of the request; absent unless exactly one policy ran. */
  readonly policy?: string;
  readonly seconds: number;
}

type PolicyRuns = readonly { readonly policy: string }[];

class Activity {
  #name: ActivityName = 'reload';
  #seconds = 0;
  #runs: PolicyRuns = [];
  #requestSeconds = 0;

  /** Runs `work` and records its duration: only the part before the first `await`, if it has one. */
  run<T>(name: ActivityName, work: () => T): T {
    const start = performance.now();
    try {
      return work();
    } finally {
      const seconds = (performance.now() - start) / 1000;
      if (seconds > this.#seconds) {
        this.#seconds = seconds;
        this.#name = name;
      }
    }
  }

  /** Records the duration of a request. It is called for every request and costs one comparison. */
  request(seconds: number, runs: PolicyRuns): void {
    if (seconds <= this.#requestSeconds) return;
    this.#requestSeconds = seconds;
    this.#runs = runs;
  }

  /** Whether anything was recorded since the last call of `take`. */
  get isBusy(): boolean {
    return this.#seconds > 0 || this.#requestSeconds > 0;
  }

  /**
   * Returns the longest activity since the last call.
   *
   * @param minSeconds shorter activities are ignored
   */
  take(minSeconds: number): Longest | undefined {
    const seconds = this.#seconds;
    const requestSeconds = this.#requestSeconds;
    const runs = this.#runs;
    this.#seconds = 0;
    this.#requestSeconds = 0;
    this.#runs = [];
    // A request's duration may include other work that it waited for. Other work waits for nothing.
    if (seconds >= minSeconds) return { activity: this.#name, seconds };
    if (requestSeconds < minSeconds) return undefined;
    const [run] = runs;
    const policy = run === undefined || runs.length > 1 ? {} : { policy: run.policy };
    return { activity: 'request', seconds: requestSeconds, ...policy };
  }
}

export const activity = new Activity();
