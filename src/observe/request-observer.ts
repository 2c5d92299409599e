/**
 * @module
 * Records each request: always in the metrics, and in the log if its policy minted no token.
 *
 * `extproc/` calls this class through the interface in `extproc/observer.ts`. The shapes here fit that interface.
 */
import type { Code } from '../diagnostics/codes.ts';
import { activity } from './activity.ts';
import type { AuditLog } from './audit-log.ts';
import { describeOrigin, type Log } from './log.ts';
import type { EnvoyReuseResult, Metrics } from './metrics.ts';
import type { PolicyRun } from './policy-figures.ts';
import { Seldom } from './seldom.ts';

/** A request whose outcome is known. */
export interface RequestRecord<Outcome extends string> {
  readonly outcome: Outcome;
  readonly seconds: number;
  /** When the outcome was known, in seconds of the clock `performance.now()`. */
  readonly at: number;
  /** Why mintproc itself refused. */
  readonly code: Code | undefined;
  readonly mints: readonly PolicyRun[];
  readonly requestId: string | undefined;
  readonly traceId: string | undefined;
  /** The id of the trace if its caller samples it. */
  readonly sampledTraceId: string | undefined;
  /** Whether Envoy may keep what the request gets, if it asked. */
  readonly keeping?: EnvoyReuseResult | undefined;
}

/**
 * Maximum lines per second about requests, so that bad requests cannot fill the disk. The metrics count all of them.
 * @internal Exported for the test at the limit.
 */
export const linesPerSecond = 50;

/**
 * Milliseconds between two lines about overload: each refused request would be the same line. @internal Exported for
 * its test.
 */
export const overloadInterval = 10_000;

/**
 * Milliseconds between two lines about a filter of another configuration, which asks with each request. @internal
 * Exported for its test.
 */
export const otherFilterInterval = 600_000;

/** Outcomes that a setting of Envoy causes, and the setting. */
const unminted: Readonly<Record<string, string>> = {
  observed:
    'The ext_proc filter has `observability_mode: true`. No token is minted, and a header of the client is forwarded.',
  'response-only':
    'Envoy sent a response without its request. Either `request_header_mode` is SKIP, so that a header of the client is forwarded, or a filter before ext_proc answered.',
};

export class RequestObserver<Outcome extends string = string> {
  readonly #metrics: Metrics<Outcome>;
  readonly #log: Log;
  readonly #audit: AuditLog;
  readonly #now: () => number;
  readonly #overloads: Seldom;
  readonly #otherFilters: Seldom;
  /** Outcomes that were logged. */
  readonly #warnedOutcomes = new Set<string>();
  #second = Number.NEGATIVE_INFINITY;
  #lines = 0;
  #suppressed = 0;
  /** Policies with a logged warning. Bounded by the policies of the loaded configurations. */
  readonly #warnedPolicies = new Set<string>();

  /** @param now milliseconds of a monotonic clock */
  constructor(metrics: Metrics<Outcome>, log: Log, audit: AuditLog, now: () => number = () => performance.now()) {
    this.#metrics = metrics;
    this.#log = log;
    this.#audit = audit;
    this.#now = now;
    this.#overloads = new Seldom(overloadInterval, now);
    this.#otherFilters = new Seldom(otherFilterInterval, now);
  }

  streamOpened(): void {
    this.#metrics.streamOpened();
  }

  streamClosed(): void {
    this.#metrics.streamClosed();
  }

  finished(record: RequestRecord<Outcome>): void {
    const { outcome, seconds, at, code, mints } = record;
    this.#metrics.requestFinished(outcome, seconds, at, code, record);
    activity.request(seconds, mints);
    let index = 0;
    for (const run of mints) {
      index++;
      // A run ends when the next one begins, and the last one with the request. So each run needs one clock reading.
      this.#metrics.policyRan(run, mints[index]?.began ?? at);
      this.#metrics.policyAnswered(run.policy, outcome, seconds, at, record);
      if (run.outcome !== 'minted') this.#logFailure(run, record);
      else if (run.audit !== undefined) this.#audit.minted(run.policy, run.audit, record);
      if (run.warning !== undefined) this.#warnAboutPolicy(run.policy, run.warning);
    }
    if (record.mints.length === 0 && Object.hasOwn(unminted, outcome)) this.#warnOnce(outcome);
    if (code !== undefined) this.#logRefusal(code, record);
    if (record.keeping !== undefined) this.#envoyAsked(record.keeping);
  }

