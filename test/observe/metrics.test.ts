import assert from 'node:assert/strict';
import { test } from 'node:test';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { Later } from '../../src/diagnostics/later.ts';
import { finish } from '../../src/diagnostics/steps.ts';
import { EventLoopLag } from '../../src/observe/event-loop-lag.ts';
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

test('the values before the first request', async () => {
  assert.deepEqual(await samples(makeMetrics()), [
    'mintproc_requests_total{outcome="forwarded"} 0',
    'mintproc_requests_total{outcome="untouched"} 0',
    'mintproc_requests_total{outcome="refused"} 0',
    'mintproc_request_seconds_sum{outcome="forwarded"} 0',
    'mintproc_request_seconds_count{outcome="forwarded"} 0',
    'mintproc_request_seconds_sum{outcome="untouched"} 0',
    'mintproc_request_seconds_count{outcome="untouched"} 0',
    'mintproc_request_seconds_sum{outcome="refused"} 0',
    'mintproc_request_seconds_count{outcome="refused"} 0',
    'mintproc_last_request_timestamp_seconds 0',
    'mintproc_unmatched_requests_total 0',
    'mintproc_in_flight 0',
    'mintproc_missing_reads_total{kind="attribute"} 0',
    'mintproc_missing_reads_total{kind="namespace"} 0',
    'mintproc_connections_refused_total 0',
    'mintproc_clients_refused_total 0',
    'mintproc_deadlines_passed_total 0',
    'mintproc_memory_refused_total 0',
    'mintproc_defects_total 0',
    'mintproc_log_lines_dropped_total{stream="log"} 0',
    'mintproc_log_lines_dropped_total{stream="audit"} 0',
    'mintproc_event_loop_stall_seconds_sum 0',
    'mintproc_event_loop_stall_seconds_count 0',
    'mintproc_ready 0',
    'mintproc_clock_jumps_total 0',
    'mintproc_config_generation 0',
    'mintproc_config_reload_total{result="success"} 0',
    'mintproc_config_reload_total{result="failure"} 0',
    'mintproc_config_last_success_timestamp_seconds 0',
    'mintproc_files_trouble 0',
    'mintproc_listener_lost{listener="listen"} 0',
    'mintproc_listener_lost{listener="admin"} 0',
    'mintproc_listener_lost{listener="jwks"} 0',
    'mintproc_jwks_last_request_timestamp_seconds 0',
    'mintproc_jwks_state_trouble 0',
    'mintproc_jwks_keys_left_out{reason="clash"} 0',
    'mintproc_jwks_keys_left_out{reason="full"} 0',
    'mintproc_workers 0',
    'mintproc_workers_silent 0',
    'mintproc_worker_restarts_total 0',
    `mintproc_build_info{version="1.2.3",node="${process.versions.node}"} 1`,
  ]);
});

test('what /readyz reports in addition to its status is 1 until it is over', async () => {
  const metrics = makeMetrics();
  const samples = ['mintproc_files_trouble', 'mintproc_listener_lost{listener="jwks"}'];
  const values = () => Promise.all(samples.map((sample) => value(metrics, sample)));
  metrics.troubles({ filesTrouble: 'They are gone.', notListening: { jwks: 'The address is in use.' } });
  assert.deepEqual(await values(), [1, 1]);
  metrics.troubles({ notListening: { admin: 'The address is in use.' } });
  assert.deepEqual(await values(), [0, 0]);
});

test('the warnings of a configuration are counted by code, and those of the one before are over', async () => {
  const metrics = makeMetrics();
  const samples = ['config.empty-include', 'config.no-reuse'].map((code) => `mintproc_config_warnings{code="${code}"}`);
  const values = () => Promise.all(samples.map((sample) => value(metrics, sample)));
  metrics.configurationWarned(['config.empty-include', 'config.no-reuse', 'config.no-reuse']);
  assert.deepEqual(await values(), [1, 2]);
  metrics.configurationWarned(['config.no-reuse']);
  assert.deepEqual(await values(), [0, 1]);
});

test('every metric of the table is exposed with its help and type', async () => {
  const text = await makeMetrics().text();
  for (const [name, { help, type }] of Object.entries(metricTable)) {
    assert.ok(text.includes(`# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`), name);
  }
});

