/**
 * @module
 * What answers Envoy: this process alone, or workers of its own. The rest of the program (reloading, the admin address,
 * the JWKS) is the same for both and knows this interface only.
 */
import type { ChildProcess } from 'node:child_process';
import type { ListenerTls } from '../configuration/listener-tls.ts';
import type { Candidate } from '../configuration/reload/reload.ts';
import type { AuditLog } from '../observe/audit-log.ts';
import type { Log } from '../observe/log.ts';
import type { Metrics } from '../observe/metrics.ts';
import type { Readiness } from '../observe/readiness.ts';

export interface Serving {
  /** Where Envoy reaches it, with real port numbers. */
  readonly addresses: readonly string[];
  /**
   * Makes a configuration ready in every process, and puts it in force in none.
   *
   * @throws WorkerLost where another attempt may succeed, WorkerRefused; what was in force stays so everywhere
   */
  prepare(next: Candidate): Promise<Prepared>;
  /** Gives this pair to each connection that comes from now on, where it began with one; those that are there go on. */
  useTls(pair: ListenerTls): Promise<void>;
  /** Everything that was counted, in Prometheus' text format. */
  metricsText(): Promise<string>;
  /** From now on the gRPC health service says that no request should come here; those that come are served. */
  notServing(): void;
  /**
   * Takes no new request and lets those in flight finish.
   *
   * @param milliseconds how long they may take; what is left then is cut off
   */
  stop(milliseconds: number): Promise<'drained' | 'cut-off'>;
}

export interface Prepared {
  /** Puts it in force for every request that begins from now on. */
  commit(): Promise<void>;
}

export interface ServingOptions {
  readonly first: Candidate;
  /** Of `listen`; undefined where connections are plain. */
  readonly tls: ListenerTls | undefined;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly audit: AuditLog;
  readonly readiness: Readiness;
  /** Milliseconds since the epoch. */
  now(): number;
  /** Starts this program again, as a worker of this number. */
  startWorker(number: number): ChildProcess;
}
