/**
 * @module
 * What each request leaves behind: numbers always, a line in the log where its policy made no token.
 *
 * The room extproc calls this through the interface that it declares; the shapes here fit that one.
 */
import type { Code } from '../diagnostics/codes.ts';
import { activity } from './activity.ts';
import type { AuditLog } from './audit-log.ts';
import { describeOrigin, type Log } from './log.ts';
import type { Metrics } from './metrics.ts';
import type { PolicyRun } from './policy-figures.ts';

/** One request, once its outcome is known. */
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
}

/** Lines a second about requests; callers who send bad requests must not fill the disk. The metrics count them all. */
export const linesPerSecond = 50;

/** Outcomes that a setting of Envoy brings about, and the setting. */
const unminted: Readonly<Record<string, string>> = {
  observed:
    'The ext_proc filter has `observability_mode: true`: nothing is minted, and a header of the client goes on.',
  'response-only':
    'Envoy showed a response without its request: `request_header_mode` is SKIP, and then a header of the client goes on; or a filter before ext_proc answered.',
};

export class RequestObserver<Outcome extends string = string> {
  readonly #metrics: Metrics<Outcome>;
  readonly #log: Log;
  readonly #audit: AuditLog;
  readonly #now: () => number;
  /** Outcomes of which the log has told. */
  readonly #told = new Set<string>();
  #second = Number.NEGATIVE_INFINITY;
  #lines = 0;
  #suppressed = 0;
  /** Policies that were warned of. There are as many as configurations have named. */
  readonly #doubted = new Set<string>();

  /** @param now milliseconds of a clock that never goes back */
  constructor(metrics: Metrics<Outcome>, log: Log, audit: AuditLog, now: () => number = () => performance.now()) {
    this.#metrics = metrics;
    this.#log = log;
    this.#audit = audit;
    this.#now = now;
  }

  streamOpened(): void {
    this.#metrics.streamOpened();
  }

  streamClosed(): void {
    this.#metrics.streamClosed();
  }

  finished(record: RequestRecord<Outcome>): void {
    const { outcome, seconds, at, code, mints } = record;
    this.#metrics.requestFinished(outcome, seconds, at, code);
    activity.request(seconds, mints);
    let index = 0;
    for (const run of mints) {
      index++;
      // A run ends where the next one begins, and the last one with the request: one look at the clock for each.
      this.#metrics.policyRan(run, mints[index]?.began ?? at);
      if (run.outcome !== 'minted') this.#noToken(run, record);
      else if (run.audit !== undefined) this.#audit.minted(run.policy, run.audit, record);
      if (run.warning !== undefined) this.#doubtful(run.policy, run.warning);
    }
    if (record.mints.length === 0 && Object.hasOwn(unminted, outcome)) this.#tellOnce(outcome);
    if (code !== undefined && this.#mayWrite()) {
      const { requestId } = record;
      this.#log.warn('A request was refused.', { code, outcome, requestId, seconds, ...this.#leftOut() });
    }
  }

  /** The first of them is worth a line: the client's own header goes on, and every request will be like it. */
  #tellOnce(outcome: string): void {
    if (this.#told.has(outcome)) return;
    this.#told.add(outcome);
    this.#log.warn('A request had no part in minting, by a setting of Envoy.', { outcome, reason: unminted[outcome] });
  }

  connectionRefused(): void {
    this.#metrics.connectionRefused();
    if (this.#mayWrite()) {
      const code = 'extproc.too-many-connections';
      this.#log.warn('A connection was closed: there are as many as there may be.', { code, ...this.#leftOut() });
    }
  }

  memoryFull(): void {
    this.#metrics.memoryFull();
    if (this.#mayWrite()) {
      const code = 'extproc.memory-full';
      this.#log.warn('A stream was ended: too much is held in memory.', { code, ...this.#leftOut() });
    }
  }

  /** An error that nobody foresaw; its message may quote a value, so only its class and places are taken. */
  defect({ name, stack }: { readonly name: string; readonly stack: string }): void {
    this.#metrics.defect();
    if (this.#mayWrite()) {
      this.#log.error('A defect in mintproc; please report it.', { error: name, stack, ...this.#leftOut() });
    }
  }

  /** Once for each policy: every request of the same callers would say the same. */
  #doubtful(policy: string, code: Code): void {
    if (this.#doubted.has(policy)) return;
    this.#doubted.add(policy);
    this.#log.warn('A policy reads a number of the caller whose last digits may be lost.', { policy, code });
  }

  #noToken(run: PolicyRun, record: RequestRecord<Outcome>): void {
    if (!this.#mayWrite()) return;
    const { requestId, seconds } = record;
    const { policy, outcome, code, message, origin } = run;
    const reason = { reason: message, ...(origin && describeOrigin(origin)) };
    const fields = { policy, outcome, ...reason, requestId, seconds, ...this.#leftOut() };
    this.#log.warn('A policy made no token.', { ...fields, code: code as Code | undefined });
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

  /** Told once, by the next line that is written. */
  #leftOut(): { readonly suppressed?: number } {
    if (this.#suppressed === 0) return {};
    const suppressed = this.#suppressed;
    this.#suppressed = 0;
    return { suppressed };
  }
}
