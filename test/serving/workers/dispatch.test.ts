import assert from 'node:assert/strict';
import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createConnection, Socket } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { listenPaused } from '../../../src/net/listen.ts';
import { Dispatch, maxWaiting } from '../../../src/serving/workers/dispatch.ts';
import { WorkerProcess } from '../../../src/serving/workers/worker-process.ts';

const program = join(import.meta.dirname, 'faulty-worker.ts');

/** A worker that answers, sends `served` on each connection, and closes connections on request. */
function start(fault = 'none'): ChildProcess {
  return fork(program, ['1', fault], { silent: true });
}

/** A worker that answers until it reaches its limit of open files. */
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

/**
 * @returns a function that opens a connection, assigns it to `dispatch`, and resolves with the received data once it is
 *   closed
 */
async function listening(t: TestContext, dispatch: Dispatch): Promise<() => Promise<string>> {
  const listener = await listenPaused('127.0.0.1:0', (socket) => dispatch.assign(socket));
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

test('while no worker serves, a limited number of connections wait', () => {
  const dispatch = new Dispatch();
  const sockets = Array.from({ length: maxWaiting + 1 }, () => new Socket());
  for (const socket of sockets) dispatch.assign(socket);
  assert.deepEqual(
    sockets.flatMap((socket, index) => (socket.destroyed ? [index] : [])),
    [maxWaiting],
  );
  dispatch.close();
  assert.ok(sockets.every((socket) => socket.destroyed));
  const late = new Socket();
  dispatch.assign(late);
  assert.ok(late.destroyed, 'no worker would serve it any more');
});

test('a connection that its client closes no longer waits', async () => {
  const dispatch = new Dispatch();
  const [first, ...others] = Array.from({ length: maxWaiting + 1 }, () => new Socket());
  assert.ok(first);
  dispatch.assign(first);
  await new Promise<void>((closed) => {
    first.once('close', () => closed());
    first.destroy();
  });
  for (const socket of others) dispatch.assign(socket);
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

test('workers with too many connections close those above their share', async (t) => {
  const dispatch = new Dispatch();
  const workers = [1, 2, 3].map((number) => new WorkerProcess(number, start()));
  t.after(() => workers.map((worker) => worker.kill()));
  for (const worker of workers) dispatch.add(worker);
  for (const [before, after] of balances) {
    for (const [index, worker] of workers.entries()) worker.connections = before[index] ?? 0;
    dispatch.balance();
    // The answer to a question comes after earlier messages.
    await Promise.all(workers.map((worker) => worker.ask({ kind: 'ping' }, 10_000)));
    assert.deepEqual(
      workers.map(({ connections }) => connections),
      after,
    );
  }
});

test('a worker whose channel is closed gets no connections', async () => {
  const child = start();
  const worker = new WorkerProcess(1, child);
  const dispatch = new Dispatch();
  dispatch.add(worker);
  // It closes the channel before it ends.
  await worker.ask({ kind: 'stop', milliseconds: 0 }, 10_000);
  await once(child, 'disconnect');
  const socket = new Socket();
  dispatch.assign(socket);
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

test('a connection that does not reach its worker is closed after the next answer of the worker', async (t) => {
  const dispatch = new Dispatch();
  const worker = new WorkerProcess(1, startWithFewFiles());
  t.after(() => worker.kill());
  await worker.ask({ kind: 'ping' }, 10_000);
  dispatch.add(worker);
  const connect = await listening(t, dispatch);
  const received = connect();
  while (worker.connections === 0) await new Promise((next) => setImmediate(next));
  await worker.ask({ kind: 'ping' }, 10_000);
  assert.equal(worker.connections, 0);
  assert.equal(await received, '');
});
