/**
 * @module
 * The counts of a process as plain data, and how the counts of several processes are merged.
 */
import type { Steps } from '../diagnostics/steps.ts';
import type { Exemplar } from './exemplars.ts';
import { type Families, type MetricName, metricTable } from './metric-table.ts';
import type { ProcessFigures } from './process-figures.ts';
import { Histogram, type Series } from './series.ts';

interface HistogramCounts {
  readonly counts: readonly number[];
  readonly sum: number;
  readonly exemplars: readonly (Exemplar | undefined)[] | undefined;
}

interface SeriesCount {
  /** In the order of the metric's label names. */
  readonly labels: readonly string[];
  readonly value: number | HistogramCounts;
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

/** All series; those that appear while this runs may be left out. */
export function* countsOf(families: Families): Steps<FamilyCounts> {
  const counts: { [N in MetricName]?: SeriesCount[] } = {};
  for (const name of names) {
    const all: SeriesCount[] = [];
    for (const series of families[name].all) {
      all.push(seriesCount(series));
      yield;
    }
    counts[name] = all;
  }
  return counts;
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
  if (!(series instanceof Histogram)) return { labels, value: series.value };
  const { counts, sum, exemplars } = series;
  return { labels, value: { counts, sum, exemplars: exemplars?.latest } };
}

/**
 * Adds `counts` to the series of `families`. Missing series are created.
 *
 * @param admits whether to include a policy's series; a process may still count for a policy that a reload removed
 */
export function* addCounts(families: Families, counts: FamilyCounts, admits: (policy: string) => boolean): Steps<void> {
  for (const name of names) {
    const merge = isLargest(name) ? raise : add;
    for (const { labels, value } of counts[name] ?? []) {
      if (isOfPolicy(name) && !admits(labels[0] ?? '')) continue;
      merge(families[name].with(...labels), value);
      yield;
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
    series.exemplars?.merge(value.exemplars ?? []);
  }
}
