/**
 * @module
 * OpenMetrics beside the text format: which of them a client gets, what differs, and that the reference parser takes it.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { finish } from '../../src/diagnostics/steps.ts';
import { startAdmin } from '../../src/observe/admin.ts';
import { expose, formatFor, openMetrics, textFormat } from '../../src/observe/exposition.ts';
import { createLog } from '../../src/observe/log.ts';
import { Metrics } from '../../src/observe/metrics.ts';
import { Readiness } from '../../src/observe/readiness.ts';
import { Counter, Family, Histogram } from '../../src/observe/series.ts';
import { WorkerTotals } from '../../src/observe/worker-totals.ts';
import { runJson } from '../e2e/harness/python-tools.ts';

const prometheus2 =
  'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1';
const prometheus3 =
  'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2';

const accepted: readonly [name: string, accept: string | undefined, isOpenMetrics: boolean][] = [
  ['nothing', undefined, false],
  ['an empty value', '', false],
  ['anything', '*/*', false],
  ['Prometheus 2', prometheus2, true],
  ['Prometheus 3', prometheus3, true],
  ['Prometheus before OpenMetrics 1.0.0', 'application/openmetrics-text; version=0.0.1,text/plain;q=0.5', false],
  ['OpenMetrics without a version', 'application/openmetrics-text', true],
  ['OpenMetrics in capitals, with a quoted version', 'APPLICATION/OpenMetrics-Text; Version="1.0.0"', true],
  ['OpenMetrics with a lower preference', 'application/openmetrics-text;q=0.4,text/plain;q=0.5', false],
  ['OpenMetrics with a lower preference than anything', 'application/openmetrics-text;q=0.4,*/*;q=0.5', false],
  ['OpenMetrics refused', 'application/openmetrics-text;q=0,*/*;q=0.5', false],
  ['OpenMetrics with an invalid quality', 'application/openmetrics-text;q=2', false],
  ['both, without a preference', 'text/plain,application/openmetrics-text', false],
  ['a browser', 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', false],
  ['any application type', 'application/*', false],
];

for (const [name, accept, isOpenMetrics] of accepted) {
  test(`who accepts ${name} gets ${isOpenMetrics ? 'OpenMetrics' : 'text'}`, () => {
    assert.equal(formatFor(accept), isOpenMetrics ? openMetrics : textFormat);
  });
}

test('a counter in OpenMetrics has a family without `_total`, and its help escapes quotes', () => {
  const family = new Family(() => new Counter());
  family.with('a"b').increment();
  const metric = { name: 'c_total', help: 'A "word".', type: 'counter', labels: ['l'] };
  assert.equal(
    finish(expose(metric, family.all, openMetrics)),
    '# HELP c A \\"word\\".\n# TYPE c counter\nc_total{l="a\\"b"} 1\n',
  );
});

const traceId = '0af7651916cd43dd8448eb211c80319c';

function observed(...values: readonly (readonly [value: number, now: number, traceId: string | undefined])[]) {
  const family = new Family(() => new Histogram([0.00001, 0.25, 5], true));
  const series = family.with();
  for (const [value, now, sampledTraceId] of values) {
    series.exemplars?.offer(series.observe(value), value, now, { sampledTraceId });
  }
  return family;
}

const metric = { name: 'h', help: 'H.', type: 'histogram', labels: [] };

test('a histogram in OpenMetrics has canonical bounds and an exemplar in each bucket that has one', () => {
  const family = observed([0, 1, undefined], [2, 1, traceId], [9.5, 1, undefined]);
  const [, , ...lines] = finish(expose(metric, family.all, openMetrics)).split('\n');
  assert.deepEqual(
    lines.map((line) => line.replace(/ \d{10}\.\d{3}$/, ' NOW')),
    [
      'h_bucket{le="1e-05"} 1',
      'h_bucket{le="0.25"} 1',
      `h_bucket{le="5.0"} 2 # {trace_id="${traceId}"} 2 NOW`,
      'h_bucket{le="+Inf"} 3',
      'h_sum 11.5',
      'h_count 3',
      '',
    ],
  );
  assert.doesNotMatch(finish(expose(metric, family.all)), /trace_id|5\.0/);
});

test('a bucket takes an exemplar each second, and looks for one at most a hundred times a second', () => {
  let lookups = 0;
  const series = new Histogram([1], true);
  const ask = (now: number, sampledTraceId: string | undefined): void =>
    series.exemplars?.offer(0, 0.5, now, {
      get sampledTraceId() {
        lookups++;
        return sampledTraceId;
      },
    });
  for (let i = 0; i < 1000; i++) ask(5 + i / 1000, undefined);
  assert.ok(lookups >= 90 && lookups <= 100, String(lookups));
  ask(7, 'a'.repeat(32));
  lookups = 0;
  for (let i = 1; i < 1000; i++) ask(7 + i / 1000, 'b'.repeat(32));
  assert.equal(lookups, 0);
  assert.equal(series.exemplars?.latest[0]?.traceId, 'a'.repeat(32));
  ask(8.1, 'b'.repeat(32));
  assert.equal(series.exemplars?.latest[0]?.traceId, 'b'.repeat(32));
});

type Outcome = 'forwarded' | 'refused';

