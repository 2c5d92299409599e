/**
 * @module
 * The metrics of the process and of Node, which `prom-client` collects, and how those of several processes are merged.
 */
import { AggregatorRegistry, type MetricValue, Registry } from 'prom-client';
import heapSizeAndUsed from 'prom-client/lib/metrics/heapSizeAndUsed.js';
import heapSpacesSizeAndUsed from 'prom-client/lib/metrics/heapSpacesSizeAndUsed.js';
import osMemoryHeap from 'prom-client/lib/metrics/osMemoryHeap.js';
import processCpuTotal from 'prom-client/lib/metrics/processCpuTotal.js';
import processHandles from 'prom-client/lib/metrics/processHandles.js';
import processMaxFileDescriptors from 'prom-client/lib/metrics/processMaxFileDescriptors.js';
import processOpenFileDescriptors from 'prom-client/lib/metrics/processOpenFileDescriptors.js';
import processRequests from 'prom-client/lib/metrics/processRequests.js';
import processResources from 'prom-client/lib/metrics/processResources.js';
import processStartTime from 'prom-client/lib/metrics/processStartTime.js';
import version from 'prom-client/lib/metrics/version.js';
import type { Steps } from '../diagnostics/steps.ts';
import type { EventLoopLag } from './event-loop-lag.ts';
import { expose, type Format } from './exposition.ts';

/**
 * The collectors of `collectDefaultMetrics`, without three. `nodejs_gc_duration_seconds`: V8 collects young objects
 * some hundred times a second under load, and observing that costs every request 0.6 µs. A collection that delays a
 * request shows in the event loop's lag. `nodejs_eventloop_utilization_*`: its timer wakes an idle process ten times a
 * second, and quantiles of several workers cannot be added. `mintproc_event_loop_stall_seconds` shows stalls instead.
 * `nodejs_eventloop_lag_*`: they come from `event-loop-lag.ts`.
 */
const collectors = [
  processCpuTotal,
  processStartTime,
  osMemoryHeap,
  processOpenFileDescriptors,
  processMaxFileDescriptors,
  processResources,
  processHandles,
  processRequests,
  heapSizeAndUsed,
  heapSpacesSizeAndUsed,
  version,
];

/** Gauges of `prom-client` that end in `_total`, which Prometheus keeps for counters (`promtool check metrics`). */
const misnamed = ['nodejs_active_handles_total', 'nodejs_active_requests_total', 'nodejs_active_resources_total'];

/** Plain data. */
export type ProcessFigures = Awaited<ReturnType<Registry['getMetricsAsJSON']>>;

export function processRegistry(lag: EventLoopLag): Registry {
  const registry = new Registry();
  for (const collect of collectors) collect(registry);
  lag.collectIn(registry);
  for (const name of misnamed) registry.removeSingleMetric(name);
  return registry;
}

/**
 * Merges the metrics of several processes. Metrics that are not listed in `aggregators` are summed. The primary comes
 * first.
 */
export async function mergedFigures(all: readonly ProcessFigures[]): Promise<ProcessFigures> {
  const [first = []] = all;
  if (all.length <= 1) return first;
  return AggregatorRegistry.aggregate(all.map((figures) => figures.map(withAggregator))).getMetricsAsJSON();
}

/** One metric of the process. None of them is a histogram. */
export function exposeFigure({ name, help, type, values }: ProcessFigures[number], format: Format): Steps<string> {
  const labels = Object.keys(values[0]?.labels ?? {});
  const all = values.map((each) => ({
    labels: labels.map((label) => String(each.labels[label] ?? '')),
    series: { value: each.value },
  }));
  return expose({ name, help, type: String(typeName(type)), labels }, all, format);
}

/** The metrics that are kept when a process ends: those that only increase. */
export function countersOf(figures: ProcessFigures): ProcessFigures {
  return figures.filter(({ type }) => typeName(type) === 'counter');
}

/** Adds `figures`, all of them counters, to those of processes that ended before. */
export function sumCounters(before: ProcessFigures, figures: ProcessFigures): ProcessFigures {
  const sums = new Map<string, ProcessFigures[number]>();
  for (const figure of [...before, ...figures]) {
    const values = new Map<string, MetricValue<string>>();
    for (const value of [...(sums.get(figure.name)?.values ?? []), ...figure.values]) {
      const key = JSON.stringify(Object.entries(value.labels));
      values.set(key, { ...value, value: (values.get(key)?.value ?? 0) + value.value });
    }
    sums.set(figure.name, { ...figure, values: [...values.values()] });
  }
  return [...sums.values()];
}

/** `prom-client` declares an enum here, but its data has the names. */
function typeName(type: unknown): unknown {
  return type;
}

/** For the lag of the event loop, the slowest process counts: its requests have to wait. */
const aggregators: readonly (readonly [name: RegExp, aggregator: 'first' | 'min' | 'max'])[] = [
  [/^process_start_time_seconds$|^nodejs_version_info$/, 'first'],
  [/^nodejs_eventloop_lag_min_seconds$/, 'min'],
  [/^nodejs_eventloop_lag_/, 'max'],
];

function withAggregator(figure: ProcessFigures[number]): ProcessFigures[number] {
  const row = aggregators.find(([name]) => name.test(figure.name));
  if (row === undefined) return figure;
  // A process that has just started has no measurement yet.
  return { ...figure, aggregator: row[1], values: figure.values.filter(({ value }) => !Number.isNaN(value)) };
}
