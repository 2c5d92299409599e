/**
 * @module
 * Workers whose processes are stopped by SIGSTOP. The test of the pool has what happens to one that never answers again.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Sidecar, startSidecar, until } from '../sidecar.ts';

async function servingIn(sidecar: Sidecar): Promise<readonly [code: number, status: string, serving: number]> {
  const { status: code, body } = await sidecar.get('/readyz');
  const { status, workers } = JSON.parse(body);
  return [code, status, workers.serving];
}

test('a stopped worker gets no connections until it answers; without another one, they wait for it', async (t) => {
  await using sidecar = await startSidecar();
  const stopped = sidecar.workers();
  const [first = 0, second = 0] = stopped;
  t.after(() => stopped.filter((pid) => sidecar.workers().includes(pid)).map((pid) => process.kill(pid, 'SIGKILL')));
  process.kill(first, 'SIGSTOP');
  // Processes are in the order in which they were started.
  const stoppedNumber = 1;
  await until(async () => (await servingIn(sidecar))[2] === 1);
  assert.deepEqual(await servingIn(sidecar), [200, 'ready', 1]);
  // With the fewest connections, the stopped one would be next.
  for (let i = 0; i < 3; i++) assert.equal((await sidecar.connect().token())?.claims.iss, 'one');
  const metrics = await sidecar.metrics();
  const named = ['mintproc_workers', 'mintproc_workers_silent', 'mintproc_ready', 'mintproc_worker_restarts_total'];
  assert.deepEqual(
    named.map((name) => metrics.get(name)),
    [1, 1, 1, 0],
  );
  const [warning, ...others] = sidecar.log().filter(({ code }) => code === 'serving.worker-silent');
  assert.deepEqual([warning?.['level'], warning?.['worker'], others], ['warn', stoppedNumber, []]);
  assert.ok(Number(warning?.['seconds']) >= 4.9, String(warning?.['seconds']));
  assert.ok(String(warning?.['suggestion']).includes(`\`kill -CONT ${first}\``), String(warning?.['suggestion']));

  process.kill(second, 'SIGSTOP');
  await until(async () => (await servingIn(sidecar))[2] === 0);
  assert.deepEqual(await servingIn(sidecar), [503, 'no-worker', 0]);
  const waiting = sidecar.connect().token();
  process.kill(first, 'SIGCONT');
  assert.equal((await waiting)?.claims.iss, 'one');
  process.kill(second, 'SIGCONT');
  await until(async () => (await servingIn(sidecar))[2] === 2);
  assert.deepEqual(await servingIn(sidecar), [200, 'ready', 2]);
  assert.equal((await sidecar.metrics()).get('mintproc_workers_silent'), 0);
  const again = sidecar.log().filter(({ message }) => message === 'A worker answers again and gets connections.');
  assert.deepEqual(again.map(({ worker }) => worker).sort(), [1, 2]);
  assert.deepEqual(sidecar.workers(), stopped, 'none of them was killed');
});
