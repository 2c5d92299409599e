/**
 * @module
 * What this process was doing, for whoever finds that it did nothing else meanwhile (`event-loop-watch.ts`). One note for
 * the whole process: its thread does one thing at a time.
 */

/** What may take longer than a request does. */
export type ActivityName = 'reload' | 'scrape' | 'JWKS' | 'key switch' | 'garbage collection' | 'start of a worker';

/** What took longest of late. */
export interface Longest {
  readonly activity: ActivityName | 'request';
  /** Whose request it was; absent where several policies, or none, had a part in it. */
  readonly policy?: string;
  readonly seconds: number;
}

type PolicyRuns = readonly { readonly policy: string }[];

class Activity {
  #name: ActivityName = 'reload';
  #seconds = 0;
  #runs: PolicyRuns = [];
  #requestSeconds = 0;

  /** Does `work`, and notes how long it took: what comes before the first `await`, where it has one. */
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

  /** A request took so long. Every request is told of here: it costs one comparison. */
  request(seconds: number, runs: PolicyRuns): void {
    if (seconds <= this.#requestSeconds) return;
    this.#requestSeconds = seconds;
    this.#runs = runs;
  }

  /**
   * What took longest since this was last asked.
   *
   * @param least seconds; what took less is no answer
   */
  take(least: number): Longest | undefined {
    const seconds = this.#seconds;
    const requestSeconds = this.#requestSeconds;
    const runs = this.#runs;
    this.#seconds = 0;
    this.#requestSeconds = 0;
    this.#runs = [];
    // A request may have waited for what else was done; what else was done waited for nothing.
    if (seconds >= least) return { activity: this.#name, seconds };
    if (requestSeconds < least) return undefined;
    const [run] = runs;
    const policy = run === undefined || runs.length > 1 ? {} : { policy: run.policy };
    return { activity: 'request', seconds: requestSeconds, ...policy };
  }
}

export const activity = new Activity();
