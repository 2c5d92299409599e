/**
 * @module
 * The metrics of mintproc. Series are created when a configuration loads; a request only increments fields.
 *
 * `prom-client` contributes the metrics of the process and of Node.
 */

import { type Code, codes } from '../diagnostics/codes.ts';
import { Later, waitsForNothing } from '../diagnostics/later.ts';
import type { Steps } from '../diagnostics/steps.ts';
import { CallerWatch } from './caller-watch.ts';
import { addCounts, type Counts, countsOf, isOfPolicy, sharedOnly } from './counts.ts';
import { EventLoopLag } from './event-loop-lag.ts';
import type { Traced } from './exemplars.ts';
import { expose, type Format, textFormat } from './exposition.ts';
import type { Lost } from './line-writer.ts';
import { listenerNames } from './listener-report.ts';
import { createFamilies, type Families, type MetricName, metricTable } from './metric-table.ts';
import type { ReadKind } from './missing-reads.ts';
import { PolicyFigures, type PolicyRun } from './policy-figures.ts';
import { exposeFigure, mergedFigures, type ProcessFigures, processRegistry } from './process-figures.ts';
import type { ReadinessReport } from './readiness.ts';
import type { Counter, Gauge, Histogram } from './series.ts';
import { SignerWatch } from './signer-watch.ts';
import { inSlices } from './slices.ts';
import { TokenFileFigures } from './token-file-figures.ts';
import { type TraceResult, traceResults } from './tracing/trace-results.ts';
import type { WorkerTotals } from './worker-totals.ts';

export interface MetricsOptions<Outcome extends string> {
  readonly version: string;
  /** Every outcome that a request can have. */
  readonly outcomes: readonly Outcome[];
}

/** The keys of a policy. Times are seconds since the epoch. */
export interface SigningFigures {
  /** Keys that sign, will sign, or are still published. */
  readonly count: number;
  /** When the next key begins to sign; 0 without a next key. */
  readonly next: number;
  /** The name of the key that signs, empty for a key without a name; undefined if no key signs. */
  readonly kid: string | undefined;
  /** When the last key stops signing; undefined if the policy does not sign. */
  readonly end: number | undefined;
}

/** When a certificate expires, in seconds since the epoch. */
export interface CertificateEnd {
  readonly use: 'listener' | 'signing' | 'recipient';
  readonly name: string;
  readonly end: number;
}

/**
 * When Envoy sent the last request. A request stores a clock reading that it already has; the time of day is computed
 * when the metrics are read.
 */
class LastRequest {
  readonly #timestamp: Gauge;
  /** In seconds of the clock `performance.now()`; 0 before the first request. */
  at = 0;
  #reported = 0;

  /** @param timestamp in seconds since the epoch */
  constructor(timestamp: Gauge) {
    this.#timestamp = timestamp;
  }

