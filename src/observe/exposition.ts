/**
 * @module
 * Metrics as Prometheus reads them: the text exposition format, version 0.0.4
 * (prometheus.io/docs/instrumenting/exposition_formats).
 */
import type { Steps } from '../diagnostics/steps.ts';
import { Histogram, type Series } from './series.ts';

export const contentType = 'text/plain; version=0.0.4; charset=utf-8';

interface Metric {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly labels: readonly string[];
}

/** One metric with all its series. Ends with a line feed. */
export function* expose(
  metric: Metric,
  all: Iterable<{ readonly labels: readonly string[]; readonly series: Series }>,
): Steps<string> {
  let text = `# HELP ${metric.name} ${metric.help.replace(/\\/g, '\\\\').replace(/\n/g, '\\n')}\n`;
  text += `# TYPE ${metric.name} ${metric.type}\n`;
  for (const { labels, series } of all) {
    const pairs = metric.labels.map((name, i) => `${name}="${escaped(labels[i] ?? '')}"`);
    text += series instanceof Histogram ? buckets(metric.name, pairs, series) : line(metric.name, pairs, series.value);
    yield;
  }
  return text;
}

function buckets(name: string, pairs: readonly string[], { bounds, counts, sum }: Histogram): string {
  let text = '';
  let total = 0;
  for (const [i, count] of counts.entries()) {
    total += count;
    text += line(`${name}_bucket`, [...pairs, `le="${bounds[i] ?? '+Inf'}"`], total);
  }
  return `${text}${line(`${name}_sum`, pairs, sum)}${line(`${name}_count`, pairs, total)}`;
}

function line(name: string, pairs: readonly string[], value: number): string {
  const written = value === Number.POSITIVE_INFINITY ? '+Inf' : value;
  return `${name}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${written}\n`;
}

function escaped(value: string): string {
  return value.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n');
}
