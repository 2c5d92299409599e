import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { Socket } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { Dispatch, mostWaiting } from '../../../src/serving/workers/dispatch.ts';
import { WorkerProcess } from '../../../src/serving/workers/worker-process.ts';

test('while no worker serves, so many connections wait and no more', () => {
  const dispatch = new Dispatch();
  const sockets = Array.from({ length: mostWaiting + 1 }, () => new Socket());
  for (const socket of sockets) dispatch.hand(socket);
  assert.deepEqual(
    sockets.flatMap((socket, index) => (socket.destroyed ? [index] : [])),
    [mostWaiting],
  );
  dispatch.close();
  assert.ok(sockets.every((socket) => socket.destroyed));
});

test('a connection that its client closes waits no longer', async () => {
  const dispatch = new Dispatch();
  const [first, ...others] = Array.from({ length: mostWaiting + 1 }, () => new Socket());
  assert.ok(first);
  dispatch.hand(first);
  await new Promise<void>((closed) => {
    first.once('close', () => closed());
    first.destroy();
  });
  for (const socket of others) dispatch.hand(socket);
  assert.ok(others.every((socket) => !socket.destroyed));
  dispatch.close();
});

test('a worker that cannot be reached any more is given nothing', async () => {
  const child = fork(join(import.meta.dirname, 'faulty-worker.ts'), ['1', 'none'], { silent: true });
  const worker = new WorkerProcess(1, child);
  const dispatch = new Dispatch();
  dispatch.add(worker);
  child.disconnect();
  const socket = new Socket();
  dispatch.hand(socket);
  assert.deepEqual([socket.destroyed, worker.connections], [false, 0]);
  await assert.rejects(worker.ask({ kind: 'count' }, 1000), { name: 'WorkerLost' });
  await worker.ended;
  dispatch.close();
});
