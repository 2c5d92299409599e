import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { Socket } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { Dispatch, mostWaiting } from '../../../src/serving/workers/dispatch.ts';
import { WorkerProcess } from '../../../src/serving/workers/worker-process.ts';

/** A worker that answers, and drops the connections that it is told to. */
function start(): ChildProcess {
  return fork(join(import.meta.dirname, 'faulty-worker.ts'), ['1', 'none'], { silent: true });
}

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

const balances: [before: readonly number[], after: readonly number[]][] = [
  [
    [0, 0, 0],
    [0, 0, 0],
  ],
  [
    [1, 0, 1],
    [1, 0, 1],
  ],
  [
    [2, 0, 1],
    [1, 0, 1],
  ],
  [
    [5, 0, 0],
    [2, 0, 0],
  ],
  [
    [4, 4, 0],
    [3, 3, 0],
  ],
];

test('workers with too many connections give up what is above their share', async (t) => {
  const dispatch = new Dispatch();
  const workers = [1, 2, 3].map((number) => new WorkerProcess(number, start()));
  t.after(() => workers.map((worker) => worker.kill()));
  for (const worker of workers) dispatch.add(worker);
  for (const [before, after] of balances) {
    for (const [index, worker] of workers.entries()) worker.connections = before[index] ?? 0;
    dispatch.balance();
    // The answer to a question comes after what was told before it.
    await Promise.all(workers.map((worker) => worker.ask({ kind: 'breathe' }, 10_000)));
    assert.deepEqual(
      workers.map(({ connections }) => connections),
      after,
    );
  }
});

test('a worker that cannot be reached any more is given nothing', async () => {
  const child = start();
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
