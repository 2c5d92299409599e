/**
 * @module
 * What mintproc counts. Series are made when a configuration loads; a request only adds to fields.
 *
 * `prom-client` contributes the figures of the process and of Node.
 */

import { type Code, codes } from '../diagnostics/codes.ts';
import { Later } from '../diagnostics/later.ts';
import type { Steps } from '../diagnostics/steps.ts';
import { CallerWatch } from './caller-watch.ts';
import { addCounts, type Counts, countsOf, sharedOnly } from './counts.ts';
import { expose } from './exposition.ts';
import { LastRequest } from './last-request.ts';
import type { Lost } from './line-writer.ts';
import { createFamilies, type Families, type MetricName, metricTable } from './metric-table.ts';
import { PolicyFigures, type PolicyRun } from './policy-figures.ts';
import { processRegistry, together } from './process-figures.ts';
import type { Counter, Gauge, Histogram } from './series.ts';
import { inSlices } from './slices.ts';
import type { WorkerTotals } from './worker-totals.ts';

export interface MetricsOptions<Outcome extends string> {
  readonly version: string;
  /** Every outcome that a request can have. */
  readonly outcomes: readonly Outcome[];
}

/** The keys of a policy; times in seconds since the epoch. */
export interface SigningFigures {
  /** Those that sign, will sign, or are published still. */
  readonly count: number;
  /** When another key begins to sign; 0 where none is waiting. */
  readonly next: number;
  /** The name of the key that signs, empty where it has none; undefined where no key signs. */
  readonly kid: string | undefined;
  /** From when on no key signs; undefined where the policy does not sign. */
  readonly end: number | undefined;
}

/** When a certificate ends, in seconds since the epoch. */
export interface CertificateEnd {
  readonly use: 'listener' | 'signing' | 'recipient';
  readonly name: string;
  readonly end: number;
}

interface RequestFigures {
  readonly count: Counter;
  readonly seconds: Histogram;
}

export class Metrics<Outcome extends string = string> {
  readonly #families = createFamilies();
  readonly #process = processRegistry();
  readonly callers = new CallerWatch();
  readonly #requests: ReadonlyMap<Outcome, RequestFigures>;
  readonly #policies = new Map<string, PolicyFigures>();
  /** The kid that stands in the series of each policy. */
  readonly #signers = new Map<string, string>();
  readonly #inFlight = this.#families.mintproc_in_flight.with();
  readonly #unmatched = this.#families.mintproc_unmatched_requests_total.with();
  readonly #connectionsRefused = this.#families.mintproc_connections_refused_total.with();
  readonly #memoryRefused = this.#families.mintproc_memory_refused_total.with();
  readonly #defects = this.#families.mintproc_defects_total.with();
  readonly #lastRequest = new LastRequest(this.#families.mintproc_last_request_timestamp_seconds.with());

