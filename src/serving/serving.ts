/**
 * @module
 * The interface of what answers Envoy: this process, or its worker processes. The rest of the program (reloading, the
 * admin address, the JWKS) is the same for both and uses only this interface.
 */
import type { ChildProcess } from 'node:child_process';
import type { ListenerTls } from '../configuration/listener-tls.ts';
import type { Candidate } from '../configuration/reload/reload.ts';
import type { AuditLog } from '../observe/audit-log.ts';
import type { Format } from '../observe/exposition.ts';
import type { Log } from '../observe/log.ts';
import type { Metrics } from '../observe/metrics.ts';
import type { Readiness } from '../observe/readiness.ts';
import type { ProcessFacts } from './processor.ts';

export interface Serving {
  /** The addresses for Envoy, with actual ports. */
  readonly addresses: readonly string[];
  /**
   * Prepares a configuration in every process, without putting it in force.
   *
   * @throws WorkerLost if another attempt may succeed, WorkerRefused; the previous configuration stays in force
   *   everywhere
   */
  prepare(next: Candidate): Promise<Prepared>;
  /** Uses this TLS pair for new connections, if serving started with one. Open connections are not affected. */
  useTls(pair: ListenerTls): Promise<void>;
  /** All metrics. */
  metricsText(format: Format): Promise<string>;
  /** Makes the gRPC health service report NOT_SERVING. Requests are still served. */
  notServing(): void;
  /**
   * Accepts no new request and waits for requests in flight.
   *
   * @param milliseconds the drain time; requests that are not finished then are cut off
   */
  stop(milliseconds: number): Promise<'drained' | 'cut-off'>;
}

export interface Prepared {
  /** Puts the configuration in force for all new requests. */
  commit(): Promise<void>;
}

export interface ServingOptions extends ProcessFacts {
  readonly first: Candidate;
  /** The TLS pair of `listen`; undefined for plain connections. */
  readonly tls: ListenerTls | undefined;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly audit: AuditLog;
  readonly readiness: Readiness;
  /** Milliseconds since the epoch. */
  now(): number;
  /** Starts this program as a worker with this number. */
  startWorker(number: number): ChildProcess;
}