test('the metrics of the process and of Node are included', async () => {
  const text = await makeMetrics().text();
  assert.match(text, /^process_cpu_seconds_total \d/m);
  assert.match(text, /^nodejs_eventloop_lag_p99_seconds \d/m);
  assert.doesNotMatch(text, /^# TYPE \S+_total gauge$/m);
  assert.ok(text.endsWith('\n'));
});

test('the process metrics are the defaults of prom-client, without those that cost requests time', async () => {
  const all = new Registry();
  collectDefaultMetrics({ register: all });
  const own = processRegistry(new EventLoopLag());
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
  metrics.requestFinished('forwarded', 0.00002, 1, undefined);
  metrics.requestFinished('untouched', 0.00001, 1, undefined);
  metrics.requestFinished('refused', 0.5, 1, 'extproc.internal');
  assert.equal(await value(metrics, 'mintproc_in_flight'), 1);
  assert.equal(await value(metrics, 'mintproc_requests_total{outcome="forwarded"}'), 1);
  assert.equal(await value(metrics, 'mintproc_requests_total{outcome="untouched"}'), 1);
  assert.equal(await value(metrics, 'mintproc_unmatched_requests_total'), 1);
  assert.equal(await value(metrics, 'mintproc_request_errors_total{code="extproc.internal"}'), 1);
  assert.equal(await value(metrics, 'mintproc_request_seconds_count{outcome="refused"}'), 1);
  const buckets = /^mintproc_request_seconds_bucket\{outcome="forwarded",le="0.00001"\} 0\n.*le="0.000025"\} 1$/m;
  assert.match(await metrics.text(), buckets);
});

test('the time of the last request is a time of day that does not change by itself', async () => {
  const metrics = makeMetrics();
  const name = 'mintproc_last_request_timestamp_seconds';
  metrics.requestFinished('forwarded', 0, performance.now() / 1000 - 100, undefined);
  const recorded = (await value(metrics, name)) ?? 0;
  assert.ok(Math.abs(Date.now() / 1000 - 100 - recorded) < 1, String(recorded));
  assert.equal(await value(metrics, name), recorded);
  metrics.requestFinished('forwarded', 0, performance.now() / 1000 - 50, undefined);
  assert.ok(Math.abs(((await value(metrics, name)) ?? 0) - recorded - 50) < 1);
});

test('the histograms of a policy appear with its first run, and disappear with the policy', async () => {
  const metrics = makeMetrics();
  finish(metrics.configurationLoaded(1, ['a', 'b'], 0));
  const histograms = async (): Promise<string[]> =>
    (await metrics.text()).split('\n').filter((line) => /^mintproc_(?:mint_seconds|token_bytes)/.test(line));
  assert.deepEqual(await histograms(), []);
  metrics.policyRan({ policy: 'a', outcome: 'minted', began: 1, bytes: 2000 }, 1.002);
  metrics.policyRan({ policy: 'a', outcome: 'passed', code: 'mint.signing-failed', began: 1 }, 1.5);
  assert.deepEqual(await histograms(), [
    'mintproc_mint_seconds_bucket{policy="a",outcome="minted",le="0.0001"} 0',
    'mintproc_mint_seconds_bucket{policy="a",outcome="minted",le="0.001"} 0',
    'mintproc_mint_seconds_bucket{policy="a",outcome="minted",le="0.01"} 1',
    'mintproc_mint_seconds_bucket{policy="a",outcome="minted",le="0.1"} 1',
    'mintproc_mint_seconds_bucket{policy="a",outcome="minted",le="+Inf"} 1',
    `mintproc_mint_seconds_sum{policy="a",outcome="minted"} ${1.002 - 1}`,
    'mintproc_mint_seconds_count{policy="a",outcome="minted"} 1',
    'mintproc_mint_seconds_bucket{policy="a",outcome="passed",le="0.0001"} 0',
    'mintproc_mint_seconds_bucket{policy="a",outcome="passed",le="0.001"} 0',
    'mintproc_mint_seconds_bucket{policy="a",outcome="passed",le="0.01"} 0',
    'mintproc_mint_seconds_bucket{policy="a",outcome="passed",le="0.1"} 0',
    'mintproc_mint_seconds_bucket{policy="a",outcome="passed",le="+Inf"} 1',
    'mintproc_mint_seconds_sum{policy="a",outcome="passed"} 0.5',
    'mintproc_mint_seconds_count{policy="a",outcome="passed"} 1',
    'mintproc_token_bytes_bucket{policy="a",le="2048"} 1',
    'mintproc_token_bytes_bucket{policy="a",le="4096"} 1',
    'mintproc_token_bytes_bucket{policy="a",le="8192"} 1',
    'mintproc_token_bytes_bucket{policy="a",le="+Inf"} 1',
    'mintproc_token_bytes_sum{policy="a"} 2000',
    'mintproc_token_bytes_count{policy="a"} 1',
  ]);
  finish(metrics.configurationLoaded(2, ['b'], 0));
  metrics.policyRan({ policy: 'a', outcome: 'minted', began: 1, bytes: 2000 }, 1.002);
  assert.deepEqual(await histograms(), []);
});

