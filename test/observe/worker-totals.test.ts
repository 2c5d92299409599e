import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deserialize, serialize } from 'node:v8';
import { finish } from '../../src/diagnostics/steps.ts';
import { Metrics } from '../../src/observe/metrics.ts';
import { WorkerTotals } from '../../src/observe/worker-totals.ts';

type Counting = Metrics<'forwarded' | 'refused'>;

function makeMetrics(): Counting {
  const metrics: Counting = new Metrics({ version: '1', outcomes: ['forwarded', 'refused'] });
  finish(metrics.policiesLoaded(['a', 'b']));
  return metrics;
}

/** A worker's counts are sent between processes. */
async function tell(totals: WorkerTotals, worker: number, metrics: Counting): Promise<void> {
  totals.heard(worker, deserialize(serialize(await metrics.counts())));
}

async function samples(metrics: Counting, totals: WorkerTotals): Promise<ReadonlyMap<string, number>> {
  const lines = (await metrics.text({ workers: totals })).matchAll(/^([^#\s]\S*) (\S+)$/gm);
  return new Map(Array.from(lines, ([, name = '', value]) => [name, Number(value)]));
}

/** One request in flight, two done. */
function work(metrics: Counting): void {
  for (let i = 0; i < 3; i++) metrics.streamOpened();
  for (let i = 0; i < 2; i++) metrics.streamClosed();
  metrics.requestFinished('forwarded', 0.00002, 1, undefined);
  metrics.requestFinished('refused', 0.5, 1, 'extproc.internal');
  metrics.policyRan({ policy: 'a', outcome: 'minted', began: 1, bytes: 2000 }, 1.002);
  metrics.policyRan({ policy: 'b', outcome: 'refused', code: 'mint.too-large', fault: 'f' }, 2);
  metrics.defect();
}

test('the total is the sum of the counts of workers and primary', async () => {
  const primary = makeMetrics();
  finish(primary.configurationLoaded(7, ['a', 'b'], 5));
  primary.signingKeys('a', { count: 2, next: 9, kid: 'k', end: 10 });
  primary.defect();
  const totals = new WorkerTotals();
  for (const number of [1, 2]) {
    const worker = makeMetrics();
    work(worker);
    if (number === 2) worker.requestFinished('forwarded', 0.00002, 1, undefined);
    await tell(totals, number, worker);
    await tell(totals, number, worker);
  }
  const whole = await samples(primary, totals);
  const expected: [sample: string, value: number][] = [
    ['mintproc_requests_total{outcome="forwarded"}', 3],
    ['mintproc_requests_total{outcome="refused"}', 2],
    ['mintproc_request_errors_total{code="extproc.internal"}', 2],
    ['mintproc_request_seconds_bucket{outcome="forwarded",le="0.00001"}', 0],
    ['mintproc_request_seconds_bucket{outcome="forwarded",le="0.000025"}', 3],
    ['mintproc_request_seconds_bucket{outcome="forwarded",le="+Inf"}', 3],
    ['mintproc_request_seconds_count{outcome="refused"}', 2],
    ['mintproc_mint_seconds_bucket{policy="a",outcome="minted",le="0.01"}', 2],
    ['mintproc_token_bytes_sum{policy="a"}', 4000],
    ['mintproc_in_flight', 2],
    ['mintproc_mints_total{policy="a",outcome="minted"}', 2],
    ['mintproc_faults_total{policy="b",fault="f"}', 2],
    ['mintproc_defects_total', 3],
    ['mintproc_worker_requests_total{worker="1"}', 2],
    ['mintproc_worker_requests_total{worker="2"}', 3],
    ['mintproc_config_generation', 7],
    ['mintproc_config_last_success_timestamp_seconds', 5],
    ['mintproc_signing_keys{policy="a"}', 2],
    [`mintproc_build_info{version="1",node="${process.versions.node}"}`, 1],
  ];
  for (const [sample, value] of expected) assert.equal(whole.get(sample), value, sample);
  assert.ok(Math.abs((whole.get('mintproc_request_seconds_sum{outcome="refused"}') ?? 0) - 1) < 1e-9);
});

test('the counters of an ended worker are kept, its gauges are not', async () => {
  const totals = new WorkerTotals();
  const primary = makeMetrics();
  const first = makeMetrics();
  work(first);
  await tell(totals, 1, first);
  const before = await samples(primary, totals);
  totals.ended(1);
  totals.ended(1);
  const between = await samples(primary, totals);
  const second = makeMetrics();
  work(second);
  await tell(totals, 1, second);
  totals.ended(1);
  await tell(totals, 1, second);
  const later = await samples(primary, totals);
  const course = (sample: string): (number | undefined)[] => [before, between, later].map((all) => all.get(sample));
  assert.deepEqual(course('mintproc_requests_total{outcome="forwarded"}'), [1, 1, 3]);
  assert.deepEqual(course('mintproc_request_seconds_count{outcome="forwarded"}'), [1, 1, 3]);
  assert.deepEqual(course('mintproc_worker_requests_total{worker="1"}'), [2, 2, 6]);
  assert.deepEqual(course('mintproc_in_flight'), [1, 0, 1]);
  const [a = 0, b = 0, c = 0] = course('process_cpu_seconds_total');
  assert.ok(a > 0 && a <= b && b <= c);
});

test('the time of the last request is the latest of all workers, even after one has ended', async () => {
  const totals = new WorkerTotals();
  const primary = makeMetrics();
  const now = performance.now() / 1000;
  const [early, late] = [makeMetrics(), makeMetrics()];
  early.requestFinished('forwarded', 0, now - 300, undefined);
  late.requestFinished('forwarded', 0, now - 100, undefined);
  await tell(totals, 1, late);
  await tell(totals, 2, early);
  const age = async (): Promise<number> =>
    Date.now() / 1000 - ((await samples(primary, totals)).get('mintproc_last_request_timestamp_seconds') ?? 0);
  assert.ok(Math.abs((await age()) - 100) < 2, String(await age()));
  totals.ended(1);
  assert.ok(Math.abs((await age()) - 100) < 2, String(await age()));
});

test('process metrics are summed, except the event loop lag and the start time', async () => {
  const primary = makeMetrics();
  const totals = new WorkerTotals();
  await tell(totals, 1, makeMetrics());
  await tell(totals, 2, makeMetrics());
  const alone = await samples(primary, new WorkerTotals());
  const whole = await samples(primary, totals);
  const ratio = (name: string): number => (whole.get(name) ?? 0) / (alone.get(name) ?? 0);
  assert.ok(ratio('process_resident_memory_bytes') > 2.5);
  assert.equal(ratio('process_max_fds'), 3);
  assert.equal(ratio('process_start_time_seconds'), 1);
  const version = [...whole].filter(([name]) => name.startsWith('nodejs_version_info'));
  assert.deepEqual(
    version.map(([, value]) => value),
    [1],
  );
  assert.ok(whole.has('nodejs_eventloop_lag_p99_seconds'));
  assert.ok(![...whole.values()].some(Number.isNaN));
});

test('the series of a removed policy disappear, and begin at 0 if it returns', async () => {
  const totals = new WorkerTotals();
  const primary = makeMetrics();
  const ended = makeMetrics();
  work(ended);
  await tell(totals, 1, ended);
  totals.ended(1);
  const living = makeMetrics();
  work(living);
  await tell(totals, 1, living);
  finish(primary.configurationLoaded(2, ['b'], 0));
  totals.keepPolicies(new Set(['b']));
  const gone = await samples(primary, totals);
  assert.deepEqual(
    [...gone.keys()].filter((name) => name.includes('policy="a"')),
    [],
  );
  assert.equal(gone.get('mintproc_mints_total{policy="b",outcome="refused"}'), 2);
  finish(primary.configurationLoaded(3, ['a', 'b'], 0));
  finish(living.policiesLoaded(['b']));
  finish(living.policiesLoaded(['a', 'b']));
  await tell(totals, 1, living);
  const back = await samples(primary, totals);
  assert.equal(back.get('mintproc_mints_total{policy="a",outcome="minted"}'), 0);
  assert.equal(back.get('mintproc_mints_total{policy="b",outcome="refused"}'), 2);
});
