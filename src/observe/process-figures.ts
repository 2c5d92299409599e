/**
 * @module
 * The figures of the process and of Node, which `prom-client` collects, and how those of several processes become one.
 */
import { AggregatorRegistry, type MetricValue, Registry } from 'prom-client';
import eventLoopLag from 'prom-client/lib/metrics/eventLoopLag.js';
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

/**
 * What `collectDefaultMetrics` collects, without two collectors. `nodejs_gc_duration_seconds`: V8 collects young objects
 * some hundred times a second under load, and an observer of them costs every request 0.6 µs. A collection that a request
 * waits for shows in the event loop's lag. `nodejs_eventloop_utilization_*`: a timer wakes an idle process ten times a
 * second, and the quantiles of several workers cannot be added; `mintproc_event_loop_stall_seconds` has the stalls.
 */
const collectors = [
  processCpuTotal,
  processStartTime,
  osMemoryHeap,
  processOpenFileDescriptors,
  processMaxFileDescriptors,
  eventLoopLag,
  processResources,
  processHandles,
  processRequests,
  heapSizeAndUsed,
  heapSpacesSizeAndUsed,
  version,
];

/** Milliseconds; the default of `prom-client`. */
const eventLoopMonitoringPrecision = 10;

/** Gauges of `prom-client` that end in `_total`, which Prometheus keeps for counters (`promtool check metrics`). */
const misnamed = ['nodejs_active_handles_total', 'nodejs_active_requests_total', 'nodejs_active_resources_total'];

/** Plain data. */
export type ProcessFigures = Awaited<ReturnType<Registry['getMetricsAsJSON']>>;

export function processRegistry(): Registry {
  const registry = new Registry();
  for (const collect of collectors) collect(registry, { eventLoopMonitoringPrecision });
  for (const name of misnamed) registry.removeSingleMetric(name);
  return registry;
}

/** Figures of several processes as one registry; what is none of the below is added up. The first is the primary's. */
export function together(all: readonly ProcessFigures[]): Registry {
  return AggregatorRegistry.aggregate(all.map((figures) => figures.map(withAggregator)));
}

/** What stays of a process that ended: what only rises. */
export function countersOf(figures: ProcessFigures): ProcessFigures {
  return figures.filter(({ type }) => typeName(type) === 'counter');
}

/** `figures`, all of which only rise, added to those of processes that ended before. */
export function added(before: ProcessFigures, figures: ProcessFigures): ProcessFigures {
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

/** The declarations of `prom-client` have an enum here, and its data the names. */
function typeName(type: unknown): unknown {
  return type;
}

/** A late loop is late for those whose requests it serves, however well the others do. */
const aggregators: readonly (readonly [name: RegExp, aggregator: 'first' | 'min' | 'max'])[] = [
  [/^process_start_time_seconds$|^nodejs_version_info$/, 'first'],
  [/^nodejs_eventloop_lag_min_seconds$/, 'min'],
  [/^nodejs_eventloop_lag_/, 'max'],
];

function withAggregator(figure: ProcessFigures[number]): ProcessFigures[number] {
  const row = aggregators.find(([name]) => name.test(figure.name));
  if (row === undefined) return figure;
  // A loop that has just begun has not been measured yet.
  return { ...figure, aggregator: row[1], values: figure.values.filter(({ value }) => !Number.isNaN(value)) };
}
