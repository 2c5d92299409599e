/**
 * @module
 * The drain delay: mintproc is not ready, but serves new streams and new connections until the delay is over or a
 * second signal arrives. A third signal ends it immediately.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import * as grpc from '@grpc/grpc-js';
import { healthClient } from '../extproc/health-client.ts';
import { endOf } from '../extproc/stream-client.ts';
import { lives, plain, startSidecar, until } from './sidecar.ts';

const servings: readonly [workers: number, transport: string][] = [
  [1, 'native'],
  [1, 'grpc-js'],
  [2, 'native'],
];

for (const [workers, transport] of servings) {
  test(`${workers} serving by ${transport}: not ready, and serving until the second signal`, async () => {
    const drain = { delay: '10m' };
    await using sidecar = await startSidecar({ ...plain, workers, transport, drain });
    const old = sidecar.connect();
    assert.equal((await old.token())?.claims.iss, 'one');
    using health = healthClient(sidecar.address);
    assert.equal(await health.check(), 'SERVING');
    sidecar.process.signal('SIGTERM');
    await until(async () => (await sidecar.get('/readyz')).status === 503);
    await until(async () => (await health.check()) === 'NOT_SERVING');
    assert.deepEqual(JSON.parse((await sidecar.get('/readyz')).body).status, 'draining');
    assert.equal((await old.token())?.claims.iss, 'one', 'a new stream on a connection that was there');
    assert.equal((await sidecar.connect().token())?.claims.iss, 'one', 'a stream on a new connection');
    const call = old.client.open();
    const end = endOf(call);
    call.write({ request: 'request_headers', request_headers: { headers: { headers: [] }, end_of_stream: true } });
    await once(call, 'data');
    sidecar.process.signal('SIGINT');
    await until(() =>
      sidecar.log().some(({ message }) => message === 'mintproc is stopping; requests in flight may finish.'),
    );
    assert.equal(sidecar.process.ending, undefined, 'it waits for the stream in flight');
    call.end();
    assert.equal((await end).status.code, grpc.status.OK);
    assert.equal(await sidecar.process.ended, 0);
  });
}

test('a worker that starts during the delay is not ready either', async () => {
  await using sidecar = await startSidecar({ ...plain, drain: { delay: '10m' } });
  sidecar.process.signal('SIGTERM');
  await until(async () => (await sidecar.get('/readyz')).status === 503);
  for (const pid of sidecar.workers()) process.kill(pid, 'SIGKILL');
  await until(() => sidecar.log().filter(({ message }) => message === 'A worker is serving.').length === 4);
  for (let connection = 0; connection < 2; connection++) {
    using health = healthClient(sidecar.address);
    assert.equal(await health.check(), 'NOT_SERVING');
    assert.equal((await sidecar.connect().token())?.claims.iss, 'one');
  }
});

test('a third signal ends it immediately', async () => {
  await using sidecar = await startSidecar({ ...plain, drain: { delay: '10m' } });
  const workers = sidecar.workers();
  const call = sidecar.connect().client.open();
  call.on('error', () => undefined);
  await until(async () => (await sidecar.metrics()).get('mintproc_in_flight') === 1);
  sidecar.process.signal('SIGTERM');
  await until(async () => (await sidecar.get('/readyz')).status === 503);
  sidecar.process.signal('SIGTERM');
  await until(() =>
    sidecar.log().some(({ message }) => message === 'mintproc is stopping; requests in flight may finish.'),
  );
  sidecar.process.signal('SIGTERM');
  assert.equal(await sidecar.process.ended, 'SIGTERM');
  await until(() => !workers.some(lives));
});