test('the reuse metrics of removed policies and the series of a refused load disappear with the next configuration', async () => {
  const metrics = makeMetrics();
  finish(metrics.configurationLoaded(1, ['a'], 0));
  metrics.reuseOf('a').evicted.increment();
  metrics.reuseKept('a', 2, 500);
  metrics.reuseOf('of-a-refused-load');
  const reuse = async (): Promise<string[]> =>
    (await samples(metrics)).filter((line) => /^mintproc_(?:token_)?reuse/.test(line));
  assert.deepEqual(await reuse(), [
    'mintproc_token_reuse_total{policy="a",result="hit"} 0',
    'mintproc_token_reuse_total{policy="a",result="miss"} 0',
    'mintproc_token_reuse_total{policy="of-a-refused-load",result="hit"} 0',
    'mintproc_token_reuse_total{policy="of-a-refused-load",result="miss"} 0',
    'mintproc_reuse_entries{policy="a"} 2',
    'mintproc_reuse_bytes{policy="a"} 500',
    'mintproc_reuse_evictions_total{policy="a"} 1',
    'mintproc_reuse_evictions_total{policy="of-a-refused-load"} 0',
  ]);
  finish(metrics.configurationLoaded(2, ['b'], 0));
  assert.deepEqual(await reuse(), []);
});

test('the series of a policy exist from the start, and disappear with the policy', async () => {
  const metrics = makeMetrics();
  finish(metrics.configurationLoaded(1, ['a', 'b'], 1_700_000_000.5));
  metrics.policyRan({ policy: 'a', outcome: 'minted', began: 1, bytes: 2000 }, 1.002);
  metrics.policyRan(
    {
      policy: 'b',
      outcome: 'refused',
      code: 'mint.signing-failed',
      message: 'The key could not sign.',
      fault: 'SigningFailed',
    },
    2,
  );
  assert.equal(await value(metrics, 'mintproc_faults_total{policy="b",fault="SigningFailed"}'), 1);
  assert.equal(await value(metrics, 'mintproc_mints_total{policy="a",outcome="minted"}'), 1);
  assert.equal(await value(metrics, 'mintproc_mints_total{policy="a",outcome="refused"}'), 0);
  assert.equal(await value(metrics, 'mintproc_mints_total{policy="a",outcome="passed"}'), 0);
  assert.equal(await value(metrics, 'mintproc_mints_total{policy="b",outcome="refused"}'), 1);
  assert.equal(await value(metrics, 'mintproc_mint_errors_total{policy="b",code="mint.signing-failed"}'), 1);

  finish(metrics.configurationLoaded(2, ['a', 'c'], 1_700_000_001));
  metrics.policyRan({ policy: 'b', outcome: 'refused', code: 'mint.signing-failed' }, 2);
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
  const recorded = (await samples(metrics)).filter((line) => /signing_key_|certificate/.test(line));
  assert.deepEqual(recorded, [
    'mintproc_signing_key_switch_timestamp_seconds{policy="a"} 0',
    'mintproc_signing_key_info{policy="a",kid=""} 1',
    'mintproc_signing_key_end_timestamp_seconds{policy="a"} +Inf',
    'mintproc_certificate_end_timestamp_seconds{use="listener",name="certificate"} 6',
  ]);
  metrics.signingKeys('a', { ...figures, kid: undefined, end: undefined });
  assert.equal((await samples(metrics)).filter((line) => /signing_key_(info|end)/.test(line)).length, 0);
});

test('a code outside the closed set does not become a label', async () => {
  const metrics = makeMetrics();
  finish(metrics.configurationLoaded(1, ['a'], 0));
  metrics.policyRan({ policy: 'a', outcome: 'refused', code: 'toString' }, 2);
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

test('signing is timed under its algorithm, and its arguments are passed on', async () => {
  const metrics = makeMetrics();
  const last = { began: 0, ended: 0 };
  const sign = metrics.timeSigning('ES256', (input: string) => `${input}!`, last);
  assert.equal(await value(metrics, 'mintproc_sign_seconds_count{algorithm="ES256"}'), 0);
  assert.equal(sign('a'), 'a!');
  assert.equal(await value(metrics, 'mintproc_sign_seconds_count{algorithm="ES256"}'), 1);
  assert.ok(last.began > 0 && last.ended >= last.began && last.ended <= performance.now() / 1000, JSON.stringify(last));
});

test('a signature that arrives later is timed until it arrives; a failed one is not', async () => {
  const metrics = makeMetrics();
  const count = (): Promise<number | undefined> => value(metrics, 'mintproc_sign_seconds_count{algorithm="RS256"}');
  const [arriving, failing] = [new Later<string>(), new Later<string>()];
  const last = { began: 0, ended: 0 };
  for (const signature of [arriving, failing]) {
    assert.equal(metrics.timeSigning('RS256', () => signature, last)(), signature);
  }
  assert.equal(await count(), 0);
  assert.ok(last.began > 0 && last.ended === 0, 'only the begin is known');
  failing.fail(new Error('no'));
  assert.equal(await count(), 0);
  arriving.settle('a!');
  assert.equal(await count(), 1);
});
