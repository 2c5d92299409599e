/**
 * @module
 * The audit of a real `mintproc serve`, alone and with workers: a line for each token, a subject key that
 * is reloaded, the metrics of kept tokens, and lost lines that are counted separately from those of the log.
 */
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import { flexPolicy } from '../configuration/memory-files.ts';
import { plain, type Sidecar, startSidecar, until } from './sidecar.ts';

const keys = ['a', 'b'].map((letter) => letter.repeat(40));
const canary = 'canary-of-a-claim';
const policy = flexPolicy({ sub: 'alice', secretive: canary });

function audited(sidecar: Sidecar): readonly Readonly<Record<string, unknown>>[] {
  return sidecar.log().filter(({ stream }) => stream === 'audit');
}

function pseudonym(key: string | undefined): string {
  return createHmac('sha256', key ?? '')
    .update('alice')
    .digest('hex')
    .slice(0, 16);
}

for (const workers of [1, 2]) {
  test(`${workers} serving: each token has an audit line at any log level, with the subject key in force`, async () => {
    const configuration = {
      ...plain,
      workers,
      log: { level: 'info', audit: { subjectKey: { file: 'subject.key' } } },
      policies: [{ name: 'p', file: 'policy.yaml', reuse: { for: '60s', entries: 1 } }],
    };
    const files = { 'policy.yaml': policy, 'subject.key': keys[0] ?? '' };
    await using sidecar = await startSidecar(configuration, files);
    const caller = sidecar.connect();
    await caller.token();
    await caller.token();
    await until(() => audited(sidecar).length === 2);
    sidecar.write('subject.key', keys[1] ?? '');
    await until(async () => (await sidecar.metrics()).get('mintproc_config_generation') === 2);
    await caller.token();
    await until(() => audited(sidecar).length === 3);
    const said = audited(sidecar).map(({ policy: name, alg, reused, subject, outcome }) => [
      name,
      alg,
      reused,
      subject,
      outcome,
    ]);
    assert.deepEqual(said, [
      ['p', 'HS256', false, pseudonym(keys[0]), 'forwarded'],
      ['p', 'HS256', true, pseudonym(keys[0]), 'forwarded'],
      // A reload creates new minters, which keep no tokens yet.
      ['p', 'HS256', false, pseudonym(keys[1]), 'forwarded'],
    ]);
    assert.ok(audited(sidecar).every(({ worker }) => (workers === 1) === (worker === undefined)));
    assert.ok(!JSON.stringify(sidecar.log()).includes(canary));
    const metrics = await sidecar.metrics();
    assert.equal(metrics.get('mintproc_reuse_entries{policy="p"}'), 1);
    assert.ok((metrics.get('mintproc_reuse_bytes{policy="p"}') ?? 0) > 200);
    assert.equal(metrics.get('mintproc_reuse_evictions_total{policy="p"}'), 0);
    assert.equal(metrics.get('mintproc_mint_seconds_count{policy="p",outcome="minted"}'), 3);
    assert.equal(metrics.get('mintproc_token_bytes_count{policy="p"}'), 3);
    const last = metrics.get('mintproc_last_request_timestamp_seconds') ?? 0;
    assert.ok(Math.abs(Date.now() / 1000 - last) < 60, String(last));
  });
}

test('a reload enables and disables the audit', async () => {
  const configuration = { ...plain, workers: 1, log: { level: 'info', audit: false } };
  await using sidecar = await startSidecar(configuration, { 'policy.yaml': policy });
  const { token } = sidecar.connect();
  const generation = async (number: number): Promise<void> =>
    until(async () => (await sidecar.metrics()).get('mintproc_config_generation') === number);
  await token();
  const addresses = { listen: sidecar.address, admin: sidecar.adminAddress };
  sidecar.write('mintproc.yaml', JSON.stringify({ ...configuration, ...addresses, log: { audit: true } }));
  await generation(2);
  await token();
  await until(() => audited(sidecar).length === 1);
  sidecar.write('mintproc.yaml', JSON.stringify({ ...configuration, ...addresses, log: { audit: false } }));
  await generation(3);
  await token();
  sidecar.process.signal('SIGTERM');
  assert.equal(await sidecar.process.ended, 0);
  assert.equal(audited(sidecar).length, 1);
});
