/**
 * @module
 * What the pool does about workers that fail: real processes, with faults that real workers should not have.
 */
import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { noSigningKeys } from '../../../src/configuration/keys/signing-rings.ts';
import type { LoadInputs } from '../../../src/configuration/reload/load-inputs.ts';
import { createLog } from '../../../src/observe/log.ts';
import { Metrics } from '../../../src/observe/metrics.ts';
import { Readiness } from '../../../src/observe/readiness.ts';
import { WorkerTotals } from '../../../src/observe/worker-totals.ts';
import { WorkerLost, WorkerRefused } from '../../../src/serving/worker-errors.ts';
import { Pool } from '../../../src/serving/workers/pool.ts';
import { restartDelay } from '../../../src/serving/workers/restart-delay.ts';
import { until } from '../sidecar.ts';

const program = join(import.meta.dirname, 'faulty-worker.ts');

function inputs(version: number): LoadInputs {
  const nothing = { files: new Map(), folders: new Map(), parsed: new Map(), unlocked: new Map() };
  return { file: 'conf.yaml', version, now: 0, announcedIn: 0, ...nothing, before: noSigningKeys };
}

interface World extends AsyncDisposable {
  readonly pool: Pool;
  readonly readiness: Readiness;
  readonly lines: readonly string[];
  /** Numbers of the workers that were started, in order. */
  readonly started: readonly number[];
}

/** @param fault of workers that are started until it is cured */
function makePool(fault: string, cured: () => boolean = () => false): World {
  const lines: string[] = [];
  const started: number[] = [];
  const readiness = new Readiness();
  const pool = new Pool({
    count: 2,
    inputs: inputs(1),
    tls: undefined,
    metrics: new Metrics({ version: '0', outcomes: [] }),
    totals: new WorkerTotals(),
    readiness,
    log: createLog('info', (line) => lines.push(line)),
    breathTime: 500,
    careInterval: 50,
    startWorker(number) {
      started.push(number);
      return fork(program, [String(number), cured() ? 'none' : fault], { serialization: 'advanced', silent: true });
    },
  });
  return { pool, readiness, lines, started, [Symbol.asyncDispose]: () => pool.kill() };
}

test('a worker that cannot load what the primary could: refused, and nothing changes', async () => {
  await using world = makePool('refuses the second');
  await world.pool.start();
  await assert.rejects(world.pool.prepare(inputs(2)), WorkerRefused);
  assert.deepEqual(world.started, [1, 2]);
  // The one that refused is in order otherwise, and the next change finds no other under way.
  const { commit } = await world.pool.prepare(inputs(3));
  await commit();
  assert.equal(await world.pool.stop(1000), 'drained');
});

test('a worker that ends while it loads: lost, replaced, and the next attempt succeeds', async () => {
  await using world = makePool('ends at the second', () => world.started.length > 2);
  await world.pool.start();
  await assert.rejects(world.pool.prepare(inputs(2)), WorkerLost);
  await until(() => world.pool.dispatch.workers.size === 2);
  assert.deepEqual(world.started, [1, 2, 2]);
  const { commit } = await world.pool.prepare(inputs(2));
  await commit();
  assert.equal(world.pool.dispatch.workers.size, 2);
  assert.ok(world.lines.some((line) => line.includes('"exitCode":3') && line.includes('another takes its place')));
});

test('a worker that cannot follow the others is replaced by one that can', async () => {
  await using world = makePool('cannot commit the second', () => world.started.length > 2);
  await world.pool.start();
  const { commit } = await world.pool.prepare(inputs(2));
  await commit();
  await until(() => world.started.length === 3 && world.pool.dispatch.workers.size === 2);
  const next = await world.pool.prepare(inputs(3));
  await next.commit();
  assert.deepEqual(world.started, [1, 2, 2]);
});

test('a worker that is stuck is killed, and replaced', async () => {
  await using world = makePool('is stuck', () => world.started.length > 2);
  await world.pool.start();
  await until(() => world.started.length === 3 && world.pool.dispatch.workers.size === 2);
  assert.deepEqual(world.started, [1, 2, 2]);
  const told = world.lines.filter((line) => line.includes('"level":"error"'));
  assert.match(
    told.join(''),
    /does not answer any more and is killed.*\n.*"signal":"SIGKILL".*another takes its place/,
  );
  // What it was asked meanwhile is not waited for.
  await world.pool.count();
});

test('a worker that ends before it serves keeps all from starting, and none is left', async () => {
  await using world = makePool('ends at the first');
  await assert.rejects(world.pool.start(), WorkerLost);
  assert.deepEqual(world.started, [1, 2]);
  assert.equal(world.pool.dispatch.workers.size, 0);
  assert.ok(world.lines.some((line) => line.includes('A worker ended before it served.')));
});

const delays: [earlyEnds: number, milliseconds: number][] = [
  [0, 0],
  [1, 0],
  [2, 100],
  [3, 200],
  [10, 25_600],
  [11, 30_000],
  [1000, 30_000],
];

for (const [earlyEnds, milliseconds] of delays) {
  test(`after ${earlyEnds} early ends in a row the next worker comes after ${milliseconds} ms`, () => {
    assert.equal(restartDelay(earlyEnds), milliseconds);
  });
}