  constructor({ version, outcomes }: MetricsOptions<Outcome>) {
    const families = this.#families;
    const figuresOf = (outcome: Outcome): RequestFigures => ({
      count: families.mintproc_requests_total.with(outcome),
      seconds: families.mintproc_request_seconds.with(outcome),
    });
    this.#requests = new Map(outcomes.map((outcome) => [outcome, figuresOf(outcome)]));
    for (const stream of ['log', 'audit']) families.mintproc_log_lines_dropped_total.with(stream);
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
   * A request's outcome is known.
   *
   * @param seconds what it took
   * @param at when, in seconds of the clock `performance.now()`
   */
  requestFinished(outcome: Outcome, seconds: number, at: number, code: Code | undefined): void {
    const figures = this.#requests.get(outcome);
    figures?.count.increment();
    figures?.seconds.observe(seconds);
    this.#lastRequest.at = at;
    if (outcome === 'untouched') this.#unmatched.increment();
    if (code !== undefined) this.#families.mintproc_request_errors_total.with(code).increment();
  }

  /**
   * Counts a policy run. A policy that a reload removed since the request began is counted no more.
   *
   * @param ended on the clock of `run.began`
   */
  policyRan(run: PolicyRun, ended: number): void {
    const figures = this.#policies.get(run.policy);
    if (figures === undefined) return;
    figures.ran(run, ended);
    if (run.code === undefined) return;
    // The label keeps to the closed set, whatever the record says.
    const code = Object.hasOwn(codes, run.code) ? run.code : 'unknown';
    this.#families.mintproc_mint_errors_total.with(run.policy, code).increment();
    if (run.fault !== undefined) this.#families.mintproc_faults_total.with(run.policy, run.fault).increment();
  }

  defect(): void {
    this.#defects.increment();
  }

  linesDropped({ log, audit }: Lost): void {
    this.#families.mintproc_log_lines_dropped_total.with('log').value += log;
    this.#families.mintproc_log_lines_dropped_total.with('audit').value += audit;
  }

  /** The event loop stood still for so long. */
  stalled(seconds: number): void {
    this.#families.mintproc_event_loop_stall_seconds.with().observe(seconds);
  }

  connectionRefused(): void {
    this.#connectionsRefused.increment();
  }

  memoryFull(): void {
    this.#memoryRefused.increment();
  }

  /**
   * `sign` with its time taken under the algorithm's name; made once, when a policy loads. A signature that arrives later
   * counts with its wait.
   */
  timeSigning<A extends readonly unknown[], R>(algorithm: string, sign: (...given: A) => R): (...given: A) => R {
    const seconds = this.#families.mintproc_sign_seconds.with(algorithm);
    return (...given) => {
      const start = performance.now();
      const signature = sign(...given);
      if (signature instanceof Later) observeArrival(signature, start, seconds);
      else seconds.observe((performance.now() - start) / 1000);
      return signature;
    };
  }

  /**
   * A configuration came into force.
   *
   * @param at when, in seconds since the epoch
   */
  *configurationLoaded(generation: number, policies: readonly string[], at: number): Steps<void> {
    const families = this.#families;
    families.mintproc_config_generation.with().set(generation);
    families.mintproc_config_last_success_timestamp_seconds.with().set(at);
    families.mintproc_config_reload_total.with('success').increment();
    yield* this.policiesLoaded(policies);
  }

  /** The series of these policies begin at 0, so that a first failure is a rise; those of others vanish. */
  *policiesLoaded(policies: readonly string[]): Steps<void> {
    const loaded = new Set(policies);
    for (const name of this.#policies.keys()) if (!loaded.has(name)) this.#policies.delete(name);
    for (const name of this.#signers.keys()) if (!loaded.has(name)) this.#signers.delete(name);
    // A load that was refused may have left some, too.
    for (const name of metricNames) {
      if (isOfPolicy(name)) this.#families[name].keepOnly(loaded);
      yield;
    }
    for (const name of policies) {
      this.#policies.set(name, new PolicyFigures(name, this.#families));
      yield;
    }
  }

  /** How often a policy's tokens were given out again, or made room; resolved once, when the policy loads. */
  reuseOf(policy: string): { readonly hit: Counter; readonly miss: Counter; readonly evicted: Counter } {
    const { mintproc_token_reuse_total: tokens, mintproc_reuse_evictions_total: evictions } = this.#families;
    return { hit: tokens.with(policy, 'hit'), miss: tokens.with(policy, 'miss'), evicted: evictions.with(policy) };
  }

  /** What a source of the caller's identity came to; resolved once, when a configuration loads. */
  identityOf(source: string): Readonly<Record<'found' | 'absent' | 'refused', Counter>> {
    const counter = (outcome: string): Counter => this.#families.mintproc_identities_total.with(source, outcome);
    return { found: counter('found'), absent: counter('absent'), refused: counter('refused') };
  }

  /** What a policy keeps now to give out again. */
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
    const before = this.#signers.get(policy);
    if (before === kid) return;
    // One series for each policy, however often its key is changed.
    if (before !== undefined) families.mintproc_signing_key_info.remove(policy, before);
    if (kid === undefined) this.#signers.delete(policy);
    else {
      families.mintproc_signing_key_info.with(policy, kid).set(1);
      this.#signers.set(policy, kid);
    }
  }

  /** All certificates that are in use; the series of others vanish. */
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

  /** A configuration was refused; the last good one stays in force. */
  configurationRefused(): void {
    this.#families.mintproc_config_reload_total.with('failure').increment();
  }

  /** How many workers serve. */
  workersServing(count: number): void {
    this.#families.mintproc_workers.with().set(count);
  }

  /** A worker has this many connections. */
  workerHas(worker: number, connections: number): void {
    this.#families.mintproc_worker_connections.with(String(worker)).set(connections);
  }

  workerRestarted(): void {
    this.#families.mintproc_worker_restarts_total.with().increment();
  }

  /** What was counted in this process, for the one that tells of all. */
  async counts(): Promise<Counts> {
    this.#lastRequest.refresh();
    return { families: sharedOnly(countsOf(this.#families)), process: await this.#process.getMetricsAsJSON() };
  }

  /** All metrics in the text exposition format, and what workers counted with them. */
  async text(workers?: WorkerTotals): Promise<string> {
    this.#lastRequest.refresh();
    if (workers === undefined) return `${await ownText(this.#families)}${await this.#process.metrics()}`;
    const whole = createFamilies();
    addCounts(whole, countsOf(this.#families), () => true);
    workers.addTo(whole, (policy) => this.#policies.has(policy));
    const processes = [await this.#process.getMetricsAsJSON(), ...workers.processes];
    return `${await ownText(whole)}${await together(processes).metrics()}`;
  }
}

/** Nothing is counted where an error arrives, just as where one is thrown. */
function observeArrival(signature: Later<unknown>, start: number, seconds: Histogram): void {
  signature.listen(
    () => seconds.observe((performance.now() - start) / 1000),
    () => undefined,
  );
}

const metricNames = Object.keys(metricTable) as MetricName[];

function isOfPolicy(name: MetricName): boolean {
  return (metricTable[name].labels as readonly string[])[0] === 'policy';
}

/** Thousands of policies have some megabytes of text. */
function ownText(families: Families): Promise<string> {
  return inSlices(textOf(families), 'scrape');
}

function* textOf(families: Families): Steps<string> {
  let text = '';
  for (const name of metricNames) text += yield* expose({ name, ...metricTable[name] }, families[name].all);
  return text;
}
