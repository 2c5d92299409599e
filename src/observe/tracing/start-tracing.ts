/**
 * @module
 * Starts tracing in a process that serves. The SDK is loaded here, and only here.
 */
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import { Seldom } from '../seldom.ts';
import type { ExportFailure } from './otlp.ts';
import { maxPending, RequestTracer } from './request-tracer.ts';
import { samplerOf } from './sampling.ts';
import type { TraceSettings } from './trace-settings.ts';

export interface Tracing {
  readonly tracer: RequestTracer;
  /**
   * Exports what waits.
   *
   * @param milliseconds after this time, what was not exported is counted as failed
   * @returns `cut-off` if the process may need some seconds to exit
   */
  close(milliseconds: number): Promise<'flushed' | 'cut-off'>;
}

/** Milliseconds between two lines about the same trouble. */
const troubleInterval = 60_000;

export async function startTracing(
  { url, sampling, perSecond }: TraceSettings,
  version: string,
  metrics: Metrics,
  log: Log,
): Promise<Tracing> {
  const { openOtlp, ratioSampler } = await import('./otlp.ts');
  const report = new ExportReport(log);
  metrics.tracing();
  const sink = openOtlp({
    url,
    version,
    maxPending,
    onExported(requests) {
      metrics.traced('exported', requests);
      report.exported();
    },
    onFailed(requests, failure) {
      metrics.traced('failed', requests);
      report.failed(failure);
    },
    onTrouble: (reason) => report.trouble(reason),
  });
  const sampler = samplerOf(sampling, ratioSampler(sampling.ratio), Math.random);
  const count: Metrics['traced'] = (result) => metrics.traced(result);
  return {
    tracer: new RequestTracer({ sampler, sink, perSecond, log, count }),
    close: (milliseconds) => sink.close(milliseconds),
  };
}

/** Reports failed exports and other trouble seldom, and the first export that succeeds again. */
class ExportReport {
  readonly #log: Log;
  /** By reason, of which there are few. A receiver may cause one with each of its answers. */
  readonly #troubles = new Map<string, Seldom>();
  readonly #seldom = new Seldom(troubleInterval, () => performance.now());
  #hasFailed = false;

  constructor(log: Log) {
    this.#log = log;
  }

  failed({ reason, systemCode }: ExportFailure): void {
    this.#hasFailed = true;
    this.#seldom.write((left) => this.#log.warn('Spans could not be exported.', { reason, systemCode, ...left }));
  }

  trouble(reason: string): void {
    const seldom = this.#troubles.get(reason) ?? new Seldom(troubleInterval, () => performance.now());
    this.#troubles.set(reason, seldom);
    seldom.write((left) => this.#log.warn('Something of tracing is not as it was meant.', { reason, ...left }));
  }

  exported(): void {
    if (this.#hasFailed) this.#log.info('Spans are exported again.');
    this.#hasFailed = false;
  }
}
