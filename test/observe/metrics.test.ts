import assert from 'node:assert/strict';
import { test } from 'node:test';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { finish } from '../../src/diagnostics/steps.ts';
import { metricTable } from '../../src/observe/metric-table.ts';
import { Metrics } from '../../src/observe/metrics.ts';
import { processRegistry } from '../../src/observe/process-figures.ts';

function makeMetrics(): Metrics<'forwarded' | 'untouched' | 'refused'> {
  return new Metrics({ version: '1.2.3', outcomes: ['forwarded', 'untouched', 'refused'] });
}

/** The sample lines of mintproc's own metrics, without the buckets. */
async function samples(metrics: Metrics<never> | ReturnType<typeof makeMetrics>): Promise<string[]> {
  const lines = (await metrics.text()).split('\n');
  return lines.filter((line) => line.startsWith('mintproc_') && !line.includes('_bucket'));
}

async function value(metrics: ReturnType<typeof makeMetrics>, series: string): Promise<number | undefined> {
  const line = (await samples(metrics)).find((sample) => sample.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.slice(series.length + 1));
}

test('what stands there before the first request', async () => {
  assert.deepEqual(await samples(makeMetrics()), [
    'mintproc_requests_total{outcome="forwarded"} 0',
    'mintproc_requests_total{outcome="untouched"} 0',
    'mintproc_requests_total{outcome="refused"} 0',
    'mintproc_request_seconds_sum 0',
    'mintproc_request_seconds_count 0',
    'mintproc_unmatched_requests_total 0',
    'mintproc_in_flight 0',
    'mintproc_connections_refused_total 0',
    'mintproc_memory_refused_total 0',
    'mintproc_defects_total 0',
    'mintproc_log_lines_dropped_total 0',
    'mintproc_event_loop_stall_seconds_sum 0',
    'mintproc_event_loop_stall_seconds_count 0',
    'mintproc_config_generation 0',
    'mintproc_config_reload_total{result="success"} 0',
    'mintproc_config_reload_total{result="failure"} 0',
    'mintproc_config_last_success_timestamp_seconds 0',
    'mintproc_workers 0',
    'mintproc_worker_restarts_total 0',
    `mintproc_build_info{version="1.2.3",node="${process.versions.node}"} 1`,
  ]);
});

test('every metric of the table is exposed with its help and type', async () => {
  const text = await makeMetrics().text();
  for (const [name, { help, type }] of Object.entries(metricTable)) {
    assert.ok(text.includes(`# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`), name);
  }
});

test('the figures of the process and of Node are there too', async () => {
  const text = await makeMetrics().text();
  assert.match(text, /^process_cpu_seconds_total \d/m);
  assert.match(text, /^nodejs_eventloop_lag_p99_seconds \d/m);
  assert.doesNotMatch(text, /^# TYPE \S+_total gauge$/m);
  assert.ok(text.endsWith('\n'));
});

test('the figures of the process are those that prom-client collects by itself, without those that cost requests time', async () => {
  const all = new Registry();
  collectDefaultMetrics({ register: all });
  const own = processRegistry();
  const left = all.getMetricsAsArray().filter(({ name }) => own.getSingleMetric(name) === undefined);
  assert.deepEqual(left.map(({ name }) => name).sort(), [
    'nodejs_active_handles_total',
    'nodejs_active_requests_total',
    'nodejs_active_resources_total',
    'nodejs_eventloop_utilization_histogram',
    'nodejs_eventloop_utilization_summary',
    'nodejs_gc_duration_seconds',
  ]);
});

test('a request', async () => {
  const metrics = makeMetrics();
  metrics.streamOpened();
  metrics.streamOpened();
  metrics.streamClosed();
  metrics.requestFinished('forwarded', 0.00002, undefined);
  metrics.requestFinished('untouched', 0.00001, undefined);
  metrics.requestFinished('refused', 0.5, 'extproc.internal');
  assert.equal(await value(metrics, 'mintproc_in_flight'), 1);
  assert.equal(await value(metrics, 'mintproc_requests_total{outcome="forwarded"}'), 1);
  assert.equal(await value(metrics, 'mintproc_requests_total{outcome="untouched"}'), 1);
  assert.equal(await value(metrics, 'mintproc_unmatched_requests_total'), 1);
  assert.equal(await value(metrics, 'mintproc_request_errors_total{code="extproc.internal"}'), 1);
  assert.equal(await value(metrics, 'mintproc_request_seconds_count'), 3);
  assert.match(await metrics.text(), /^mintproc_request_seconds_bucket\{le="0.00001"\} 1\n.*le="0.000025"\} 2$/m);
});