  /** Updates the timestamp. Without a new request it keeps its exact value. */
  refresh(): void {
    if (this.at === this.#reported) return;
    this.#reported = this.at;
    // The clock of `performance` drifts from the time of day, so the difference is measured each time.
    const age = performance.now() / 1000 - this.at;
    this.#timestamp.set(Math.round(Date.now() - age * 1000) / 1000);
  }
}

interface RequestFigures {
  readonly count: Counter;
  readonly seconds: Histogram;
}

/** What became of a request whose filter in Envoy asked whether it may keep the token. */
const envoyReuseResults = [
  'permitted',
  'other-filter',
  'policy',
  'removal',
  'variables',
  'warning',
  'late',
  'caller',
  'time',
] as const;

export type EnvoyReuseResult = (typeof envoyReuseResults)[number];

interface ReuseFigures {
  readonly hit: Counter;
  readonly miss: Counter;
  readonly evicted: Counter;
  /** How long a reused token is still valid. */
  readonly lifetime: { observe(seconds: number): void };
}

export class Metrics<Outcome extends string = string> {
  readonly #families = createFamilies();
  readonly #lag = new EventLoopLag();
  readonly #process = processRegistry(this.#lag);
  readonly callers = new CallerWatch();
  readonly signers = new SignerWatch(this.#families);
  readonly tokenFiles = new TokenFileFigures(this.#families);
  readonly #requests: ReadonlyMap<Outcome, RequestFigures>;
  readonly #policies = new Map<string, PolicyFigures>();
  /** The kid in the series of each policy. */
  readonly #signingKeys = new Map<string, string>();
  /** Whether the duration of requests is recorded by policy. */
  #isByPolicy = false;
  readonly #inFlight = this.#families.mintproc_in_flight.with();
  readonly #unmatched = this.#families.mintproc_unmatched_requests_total.with();
  readonly #connectionsRefused = this.#families.mintproc_connections_refused_total.with();
  readonly #clientsRefused = this.#families.mintproc_clients_refused_total.with();
  readonly #deadlinesPassed = this.#families.mintproc_deadlines_passed_total.with();
  readonly #memoryRefused = this.#families.mintproc_memory_refused_total.with();
  readonly #defects = this.#families.mintproc_defects_total.with();
  /** Undefined until the first filter asks. */
  #envoyReuse: ReadonlyMap<EnvoyReuseResult, Counter> | undefined;
  readonly #lastRequest = new LastRequest(this.#families.mintproc_last_request_timestamp_seconds.with());

  constructor({ version, outcomes }: MetricsOptions<Outcome>) {
    const families = this.#families;
    const figuresOf = (outcome: Outcome): RequestFigures => ({
      count: families.mintproc_requests_total.with(outcome),
      seconds: families.mintproc_request_seconds.with(outcome),
    });
    this.#requests = new Map(outcomes.map((outcome) => [outcome, figuresOf(outcome)]));
    for (const kind of ['attribute', 'namespace']) families.mintproc_missing_reads_total.with(kind);
    for (const stream of ['log', 'audit']) families.mintproc_log_lines_dropped_total.with(stream);
    for (const listener of listenerNames) families.mintproc_listener_lost.with(listener);
    for (const reason of leftOutReasons) families.mintproc_jwks_keys_left_out.with(reason);
    for (const result of ['success', 'failure']) families.mintproc_config_reload_total.with(result);
    families.mintproc_build_info.with(version, process.versions.node).set(1);
  }

  streamOpened(): void {
    this.#inFlight.value++;
  }

  streamClosed(): void {
    this.#inFlight.value--;
  }

  /**
   * Counts a request by its outcome.
   *
   * @param seconds its duration
   * @param at when its outcome was known, in seconds of the clock `performance.now()`
   * @param request asked for its trace if an exemplar is wanted
   */
  requestFinished(outcome: Outcome, seconds: number, at: number, code: Code | undefined, request = untraced): void {
    const figures = this.#requests.get(outcome);
    if (figures !== undefined) {
      figures.count.increment();
      observeTraced(figures.seconds, seconds, at, request);
    }
    this.#lastRequest.at = at;
    if (outcome === 'untouched') this.#unmatched.increment();
    if (code !== undefined) this.#families.mintproc_request_errors_total.with(code).increment();
  }

  /**
   * Counts a policy run, unless a reload removed the policy since the request began.
   *
   * @param ended on the clock of `run.began`
   */
  policyRan(run: PolicyRun, ended: number): void {
    const figures = this.#policies.get(run.policy);
    if (figures === undefined) return;
    figures.ran(run, ended);
    if (run.code === undefined) return;
    // The label takes values of the closed set only.
    const code = Object.hasOwn(codes, run.code) ? run.code : 'unknown';
    this.#families.mintproc_mint_errors_total.with(run.policy, code).increment();
    if (run.fault !== undefined) this.#families.mintproc_faults_total.with(run.policy, run.fault).increment();
  }

  /** Records the duration of a request for a policy that ran. Does nothing unless the configuration asks for it. */
  policyAnswered(policy: string, outcome: Outcome, seconds: number, at: number, request: Traced): void {
    if (!this.#isByPolicy) return;
    const histogram = this.#policies.get(policy)?.requestSeconds(outcome);
    if (histogram !== undefined) observeTraced(histogram, seconds, at, request);
  }

  /** Records a request for the public keys. */
  keysAsked(document: string, client: string, result: 'sent' | 'unchanged'): void {
    this.#families.mintproc_jwks_requests_total.with(document, client, result).increment();
    this.#families.mintproc_jwks_last_request_timestamp_seconds.with().set(Date.now() / 1000);
  }

  /** Counts a request whose filter in Envoy asked whether it may keep the token. */
  envoyAsked(result: EnvoyReuseResult): void {
    const family = this.#families.mintproc_envoy_reuse_total;
    this.#envoyReuse ??= new Map(envoyReuseResults.map((each) => [each, family.with(each)]));
    this.#envoyReuse.get(result)?.increment();
  }

  defect(): void {
    this.#defects.increment();
  }

  linesDropped({ log, audit }: Lost): void {
    this.#families.mintproc_log_lines_dropped_total.with('log').value += log;
    this.#families.mintproc_log_lines_dropped_total.with('audit').value += audit;
  }

  /** @param kind of what the configuration reads and no request of a minute had */
  readMissing(kind: ReadKind): void {
    this.#families.mintproc_missing_reads_total.with(kind).increment();
  }

  /** Records how late the event loop called a timer. */
  late(seconds: number): void {
    this.#lag.record(seconds);
  }

  /** Records a stall of the event loop. */
  stalled(seconds: number): void {
    this.#families.mintproc_event_loop_stall_seconds.with().observe(seconds);
  }

  connectionRefused(): void {
    this.#connectionsRefused.increment();
  }

  clientRefused(): void {
    this.#clientsRefused.increment();
  }

  deadlinePassed(): void {
    this.#deadlinesPassed.increment();
  }

  memoryFull(): void {
    this.#memoryRefused.increment();
  }

  /**
   * Wraps `sign` so that its duration is recorded under the algorithm's name. Called once, when a policy loads. For a
   * signature that arrives later, the duration includes the wait.
   *
   * @param last gets the begin and the end of each signature, in seconds of `performance.now()`; of one that arrives
   *   later, only the begin
   */
  timeSigning<A extends readonly unknown[], R>(
    algorithm: string,
    sign: (...given: A) => R,
    last: { began: number; ended: number },
  ): (...given: A) => R {
    const seconds = this.#families.mintproc_sign_seconds.with(algorithm);
    return (...given) => {
      const start = performance.now() / 1000;
      last.began = start;
      const signature = sign(...given);
      if (signature instanceof Later) observeArrival(signature, start, seconds);
      else {
        last.ended = performance.now() / 1000;
        seconds.observe(last.ended - start);
      }
      return signature;
    };
  }

  /**
   * Records that a configuration came into force.
   *
   * @param at seconds since the epoch
   * @param isByPolicy as for `policiesLoaded`
   */
  *configurationLoaded(generation: number, policies: readonly string[], at: number, isByPolicy = false): Steps<void> {
    const families = this.#families;
    families.mintproc_config_generation.with().set(generation);
    families.mintproc_config_last_success_timestamp_seconds.with().set(at);
    families.mintproc_config_reload_total.with('success').increment();
    yield* this.policiesLoaded(policies, isByPolicy);
  }

  /**
   * Creates the series of these policies at 0, so that a first failure is an increase. Removes those of other policies.
   *
   * @param isByPolicy whether the duration of requests is recorded by policy (`metrics.byPolicy`)
   */
  *policiesLoaded(policies: readonly string[], isByPolicy = false): Steps<void> {
    this.#isByPolicy = isByPolicy;
    if (!isByPolicy) this.#families.mintproc_policy_request_seconds.keepOnly(new Set());
    const loaded = new Set(policies);
    for (const name of this.#policies.keys()) if (!loaded.has(name)) this.#policies.delete(name);
    for (const name of this.#signingKeys.keys()) if (!loaded.has(name)) this.#signingKeys.delete(name);
    // A refused load may have created series as well.
    for (const name of metricNames) {
      if (isOfPolicy(name)) this.#families[name].keepOnly(loaded);
      yield;
    }
    for (const name of policies) {
      this.#policies.set(name, new PolicyFigures(name, this.#families));
      yield;
    }
  }

  /** The reuse counters of a policy. Looked up once, when the policy loads. */
  reuseOf(policy: string): ReuseFigures {
    const families = this.#families;
    const { mintproc_token_reuse_total: tokens, mintproc_reuse_evictions_total: evictions } = families;
    let lifetimes: Histogram | undefined;
    return {
      hit: tokens.with(policy, 'hit'),
      miss: tokens.with(policy, 'miss'),
      evicted: evictions.with(policy),
      lifetime: {
        observe(seconds) {
          lifetimes ??= families.mintproc_reused_lifetime_seconds.with(policy);
          lifetimes.observe(seconds);
        },
      },
    };
  }

  /** The counters of a source of the caller's identity. Looked up once, when a configuration loads. */
  identityOf(source: string): Readonly<Record<'found' | 'absent' | 'refused', Counter>> {
    const counter = (outcome: string): Counter => this.#families.mintproc_identities_total.with(source, outcome);
    return { found: counter('found'), absent: counter('absent'), refused: counter('refused') };
  }

  /** Sets the number and size of the tokens that a policy keeps for reuse. */
  reuseKept(policy: string, entries: number, bytes: number): void {
    this.#families.mintproc_reuse_entries.with(policy).set(entries);
    this.#families.mintproc_reuse_bytes.with(policy).set(bytes);
  }

  signingKeys(policy: string, { count, next, kid, end }: SigningFigures): void {
    const families = this.#families;
    families.mintproc_signing_keys.with(policy).set(count);
    families.mintproc_signing_key_switch_timestamp_seconds.with(policy).set(next);
    if (end === undefined) families.mintproc_signing_key_end_timestamp_seconds.remove(policy);
    else families.mintproc_signing_key_end_timestamp_seconds.with(policy).set(end);
    const before = this.#signingKeys.get(policy);
    if (before === kid) return;
    // One series for each policy: the series of the previous key is removed.
    if (before !== undefined) families.mintproc_signing_key_info.remove(policy, before);
    if (kid === undefined) this.#signingKeys.delete(policy);
    else {
      families.mintproc_signing_key_info.with(policy, kid).set(1);
      this.#signingKeys.set(policy, kid);
    }
  }

  /** Sets the series of all certificates in use. Removes the other series. */
  *certificateEnds(ends: readonly CertificateEnd[]): Steps<void> {
    const family = this.#families.mintproc_certificate_end_timestamp_seconds;
    const kept = new Set<Gauge>();
    for (const { use, name, end } of ends) {
      const series = family.with(use, name);
      series.set(end);
      kept.add(series);
      yield;
    }
    for (const { labels, series } of family.all) if (!kept.has(series)) family.remove(...labels);
  }

  /** Records that a configuration was refused; the last good one stays in force. */
  configurationRefused(): void {
    this.#families.mintproc_config_reload_total.with('failure').increment();
  }

  /** Sets the number of warnings of the configuration in force, by their codes: one element for each warning. */
  configurationWarned(warnings: readonly Code[]): void {
    const family = this.#families.mintproc_config_warnings;
    for (const { series } of family.all) series.set(0);
    for (const code of warnings) family.with(code).value++;
  }

  /** Records what `/readyz` reports in addition to its status. */
  troubles({ filesTrouble, notListening = {} }: Pick<ReadinessReport, 'filesTrouble' | 'notListening'>): void {
    this.#families.mintproc_files_trouble.with().set(filesTrouble === undefined ? 0 : 1);
    const lost = this.#families.mintproc_listener_lost;
    for (const name of listenerNames) lost.with(name).set(notListening[name] === undefined ? 0 : 1);
  }

  /** @param leftOut keys that are not published or not remembered, because of their names or for want of a place */
  jwksState(isInOrder: boolean, leftOut: { readonly clash: number; readonly full: number }): void {
    this.#families.mintproc_jwks_state_trouble.with().set(isInOrder ? 0 : 1);
    for (const reason of leftOutReasons) this.#families.mintproc_jwks_keys_left_out.with(reason).set(leftOut[reason]);
  }

  /** Creates the series of traced requests: requests are traced. */
  tracing(): void {
    for (const result of traceResults) this.#families.mintproc_traced_requests_total.with(result);
  }

  /** Counts sampled requests by what became of their spans. */
  traced(result: TraceResult, requests = 1): void {
    this.#families.mintproc_traced_requests_total.with(result).value += requests;
  }

  clockJumped(): void {
    this.#families.mintproc_clock_jumps_total.with().increment();
  }

  /** Records whether this process should get requests. */
  ready(isReady: boolean): void {
    this.#families.mintproc_ready.with().set(isReady ? 1 : 0);
  }

  /** Records whether the latest TLS pair of `listen` can be used. */
  tlsPairUsable(isUsable: boolean): void {
    this.#families.mintproc_tls_pair_usable.with('listen').set(isUsable ? 1 : 0);
  }

  /** Sets the number of workers that serve, and of those that do not answer. */
  workersServing(count: number, silent: number): void {
    this.#families.mintproc_workers.with().set(count);
    this.#families.mintproc_workers_silent.with().set(silent);
  }

  /** Sets the number of connections of a worker. */
  workerHas(worker: number, connections: number): void {
    this.#families.mintproc_worker_connections.with(String(worker)).set(connections);
  }

  workerRestarted(): void {
    this.#families.mintproc_worker_restarts_total.with().increment();
  }

  /** The counts of this process, for the primary to merge. */
  async counts(): Promise<Counts> {
    this.#lastRequest.refresh();
    const families = sharedOnly(await inSlices(countsOf(this.#families), 'scrape'));
    return { families, process: await this.#process.getMetricsAsJSON() };
  }

  /** All metrics in a format, with the counts of the workers added. */
  async text({ format = textFormat, workers }: { format?: Format; workers?: WorkerTotals } = {}): Promise<string> {
    this.#lastRequest.refresh();
    const own = workers === undefined ? this.#families : await inSlices(this.#withWorkers(workers), 'scrape');
    const figures = [await this.#process.getMetricsAsJSON(), ...(workers?.processes ?? [])];
    return inSlices(textOf(own, await mergedFigures(figures), format), 'scrape');
  }

  *#withWorkers(workers: WorkerTotals): Steps<Families> {
    const whole = createFamilies();
    yield* addCounts(whole, yield* countsOf(this.#families), () => true);
    yield* workers.addTo(whole, (policy) => this.#policies.has(policy));
    return whole;
  }
}

const untraced: Traced = { sampledTraceId: undefined };

function observeTraced(histogram: Histogram, seconds: number, at: number, request: Traced): void {
  const bucket = histogram.observe(seconds);
  histogram.exemplars?.offer(bucket, seconds, at, request);
}

/** Records the duration when the signature arrives. An error is not recorded, just as a thrown one is not. */
function observeArrival(signature: Later<unknown>, start: number, seconds: Histogram): void {
  signature.listen(
    () => seconds.observe(performance.now() / 1000 - start),
    () => undefined,
    waitsForNothing,
  );
}

const leftOutReasons = ['clash', 'full'] as const;

const metricNames = Object.keys(metricTable) as MetricName[];

/** In steps, because thousands of policies make some megabytes of text. */
function* textOf(families: Families, figures: ProcessFigures, format: Format): Steps<string> {
  let text = '';
  for (const name of metricNames) text += yield* expose({ name, ...metricTable[name] }, families[name].all, format);
  for (const figure of figures) text += yield* exposeFigure(figure, format);
  return text + format.end;
}
