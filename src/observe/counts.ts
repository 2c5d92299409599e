/**
 * @module
 * What a process has counted, as plain data, and how the counts of several become those of the whole.
 */
import { type Families, type MetricName, metricTable } from './metric-table.ts';
import type { ProcessFigures } from './process-figures.ts';
import { Histogram, type Series } from './series.ts';

interface SeriesCount {
  /** In the order of the metric's label names. */
  readonly labels: readonly string[];
  readonly value: number | { readonly counts: readonly number[]; readonly sum: number };
}

/** By metric. */
export type FamilyCounts = { readonly [N in MetricName]?: readonly SeriesCount[] };

export interface Counts {
  readonly families: FamilyCounts;
  readonly process: ProcessFigures;
}

const names = Object.keys(metricTable) as MetricName[];

/** The metrics to which each worker adds its part. */
const shared = names.filter((name) => !('primaryOnly' in metricTable[name]));

/** Of those, the ones that only rise, and so must not fall when a worker ends. */
const cumulative = shared.filter((name) => metricTable[name].type !== 'gauge' || isLargest(name));

function isLargest(name: MetricName): boolean {
  return 'largestOfWorkers' in metricTable[name];
}

export function countsOf(families: Families): FamilyCounts {
  return Object.fromEntries(names.map((name) => [name, Array.from(families[name].all, seriesCount)]));
}

/** What a worker tells the primary. */
export function sharedOnly(counts: FamilyCounts): FamilyCounts {
  return only(shared, counts);
}

/** What stays of the counts of a process that ended. */
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
 * Adds `counts` to the series of `families`, and makes those that are not there.
 *
 * @param admits whether a policy's series are wanted: a process may still count for one that a reload removed
 */
export function addCounts(families: Families, counts: FamilyCounts, admits: (policy: string) => boolean): void {
  for (const name of names) {
    const isOfPolicy = (metricTable[name].labels as readonly string[])[0] === 'policy';
    for (const { labels, value } of counts[name] ?? []) {
      if (isOfPolicy && !admits(labels[0] ?? '')) continue;
      const series = families[name].with(...labels);
      if (isLargest(name)) raise(series, value);
      else add(series, value);
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
