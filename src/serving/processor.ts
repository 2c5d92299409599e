/**
 * @module
 * Creates the external processor of a configuration, for the main process and for workers.
 */
import { randomUUID } from 'node:crypto';
import type { LoadContext } from '../configuration/load-context.ts';
import type { Snapshot } from '../configuration/snapshot.ts';
import { makeDecide } from '../decision/decide.ts';
import type { Steps } from '../diagnostics/steps.ts';
import { exchangeOutcomes } from '../extproc/observer.ts';
import { type Connections, type ProcessorServer, startServer } from '../extproc/server.ts';
import { OutsideSigners } from '../keys/outside/outside-signers.ts';
import { shownName } from '../keys/ring-state.ts';
import { endOf } from '../keys/rotation.ts';
import { type AuditLog, createAuditLog } from '../observe/audit-log.ts';
import { watchCallers } from '../observe/caller-watch.ts';
import { gapLine, type Log } from '../observe/log.ts';
import { type LogOutput, openLogOutput } from '../observe/log-output.ts';
import { Metrics } from '../observe/metrics.ts';
import { watchReads } from '../observe/missing-reads.ts';
import { RequestObserver } from '../observe/request-observer.ts';
import { startTracing } from '../observe/tracing/start-tracing.ts';
import { readTracing } from '../observe/tracing/trace-settings.ts';
import { TracingObserver } from '../observe/tracing/tracing-observer.ts';
import { InForce } from './in-force.ts';

const outcomes = Object.keys(exchangeOutcomes) as (keyof typeof exchangeOutcomes)[];

export function processorMetrics(version: string): Metrics {
  return new Metrics({ version, outcomes });
}

/** The log output on standard output. Lost lines are counted. @param worker the number of a worker process */
export function logOutput(metrics: Metrics, worker?: number): LogOutput {
  return openLogOutput({
    gapLine: (lost) => gapLine(lost, worker),
    onDropped: (lost) => metrics.linesDropped(lost),
  });
}

/** The audit, on the same output as the log. @param worker the number of a worker process */
export function auditOutput(output: LogOutput, worker?: number): AuditLog {
  return createAuditLog((line) => output.write(line, 'audit'), worker);
}

type Counted = 'callers' | 'reuseCounters' | 'wrapSign' | 'wrapEncrypt';

/** The part of a `LoadContext` that counts signatures, reuse and callers in `metrics`. */
export function countersIn(metrics: Metrics): Pick<LoadContext, Counted> {
  return {
    callers: { countersOf: (source) => metrics.identityOf(source), watch: metrics.callers },
    reuseCounters: (policy) => metrics.reuseOf(policy),
    wrapSign: (algorithm, sign, last) => metrics.timeSigning(algorithm, sign, last),
    wrapEncrypt: (algorithm, encrypt, last) => metrics.timeSigning(algorithm, encrypt, last),
  };
}

/** Brings those metrics up to date that are computed on a scrape. */
export function* updateMetrics(snapshot: Snapshot, metrics: Metrics, now: number): Steps<void> {
  yield* updateReuseMetrics(snapshot, metrics);
  yield* forgetSigners(snapshot, metrics, now);
}

/** Forgets the figures of keys that services hold and that do not sign any more. */
export function* forgetSigners({ keys, policies }: Snapshot, metrics: Metrics, now: number): Steps<void> {
  const names = new Set<string>();
  for (const policy of policies.keys()) {
    for (const key of keys.rings.get(policy) ?? []) {
      if (key.held.outside !== undefined && endOf(key) > now) names.add(shownName(key.held) ?? '');
    }
    yield;
  }
  metrics.signers.keepOnly(names);
}

/** Updates the metrics of kept tokens. They are computed on a scrape, not for each token. */
function* updateReuseMetrics({ policies }: Snapshot, metrics: Metrics): Steps<void> {
  for (const { name, reuse, kept } of policies.values()) {
    if (reuse.kind === 'off') continue;
    let entries = 0;
    let bytes = 0;
    for (const tokens of kept) {
      entries += tokens.entries;
      bytes += tokens.bytes;
    }
    metrics.reuseKept(name, entries, bytes);
    yield;
  }
}

/** The signers of a process for the keys that services hold, counted in `metrics`. */
export function signersOf(environment: NonNullable<LoadContext['environment']>, metrics: Metrics): OutsideSigners {
  return new OutsideSigners({ environment, observe: (key) => metrics.signers.figuresOf(key) });
}

export function inForceOf(first: Snapshot, now: () => number): InForce {
  return new InForce(first, (next) => makeDecide(next, { clock: now, randomId: randomUUID }));
}

/** What a process that serves knows of itself. */
export interface ProcessFacts {
  readonly version: string;
  readonly environment: NonNullable<LoadContext['environment']>;
  /** Called when the process cannot exit by itself. */
  threadIsStuck(): void;
}

export interface ProcessorParts extends ProcessFacts {
  readonly metrics: Metrics;
  readonly log: Log;
  readonly audit: AuditLog;
  readonly connections: Connections;
  /** Called with the names of keys whose service is not called, when they change. */
  signersPaused(keys: readonly string[]): void;
}

/** Milliseconds at the end for the spans that wait. An export that takes longer has failed. */
const flushTime = 5000;

/** Serves with the settings of the configuration in force. @throws ListenError */
export async function startProcessor(inForce: InForce, parts: ProcessorParts): Promise<ProcessorServer> {
  const { metrics, log, audit, connections } = parts;
  const { transport, limits, tracing: configured } = inForce.current.snapshot.settings;
  const { settings } = readTracing(configured, parts.environment);
  const tracing = settings && (await startTracing(settings, parts.version, metrics, log));
  const observer = tracing
    ? new TracingObserver(metrics, log, audit, tracing.tracer)
    : new RequestObserver(metrics, log, audit);
  const server = await startServer({
    ...connections,
    transport,
    pin: () => inForce.current.decide,
    observer,
    limits,
  });
  metrics.signers.reportTo(log, parts.signersPaused);
  const callers = watchCallers(metrics.callers, log);
  const reads = watchReads({
    current: () => inForce.current.snapshot.watchedReads,
    log,
    count: (kind) => metrics.readMissing(kind),
  });
  return {
    ...server,
    async stop(milliseconds) {
      callers.close();
      reads.close();
      const until = performance.now() + milliseconds;
      const end = await server.stop(milliseconds);
      const left = Math.max(0, until - performance.now());
      if ((await tracing?.close(Math.min(left, flushTime))) === 'cut-off') parts.threadIsStuck();
      return end;
    },
  };
}
