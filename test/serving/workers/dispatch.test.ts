import assert from 'node:assert/strict';
import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createConnection, Socket } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { listenToHandOn } from '../../../src/net/listen.ts';
import { Dispatch, mostWaiting } from '../../../src/serving/workers/dispatch.ts';
import { WorkerProcess } from '../../../src/serving/workers/worker-process.ts';

const program = join(import.meta.dirname, 'faulty-worker.ts');

/** A worker that answers, says `served` on each connection, and drops the connections that it is told to. */
function start(fault = 'none'): ChildProcess {
  return fork(program, ['1', fault], { silent: true });
}

/** A worker that answers, until it has as many files open as it may. */
function startWithFewFiles(): ChildProcess {
  const command = [
    '-c',
    'ulimit -n 64 && exec "$@"',
    'sh',
    process.execPath,
    program,
    '1',
    'has no file descriptor left',
  ];
  return spawn('sh', command, { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
}

/** @returns what makes a connection that is handed to `dispatch`, and tells, once it is closed, what came over it */
async function listening(t: TestContext, dispatch: Dispatch): Promise<() => Promise<string>> {
  const listener = await listenToHandOn('127.0.0.1:0', (socket) => dispatch.hand(socket));
  t.after(() => listener.close());
  const port = Number(listener.address.split(':').at(-1));
  return async () => {
    let received = '';
    const client = createConnection({ host: '127.0.0.1', port });
    client
      .on('error', () => undefined)
      .on('data', (part) => {
        received += part;
      });
    client.write('hello');
    await new Promise((closed) => client.once('close', closed));
    return received;
  };
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
  const late = new Socket();
  dispatch.hand(late);
  assert.ok(late.destroyed, 'nobody would serve it any more');
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
  // It closes the channel before it ends.
  await worker.ask({ kind: 'stop', milliseconds: 0 }, 10_000);
  await once(child, 'disconnect');
  const socket = new Socket();
  dispatch.hand(socket);
  assert.deepEqual([socket.destroyed, worker.connections], [false, 0]);
  await assert.rejects(worker.ask({ kind: 'count' }, 1000), { name: 'WorkerLost' });
  await worker.ended;
  dispatch.close();
});

const ends: [fault: string, received: string][] = [
  ['ends before it takes', 'served'],
  ['ends when it has taken', ''],
];

for (const [fault, received] of ends) {
  test(`a worker that ${fault} a connection: the client ${received === '' ? 'has to come again' : 'is served by another'}`, async (t) => {
    const dispatch = new Dispatch();
    const [first, second] = [new WorkerProcess(1, start(fault)), new WorkerProcess(2, start())];
    t.after(() => [first, second].map((worker) => worker.kill()));
    for (const worker of [first, second]) dispatch.add(worker);
    const connect = await listening(t, dispatch);
    const removed = first.ended.then(() => dispatch.remove(first));
    assert.equal(await connect(), received);
    await removed;
  });
}

test('a connection that does not reach its worker is closed once the worker answers anything', async (t) => {
  const dispatch = new Dispatch();
  const worker = new WorkerProcess(1, startWithFewFiles());
  t.after(() => worker.kill());
  await worker.ask({ kind: 'breathe' }, 10_000);
  dispatch.add(worker);
  const connect = await listening(t, dispatch);
  const received = connect();
  while (worker.connections === 0) await new Promise((next) => setImmediate(next));
  await worker.ask({ kind: 'breathe' }, 10_000);
  assert.equal(worker.connections, 0);
  assert.equal(await received, '');
});
