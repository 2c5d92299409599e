/**
 * @module
 * How a sidecar with workers ends or fails to start: no process is left, whichever got the signal. Other tests cover
 * regular ends.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { endOf } from '../../extproc/stream-client.ts';
import { lives, plain, type Sidecar, startSidecar, until } from '../sidecar.ts';

/** An open stream on each worker. */
async function openStreams(sidecar: Sidecar): Promise<ReturnType<typeof endOf>[]> {
  const ends = [sidecar.connect(), sidecar.connect()].map(({ client }) => endOf(client.open()));
  await until(async () => (await sidecar.metrics()).get('mintproc_in_flight') === 2);
  return ends;
}

test('Ctrl-C reaches the whole process group; streams that do not end are cut off after the drain time', async () => {
  await using sidecar = await startSidecar({ ...plain, drain: { timeout: '500ms' } });
  const workers = sidecar.workers();
  const ends = await openStreams(sidecar);
  const asked = performance.now();
  process.kill(-sidecar.process.pid, 'SIGINT');
  assert.equal(await sidecar.process.ended, 0);
  const took = performance.now() - asked;
  assert.ok(took > 400 && took < 5_000, `${took} ms`);
  for (const { status } of await Promise.all(ends)) assert.notEqual(status.code, 0);
  assert.deepEqual(workers.filter(lives), []);
  const messages = sidecar.log().map(({ message }) => message);
  assert.ok(messages.includes('The drain timeout is over; the remaining requests were cut off, and Envoy fails them.'));
  assert.deepEqual(
    sidecar.log().filter(({ level }) => level === 'error'),
    [],
  );
});

test('a second signal ends it immediately', async () => {
  await using sidecar = await startSidecar();
  const workers = sidecar.workers();
  await openStreams(sidecar);
  process.kill(-sidecar.process.pid, 'SIGTERM');
  await until(async () => (await sidecar.get('/readyz')).status === 503);
  process.kill(-sidecar.process.pid, 'SIGTERM');
  assert.equal(await sidecar.process.ended, 'SIGTERM');
  await until(() => !workers.some(lives));
});

test('a scrape is answered while a worker is stuck', async () => {
  await using sidecar = await startSidecar({ ...plain, drain: { timeout: '500ms' } });
  const [stuck = 0] = sidecar.workers();
  process.kill(stuck, 'SIGSTOP');
  const scrapes = await Promise.all(Array.from({ length: 20 }, () => sidecar.get('/metrics')));
  for (const { status } of scrapes) assert.equal(status, 200);
  assert.ok(lives(stuck));
  sidecar.process.signal('SIGTERM');
  assert.equal(await sidecar.process.ended, 0);
  assert.ok(!lives(stuck));
});

test('an address in use keeps all processes from starting, with the message of a single process', async (t) => {
  const taken = createServer().listen(0, '127.0.0.1');
  t.after(() => taken.close());
  await once(taken, 'listening');
  const address = taken.address();
  assert.ok(address !== null && typeof address === 'object');
  await using sidecar = await startSidecar({ ...plain, listen: `127.0.0.1:${address.port}` });
  assert.equal(await sidecar.process.ended, 1);
  assert.deepEqual(sidecar.workers(), []);
  const [said, cure] = readFileSync(sidecar.process.log, 'utf8').split('\n').slice(-3);
  const sentence = `Cannot listen at 127.0.0.1:${address.port}: the address is already in use.`;
  assert.equal(said, `mintproc serve: ${sentence} [extproc.listen-failed]`);
  assert.match(cure ?? '', /^ {2}Another process listens there/);
});
