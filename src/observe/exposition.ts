/**
 * @module
 * Metrics as Prometheus reads them, in one of two formats: the text exposition format, version 0.0.4
 * (prometheus.io/docs/instrumenting/exposition_formats), and OpenMetrics 1.0.0, which also has exemplars
 * (prometheus.io/docs/specs/om/open_metrics_spec). The client chooses by its header `accept`.
 */
import type { Steps } from '../diagnostics/steps.ts';
import type { Exemplar } from './exemplars.ts';
import { Histogram } from './series.ts';

/** A metric in one of the formats. */
export interface Format {
  readonly contentType: string;
  /** The name of a metric's family. */
  family(name: string, type: string): string;
  help(text: string): string;
  /** The label `le` of a bucket. */
  bound(value: number): string;
  readonly hasExemplars: boolean;
  /** What follows the last metric. */
  readonly end: string;
}

export const textFormat: Format = {
  contentType: 'text/plain; version=0.0.4; charset=utf-8',
  family: (name) => name,
  help: (text) => text.replace(/\\/g, '\\\\').replace(/\n/g, '\\n'),
  bound: String,
  hasExemplars: false,
  end: '',
};

/** @internal Exported for tests. */
export const openMetrics: Format = {
  contentType: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
  family: (name, type) => (type === 'counter' ? name.replace(/_total$/, '') : name),
  help: escaped,
  bound: canonical,
  hasExemplars: true,
  end: '# EOF\n',
};

/** The order is that of preference, for a client without one. */
const offers: readonly (readonly [type: string, subtype: string, version: string, format: Format])[] = [
  ['text', 'plain', '0.0.4', textFormat],
  ['application', 'openmetrics-text', '1.0.0', openMetrics],
];

/**
 * The format that a client prefers (RFC 9110 section 12.5.1). A client that names neither format gets text, as before
 * there were two.
 */
export function formatFor(accept: string | undefined): Format {
  let best = textFormat;
  let bestQuality = 0;
  const ranges = (accept ?? '').toLowerCase().split(',').map(readRange);
  for (const [type, subtype, version, format] of offers) {
    const named = ranges.filter((range) => range.name === `${type}/${subtype}`);
    const fitting = named.filter((range) => range.version === undefined || range.version === version);
    const qualities = fitting.map(({ quality }) => quality);
    const wildcard = ranges.find(({ name }) => name === `${type}/*`) ?? ranges.find(({ name }) => name === '*/*');
    // A wildcard is not a wish for a format that a client may not know.
    if (named.length === 0 && format === textFormat && wildcard !== undefined) qualities.push(wildcard.quality);
    const quality = Math.max(0, ...qualities);
    if (quality <= bestQuality) continue;
    best = format;
    bestQuality = quality;
  }
  return best;
}

interface Range {
  readonly name: string;
  readonly version: string | undefined;
  /** From 0 to 1. */
  readonly quality: number;
}

function readRange(text: string): Range {
  const [name = '', ...parameters] = text.split(';').map((part) => part.trim());
  const value = (key: string): string | undefined =>
    parameters.find((parameter) => parameter.startsWith(`${key}=`))?.slice(key.length + 1);
  const quality = /^(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/.exec(value('q') ?? '1')?.[0];
  return { name, version: value('version')?.replace(/^"(.*)"$/, '$1'), quality: Number(quality ?? 0) };
}

interface Metric {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly labels: readonly string[];
}

interface OneSeries {
  /** In the order of the metric's labels. */
  readonly labels: readonly string[];
  readonly series: Histogram | { readonly value: number };
}

/** One metric with all its series. Ends with a line feed. */
export function* expose(metric: Metric, all: Iterable<OneSeries>, format = textFormat): Steps<string> {
  const family = format.family(metric.name, metric.type);
  let text = `# HELP ${family} ${format.help(metric.help)}\n# TYPE ${family} ${metric.type}\n`;
  for (const { labels, series } of all) {
    const pairs = metric.labels.map((name, i) => `${name}="${escaped(labels[i] ?? '')}"`).join(',');
    text +=
      series instanceof Histogram
        ? buckets(metric.name, pairs, series, format)
        : line(metric.name, pairs, series.value);
    yield;
  }
  return text;
}

function buckets(name: string, pairs: string, histogram: Histogram, format: Format): string {
  const { bounds, counts, sum } = histogram;
  const exemplars = format.hasExemplars ? histogram.exemplars?.latest : undefined;
  let text = '';
  let total = 0;
  for (const [i, count] of counts.entries()) {
    total += count;
    const bound = bounds[i];
    const le = `le="${bound === undefined ? '+Inf' : format.bound(bound)}"`;
    text += line(`${name}_bucket`, pairs === '' ? le : `${pairs},${le}`, total, exemplars?.[i]);
  }
  return `${text}${line(`${name}_sum`, pairs, sum)}${line(`${name}_count`, pairs, total)}`;
}

function line(name: string, pairs: string, value: number, exemplar?: Exemplar): string {
  const written = value === Number.POSITIVE_INFINITY ? '+Inf' : value;
  return `${name}${pairs === '' ? '' : `{${pairs}}`} ${written}${exemplar === undefined ? '' : exemplified(exemplar)}\n`;
}

/** OpenMetrics, section "Exemplars". The id of a trace has 32 digits, well below the limit of 128 characters. */
function exemplified({ traceId, value, at }: Exemplar): string {
  return ` # {trace_id="${escaped(traceId)}"} ${value} ${at.toFixed(3)}`;
}

function escaped(value: string): string {
  return value.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n');
}

/**
 * A number as Go writes it (`%g`), and with `.0` if it is whole (OpenMetrics, section "Canonical Numbers"). Prometheus
 * 3 writes the label `le` like this, whatever the format.
 */
function canonical(value: number): string {
  const magnitude = Math.abs(value);
  if (magnitude > 0 && (magnitude < 1e-4 || magnitude >= 1e21)) {
    return value.toExponential().replace(/e([+-])(\d)$/, 'e$10$2');
  }
  return Number.isInteger(value) ? `${value}.0` : String(value);
}