async function busy(id: string, isByPolicy = true): Promise<Metrics<Outcome>> {
  const metrics = new Metrics<Outcome>({ version: '1', outcomes: ['forwarded', 'refused'] });
  finish(metrics.configurationLoaded(1, ['a', 'b'], 1_700_000_000, isByPolicy));
  const traced = { sampledTraceId: id };
  metrics.requestFinished('forwarded', 0.002, 5, undefined, traced);
  metrics.policyRan({ policy: 'a', outcome: 'minted', began: 4.999, bytes: 900 }, 5);
  metrics.policyAnswered('a', 'forwarded', 0.002, 5, traced);
  metrics.requestFinished('refused', 0.02, 5, 'extproc.internal');
  metrics.policyAnswered('b', 'refused', 0.02, 5, { sampledTraceId: undefined });
  metrics.policyAnswered('gone', 'refused', 0.02, 5, traced);
  metrics.signingKeys('a', { count: 1, next: 0, kid: 'k"1', end: Number.POSITIVE_INFINITY });
  metrics.reuseOf('a').lifetime.observe(250);
  metrics.keysAsked('jwks', 'envoy', 'sent');
  return metrics;
}

test('the duration by policy and outcome is there only if it was asked for', async () => {
  const series = async (metrics: Metrics<Outcome>): Promise<string[]> =>
    Array.from((await metrics.text()).matchAll(/^mintproc_policy_request_seconds_count(\S+) 1$/gm), ([, l = '']) => l);
  const metrics = await busy(traceId);
  assert.deepEqual(await series(metrics), ['{policy="a",outcome="forwarded"}', '{policy="b",outcome="refused"}']);
  assert.deepEqual(await series(await busy(traceId, false)), []);
  finish(metrics.configurationLoaded(2, ['b'], 1_700_000_001, true));
  assert.deepEqual(await series(metrics), ['{policy="b",outcome="refused"}']);
  finish(metrics.configurationLoaded(3, ['b'], 1_700_000_002));
  assert.deepEqual(await series(metrics), []);
});

interface Parsed {
  readonly families: Readonly<Record<string, string>>;
  readonly exemplars: readonly (readonly [sample: string, le: string, labels: Record<string, string>, value: number])[];
}

/** What the parser of Prometheus' own Python client makes of texts; undefined for those that it refuses. */
async function parsed(texts: readonly string[]): Promise<readonly (Parsed | undefined)[]> {
  const script = `
from prometheus_client.openmetrics.parser import text_string_to_metric_families
def read(text):
    families, exemplars = {}, []
    for family in text_string_to_metric_families(text):
        families[family.name] = family.type
        for sample in family.samples:
            if sample.exemplar is not None:
                exemplars.append([sample.name, sample.labels['le'], sample.exemplar.labels, sample.exemplar.value])
    return {'families': families, 'exemplars': exemplars}
results = []
for text in given:
    try:
        results.append(read(text))
    except ValueError:
        results.append(None)
print(json.dumps(results))`;
  const results = await runJson(script, texts, ['prometheus-client==0.26.0']);
  return (results as (Parsed | null)[]).map((result) => result ?? undefined);
}

test('the parser of the Python client takes it, with the newest exemplar of all workers', async () => {
  const totals = new WorkerTotals();
  const primary = await busy('c'.repeat(32), false);
  for (const [number, digit] of ['a', 'b', 'd'].entries()) {
    await new Promise((resolve) => setTimeout(resolve, 2));
    totals.heard(number + 1, structuredClone(await (await busy(digit.repeat(32))).counts()));
  }
  const one = await primary.text({ format: openMetrics });
  const all = await primary.text({ format: openMetrics, workers: totals });
  const results = await parsed([one, all, one.replace('# EOF\n', ''), one.replace(/trace_id="\w+"/, 'trace_id=1')]);
  const types = results[0]?.families;
  assert.equal(types?.['mintproc_requests'], 'counter');
  assert.equal(types?.['mintproc_request_seconds'], 'histogram');
  assert.equal(types?.['process_cpu_seconds'], 'counter');
  const exemplar = (name: string, digit: string) => [`${name}_bucket`, '0.0025', { trace_id: digit.repeat(32) }, 0.002];
  assert.deepEqual(results[0]?.exemplars, [exemplar('mintproc_request_seconds', 'c')]);
  assert.deepEqual(results[1]?.exemplars, [
    exemplar('mintproc_request_seconds', 'd'),
    exemplar('mintproc_policy_request_seconds', 'd'),
  ]);
  assert.deepEqual(results.slice(2), [undefined, undefined]);
});

test('the admin address answers each client in its format, also at the same time', async () => {
  const metrics = await busy(traceId);
  const log = createLog('silent', () => {});
  const admin = await startAdmin({
    address: { host: '127.0.0.1', port: 0 },
    metrics,
    readiness: new Readiness(),
    log,
  });
  const scrape = async (accept: string) => {
    const response = await fetch(`http://${admin.address}/metrics`, { headers: { accept } });
    return [response.headers.get('content-type'), (await response.text()).endsWith('# EOF\n')];
  };
  const answers = await Promise.all([prometheus2, 'text/plain', prometheus3, '*/*'].map(scrape));
  await admin.close();
  const [open, text] = [
    [openMetrics.contentType, true],
    [textFormat.contentType, false],
  ];
  assert.deepEqual(answers, [open, text, open, text]);
});
