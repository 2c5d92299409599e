/**
 * @module
 * One sidecar with two workers, from its first request through reloads and lost workers to its end. The tests depend on
 * each other.
 */
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { flexPolicy } from '../../configuration/memory-files.ts';
import { type Caller, lives, plain, type Sidecar, startSidecar, until } from '../sidecar.ts';

const pem = (): string => String(generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }));
const policy = (iss: string): string => flexPolicy({ iss }, '').replace('HS256', 'EdDSA');

let sidecar: Sidecar;
/** The name of its first key. */
let firstKey: unknown;
before(async () => {
  sidecar = await startSidecar(
    {
      ...plain,
      policies: [{ name: 'p', file: 'policy.yaml', key: 'k' }],
      keys: { k: { file: 'key.pem' } },
      jwks: { listen: '127.0.0.1:0', publishAhead: '1h' },
    },
    { 'policy.yaml': policy('one'), 'key.pem': pem() },
  );
});
after(() => sidecar?.[Symbol.asyncDispose]());

/**
 * Every caller sends requests continuously until the returned function is called, which returns the issuers in order.
 */
function askAllTheTime(callers: readonly Caller[]): () => Promise<readonly unknown[][]> {
  let isOver = false;
  const asking = callers.map(async ({ token }) => {
    const issuers: unknown[] = [];
    while (!isOver) issuers.push((await token())?.claims.iss);
    return issuers;
  });
  return () => {
    isOver = true;
    return Promise.all(asking);
  };
}

async function readyz(): Promise<{ readonly code: number; readonly [name: string]: unknown }> {
  const { status, body } = await sidecar.get('/readyz');
  return { ...JSON.parse(body), code: status };
}

async function generation(): Promise<unknown> {
  return (await readyz())['generation'];
}

test('reloads under load: no request fails, and each worker changes from one policy to the next', async () => {
  const callers = [sidecar.connect(), sidecar.connect()];
  for (const { token } of callers) {
    const first = await token();
    assert.equal(first?.claims.iss, 'one');
    firstKey ??= first.kid;
  }
  const stop = askAllTheTime(callers);
  const issuers = ['one', 'two', 'three', 'four'];
  for (const [index, issuer] of issuers.entries()) {
    if (index === 0) continue;
    sidecar.write('policy.yaml', policy(issuer));
    await until(async () => (await generation()) === index + 1);
    for (const { token } of callers) assert.equal((await token())?.claims.iss, issuer, 'once it is recorded, it is so');
  }
  for (const seen of await stop()) {
    const changes = seen.filter((issuer, index) => index === 0 || issuer !== seen[index - 1]);
    assert.deepEqual(changes, changes[0] === 'one' ? issuers : issuers.slice(1));
  }
  assert.equal((await sidecar.metrics()).get('mintproc_config_reload_total{result="success"}'), 4);
});

test('SIGHUP loads once, for all processes', async () => {
  sidecar.process.signal('SIGHUP');
  await until(async () => (await generation()) === 5);
});

test('an invalid configuration is refused, and every worker keeps the previous one', async () => {
  sidecar.write('policy.yaml', '{');
  await until(async () => (await readyz())['lastReload'] === 'failure');
  for (const { token } of [sidecar.connect(), sidecar.connect()]) assert.equal((await token())?.claims.iss, 'four');
  sidecar.write('policy.yaml', policy('five'));
  await until(async () => (await generation()) === 6);
});

test('a replaced key keeps signing in every worker until the new key has been published long enough', async () => {
  sidecar.write('key.pem', pem());
  await until(async () => (await generation()) === 7);
  assert.equal((await sidecar.metrics()).get('mintproc_signing_keys{policy="p"}'), 2);
  for (const { token } of [sidecar.connect(), sidecar.connect()]) assert.equal((await token())?.kid, firstKey);
});

test('a setting that is read only at the start is the same in workers that start later', async () => {
  const file = readFileSync(join(sidecar.folder, 'mintproc.yaml'), 'utf8');
  // If the scrape waited for the worker, no request would be answered.
  sidecar.write('mintproc.yaml', `${file}limits: { messageBytes: 1 }\n`);
  await until(async () => (await generation()) === 8);
  const line = () => sidecar.log().find(({ reason }) => reason === '`limits`');
  await until(() => line() !== undefined);
  assert.equal(line()?.['message'], 'A changed setting takes effect only after a restart.');
});

test('a killed worker is replaced, the other keeps serving, and no counter decreases', async () => {
  const callers = Array.from({ length: 4 }, () => sidecar.connect());
  for (const { token } of callers) await token();
  const recorded = await sidecar.metrics();
  const [victim = 0, other] = sidecar.workers();
  process.kill(victim, 'SIGKILL');
  // Its clients reconnect.
  const results = await Promise.allSettled(callers.map(({ token }) => token()));
  assert.ok(results.filter(({ status }) => status === 'fulfilled').length >= 2);
  // There are two until the primary has noticed that one is gone.
  await until(async () => {
    const now = await sidecar.metrics();
    return now.get('mintproc_worker_restarts_total') === 1 && now.get('mintproc_workers') === 2;
  });
  assert.ok(sidecar.workers().includes(other ?? 0));
  assert.equal(lives(victim), false);
  const later = await sidecar.metrics();
  const fallen = [...recorded].filter(
    ([name, value]) =>
      (/(?:_total|_bucket|_count|_sum)(?:\{|$)/.test(name) || name === 'process_cpu_seconds_total') &&
      (later.get(name) ?? 0) < value,
  );
  assert.deepEqual(fallen, []);
  assert.equal(later.get('mintproc_worker_restarts_total'), 1);
  const line = sidecar.log().find(({ code }) => code === 'serving.worker-ended');
  assert.deepEqual([line?.['level'], line?.['signal'], line?.['seconds']], ['error', 'SIGKILL', 0]);
  for (const { token } of [sidecar.connect(), sidecar.connect()]) assert.equal((await token())?.claims.iss, 'five');
});

test('without any worker it is not ready; a waiting connection is served by the next worker', async () => {
  const waiting = sidecar.connect();
  for (const pid of sidecar.workers()) process.kill(pid, 'SIGKILL');
  let unready: Awaited<ReturnType<typeof readyz>> | undefined;
  await until(async () => {
    unready = await readyz();
    return unready.code === 503;
  });
  assert.deepEqual(unready?.['workers'], { serving: 0, of: 2 });
  const { claims, kid } = (await waiting.token()) ?? {};
  assert.equal(claims?.iss, 'five');
  assert.equal(kid, firstKey, 'no file records which key is the old one');
  await until(async () => (await readyz()).code === 200);
});

test('SIGTERM drains: requests in flight finish, and all processes end', async () => {
  await until(async () => (await sidecar.metrics()).get('mintproc_workers') === 2);
  const workers = sidecar.workers();
  const calls = [sidecar.connect(), sidecar.connect()].map(({ client }) => client.open());
  await until(async () => (await sidecar.metrics()).get('mintproc_in_flight') === 2);
  sidecar.process.signal('SIGTERM');
  await until(async () => (await readyz()).code === 503);
  assert.equal(sidecar.process.ending, undefined);
  for (const call of calls) call.end();
  assert.equal(await sidecar.process.ended, 0);
  assert.deepEqual(workers.filter(lives), []);
  assert.equal(sidecar.log().at(-1)?.['message'], 'mintproc has stopped.');
});
