/**
 * @module
 * Traces requests after their outcome is known, because a request's record has all times that its spans need. So a
 * request that is not sampled costs one look at its `traceparent`.
 *
 * A caller may ask for spans of every request. `perSecond` and the queue bound what that costs; each sampled request
 * without spans is counted.
 */
import type { Log } from '../log.ts';
import { Seldom } from '../seldom.ts';
import type { Sampler } from './sampling.ts';
import { type RequestSpans, spansOf, type TracedRequest } from './spans.ts';
import type { TraceResult } from './trace-results.ts';

/** Takes spans to export them. */
export interface SpanSink {
  /** The number of spans that are not exported yet. */
  readonly pending: number;
  take(spans: RequestSpans, request: Pick<TracedRequest, 'trace' | 'traceState'>): void;
}

export interface TracerOptions {
  readonly sampler: Sampler;
  readonly sink: SpanSink;
  readonly perSecond: number;
  readonly log: Pick<Log, 'warn'>;
  count(result: TraceResult): void;
}

/** Maximum number of spans that wait, some 2 MB. */
export const maxPending = 4096;

/** Milliseconds between two lines about requests without spans. */
const dropInterval = 60_000;

export class RequestTracer {
  readonly #options: TracerOptions;
  readonly #drops: Seldom;
  #second = Number.NEGATIVE_INFINITY;
  #traced = 0;

  /** @param now milliseconds of a monotonic clock */
  constructor(options: TracerOptions, now: () => number = () => performance.now()) {
    this.#options = options;
    this.#drops = new Seldom(dropInterval, now);
  }

  finished(request: TracedRequest): void {
    // Nothing was decided: the request was refused unread, or there was none.
    if (request.seconds === 0) return;
    const { trace } = request;
    const { sampler, sink } = this.#options;
    if (!sampler(trace)) return;
    if (!this.#isWithinLimit(request.at)) {
      this.#drop('over-limit', 'More requests are sampled than `perSecond` in `tracing` allows.');
      return;
    }
    const spans = spansOf(request);
    if (sink.pending + 1 + spans.children.length > maxPending) {
      this.#drop('queue-full', 'The receiver takes spans more slowly than they are made.');
      return;
    }
    sink.take(spans, request);
  }

  #isWithinLimit(at: number): boolean {
    const second = Math.floor(at);
    if (second !== this.#second) {
      this.#second = second;
      this.#traced = 0;
    }
    this.#traced++;
    return this.#traced <= this.#options.perSecond;
  }

  #drop(result: TraceResult, reason: string): void {
    this.#options.count(result);
    this.#drops.write((left) => this.#options.log.warn('A sampled request has no spans.', { reason, ...left }));
  }
}