  #envoyAsked(result: EnvoyReuseResult): void {
    this.#metrics.envoyAsked(result);
    if (result !== 'other-filter') return;
    this.#otherFilters.write((left) => {
      const message = "Envoy's filter that keeps tokens was written for another configuration, so it keeps none.";
      this.#log.warn(message, { code: 'extproc.other-filter', ...left });
    });
  }

  #logRefusal(code: Code, record: RequestRecord<Outcome>): void {
    const { outcome, seconds } = record;
    if (outcome === 'overloaded') {
      this.#overloads.write((left) => {
        this.#log.warn('Requests were refused because as many are in flight as the limit allows.', { code, ...left });
      });
    } else if (this.#mayWrite()) {
      const { requestId, traceId } = record;
      const ids = { requestId, traceId };
      this.#log.warn('A request was refused.', { code, outcome, ...ids, seconds, ...this.#suppressedCount() });
    }
  }

  /** Logs the first such request only, because every request will be like it. */
  #warnOnce(outcome: string): void {
    if (this.#warnedOutcomes.has(outcome)) return;
    this.#warnedOutcomes.add(outcome);
    this.#log.warn('A setting of Envoy keeps tokens from being minted.', { outcome, reason: unminted[outcome] });
  }

  connectionRefused(): void {
    this.#metrics.connectionRefused();
    if (this.#mayWrite()) {
      const code = 'extproc.too-many-connections';
      this.#log.warn('A connection was closed because the maximum number of connections is reached.', {
        code,
        ...this.#suppressedCount(),
      });
    }
  }

  memoryFull(): void {
    this.#metrics.memoryFull();
    if (this.#mayWrite()) {
      const code = 'extproc.memory-full';
      this.#log.warn('A stream was ended because the memory limit is reached.', { code, ...this.#suppressedCount() });
    }
  }

  deadlinePassed(): void {
    this.#metrics.deadlinePassed();
  }

  /** An unexpected error. Its message may quote a value, so only its class and stack frames are logged. */
  defect({ name, stack }: { readonly name: string; readonly stack: string }): void {
    this.#metrics.defect();
    if (this.#mayWrite()) {
      this.#log.error('Unexpected error (a defect in mintproc); please report it.', {
        error: name,
        stack,
        ...this.#suppressedCount(),
      });
    }
  }

  /** Once for each policy, because every request of the same caller would repeat it. */
  #warnAboutPolicy(policy: string, code: Code): void {
    if (this.#warnedPolicies.has(policy)) return;
    this.#warnedPolicies.add(policy);
    this.#log.warn('A policy reads a number claim of the caller whose last digits may be lost.', { policy, code });
  }

  #logFailure(run: PolicyRun, record: RequestRecord<Outcome>): void {
    if (!this.#mayWrite()) return;
    const { requestId, traceId, seconds } = record;
    const { policy, outcome, code, message, origin } = run;
    const reason = { reason: message, ...(origin && describeOrigin(origin)) };
    const fields = { policy, outcome, ...reason, requestId, traceId, seconds, ...this.#suppressedCount() };
    this.#log.warn('A policy minted no token.', { ...fields, code: code as Code | undefined });
  }

  #mayWrite(): boolean {
    const second = Math.floor(this.#now() / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#lines = 0;
    }
    if (this.#lines < linesPerSecond) {
      this.#lines++;
      return true;
    }
    this.#suppressed++;
    return false;
  }

  /** The number of suppressed lines, reported once, by the next line that is written. */
  #suppressedCount(): { readonly suppressed?: number } {
    if (this.#suppressed === 0) return {};
    const suppressed = this.#suppressed;
    this.#suppressed = 0;
    return { suppressed };
  }
}