test('policies: series from the start, and gone with the policy', async () => {
  const metrics = makeMetrics();
  finish(metrics.configurationLoaded(1, ['a', 'b'], 1_700_000_000.5));
  metrics.policyRan({ policy: 'a', outcome: 'minted' });
  metrics.policyRan({
    policy: 'b',
    outcome: 'refused',
    code: 'mint.signing-failed',
    message: 'The key could not sign.',
    fault: 'SigningFailed',
  });
  assert.equal(await value(metrics, 'mintproc_faults_total{policy="b",fault="SigningFailed"}'), 1);
  assert.equal(await value(metrics, 'mintproc_mints_total{policy="a",outcome="minted"}'), 1);
  assert.equal(await value(metrics, 'mintproc_mints_total{policy="a",outcome="refused"}'), 0);
  assert.equal(await value(metrics, 'mintproc_mints_total{policy="a",outcome="passed"}'), 0);
  assert.equal(await value(metrics, 'mintproc_mints_total{policy="b",outcome="refused"}'), 1);
  assert.equal(await value(metrics, 'mintproc_mint_errors_total{policy="b",code="mint.signing-failed"}'), 1);

  finish(metrics.configurationLoaded(2, ['a', 'c'], 1_700_000_001));
  metrics.policyRan({ policy: 'b', outcome: 'refused', code: 'mint.signing-failed' });
  const seen = await samples(metrics);
  assert.equal(seen.filter((line) => line.includes('policy="b"')).length, 0);
  assert.equal(await value(metrics, 'mintproc_mints_total{policy="a",outcome="minted"}'), 1);
  assert.equal(await value(metrics, 'mintproc_mints_total{policy="c",outcome="passed"}'), 0);
});

test('keys and certificates: one series for what is in use', async () => {
  const metrics = makeMetrics();
  finish(metrics.configurationLoaded(1, ['a'], 0));
  const figures = { count: 2, next: 0, end: Number.POSITIVE_INFINITY };
  metrics.signingKeys('a', { ...figures, kid: 'k"1' });
  metrics.signingKeys('a', { ...figures, kid: '' });
  const names = [
    { use: 'signing', name: 'a', end: 5 },
    { use: 'listener', name: 'certificate', end: 6 },
  ] as const;
  finish(metrics.certificateEnds(names));
  finish(metrics.certificateEnds(names.slice(1)));
  const told = (await samples(metrics)).filter((line) => /signing_key_|certificate/.test(line));
  assert.deepEqual(told, [
    'mintproc_signing_key_switch_timestamp_seconds{policy="a"} 0',
    'mintproc_signing_key_info{policy="a",kid=""} 1',
    'mintproc_signing_key_end_timestamp_seconds{policy="a"} +Inf',
    'mintproc_certificate_end_timestamp_seconds{use="listener",name="certificate"} 6',
  ]);
  metrics.signingKeys('a', { ...figures, kid: undefined, end: undefined });
  assert.equal((await samples(metrics)).filter((line) => /signing_key_(info|end)/.test(line)).length, 0);
});

test('a code that is not of the closed set becomes no label', async () => {
  const metrics = makeMetrics();
  finish(metrics.configurationLoaded(1, ['a'], 0));
  metrics.policyRan({ policy: 'a', outcome: 'refused', code: 'toString' });
  assert.equal(await value(metrics, 'mintproc_mint_errors_total{policy="a",code="unknown"}'), 1);
});

test('the configuration', async () => {
  const metrics = makeMetrics();
  finish(metrics.configurationLoaded(7, [], 1_700_000_000.5));
  metrics.configurationRefused();
  metrics.configurationRefused();
  assert.equal(await value(metrics, 'mintproc_config_generation'), 7);
  assert.equal(await value(metrics, 'mintproc_config_last_success_timestamp_seconds'), 1_700_000_000.5);
  assert.equal(await value(metrics, 'mintproc_config_reload_total{result="success"}'), 1);
  assert.equal(await value(metrics, 'mintproc_config_reload_total{result="failure"}'), 2);
});

test('signing is timed under its algorithm, and hands on what it is given', async () => {
  const metrics = makeMetrics();
  const sign = metrics.timeSigning('ES256', (input: string) => `${input}!`);
  assert.equal(await value(metrics, 'mintproc_sign_seconds_count{algorithm="ES256"}'), 0);
  assert.equal(sign('a'), 'a!');
  assert.equal(await value(metrics, 'mintproc_sign_seconds_count{algorithm="ES256"}'), 1);
});

test('a signature on another thread is timed until it comes', async () => {
  const metrics = makeMetrics();
  const told: string[] = [];
  let come = (): void => assert.fail();
  const sign = metrics.timeThread('RS256', (input: string, done: (signature: string) => void) => {
    come = () => done(`${input}!`);
  });
  sign('a', (signature) => told.push(signature));
  assert.equal(await value(metrics, 'mintproc_sign_seconds_count{algorithm="RS256"}'), 0);
  come();
  assert.deepEqual(told, ['a!']);
  assert.equal(await value(metrics, 'mintproc_sign_seconds_count{algorithm="RS256"}'), 1);
});
