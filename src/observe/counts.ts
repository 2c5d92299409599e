/**
 * @module
 * The counts of a process as plain data, and how the counts of several processes are merged.
 */
import { type Families, type MetricName, metricTable } from './metric-table.ts';
import type { ProcessFigures } from './process-figures.ts';
import { Histogram, type Series } from './series.ts';

interface SeriesCount {
  /** In the order of the metric's label names. */
  readonly labels: readonly string[];
  readonly value: number | { readonly counts: readonly number[]; readonly sum: number };
}

/** The series of each metric. */
export type FamilyCounts = { readonly [N in MetricName]?: readonly SeriesCount[] };

export interface Counts {
  readonly families: FamilyCounts;
  readonly process: ProcessFigures;
}

const names = Object.keys(metricTable) as MetricName[];

/** The metrics that every worker contributes to. */
const shared = names.filter((name) => !('primaryOnly' in metricTable[name]));

/** The shared metrics that only increase, and so must not decrease when a worker ends. */
const cumulative = shared.filter((name) => metricTable[name].type !== 'gauge' || isLargest(name));

function isLargest(name: MetricName): boolean {
  return 'largestOfWorkers' in metricTable[name];
}

/** Whether the series of a metric belong to a policy, which their first label names. */
export function isOfPolicy(name: MetricName): boolean {
  return (metricTable[name].labels as readonly string[])[0] === 'policy';
}

export function countsOf(families: Families): FamilyCounts {
  return Object.fromEntries(names.map((name) => [name, Array.from(families[name].all, seriesCount)]));
}

/** The counts that a worker sends to the primary. */
export function sharedOnly(counts: FamilyCounts): FamilyCounts {
  return only(shared, counts);
}

/** The counts that are kept when a process ends. */
export function cumulativeOnly(counts: FamilyCounts): FamilyCounts {
  return only(cumulative, counts);
}

function only(wanted: readonly MetricName[], counts: FamilyCounts): FamilyCounts {
  return Object.fromEntries(wanted.map((name) => [name, counts[name] ?? []]));
}

function seriesCount({ labels, series }: { readonly labels: readonly string[]; readonly series: Series }): SeriesCount {
  return { labels, value: series instanceof Histogram ? { counts: series.counts, sum: series.sum } : series.value };
}

/**
 * Adds `counts` to the series of `families`. Missing series are created.
 *
 * @param admits whether to include a policy's series; a process may still count for a policy that a reload removed
 */
export function addCounts(families: Families, counts: FamilyCounts, admits: (policy: string) => boolean): void {
  for (const name of names) {
    const merge = isLargest(name) ? raise : add;
    for (const { labels, value } of counts[name] ?? []) {
      if (isOfPolicy(name) && !admits(labels[0] ?? '')) continue;
      merge(families[name].with(...labels), value);
    }
  }
}

function raise(series: Series, value: SeriesCount['value']): void {
  if (typeof value === 'number' && !(series instanceof Histogram)) series.value = Math.max(series.value, value);
}

function add(series: Series, value: SeriesCount['value']): void {
  if (typeof value === 'number') {
    if (!(series instanceof Histogram)) series.value += value;
  } else if (series instanceof Histogram) {
    for (const [bucket, count] of value.counts.entries()) series.counts[bucket] = (series.counts[bucket] ?? 0) + count;
    series.sum += value.sum;
  }
}
