/**
 * @module
 * How late the event loop calls its timers, as `prom-client` exposes it (`nodejs_eventloop_lag_*`), from the checks of
 * `event-loop-watch.ts`. `prom-client` has a timer of its own for it, which wakes an idle process a hundred times a
 * second, and its values include the interval of that timer.
 */
import { createHistogram } from 'node:perf_hooks';
import { Gauge, type Registry } from 'prom-client';

const nanoseconds = 1e9;

export class EventLoopLag {
  readonly #histogram = createHistogram();

  /** @param seconds how late a timer was called */
  record(seconds: number): void {
    this.#histogram.record(Math.max(1, Math.round(seconds * nanoseconds)));
  }

  /** Registers the metrics. Each collection begins a new period. */
  collectIn(registry: Registry): void {
    const histogram = this.#histogram;
    const gauge = (name: string, help: string): Gauge => new Gauge({ name, help, registers: [registry] });
    const ofPeriod = periodFigures.map(([suffix, help, read]) => {
      const created = gauge(`nodejs_eventloop_lag_${suffix}_seconds`, help);
      return () => created.set(histogram.count === 0 ? 0 : read(histogram) / nanoseconds);
    });
    new Gauge({
      name: 'nodejs_eventloop_lag_seconds',
      help: 'Lag of event loop in seconds.',
      registers: [registry],
      // Called first by a collection, and sets the others.
      collect() {
        const start = performance.now();
        setImmediate(() => this.set((performance.now() - start) / 1000));
        for (const set of ofPeriod) set();
        histogram.reset();
      },
    });
  }
}

type Recorded = ReturnType<typeof createHistogram>;

const periodFigures: readonly (readonly [suffix: string, help: string, read: (recorded: Recorded) => number])[] = [
  ['min', 'The minimum recorded event loop delay.', ({ min }) => min],
  ['max', 'The maximum recorded event loop delay.', ({ max }) => max],
  ['mean', 'The mean of the recorded event loop delays.', ({ mean }) => mean],
  ['stddev', 'The standard deviation of the recorded event loop delays.', ({ stddev }) => stddev],
  ['p50', 'The 50th percentile of the recorded event loop delays.', (recorded) => recorded.percentile(50)],
  ['p90', 'The 90th percentile of the recorded event loop delays.', (recorded) => recorded.percentile(90)],
  ['p99', 'The 99th percentile of the recorded event loop delays.', (recorded) => recorded.percentile(99)],
];
