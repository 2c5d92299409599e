/**
 * @module
 * How the pool handles workers that fail: real processes with simulated faults.
 */
import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { noSigningKeys } from '../../../src/configuration/keys/key-rings.ts';
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
  const nothing = { files: new Map(), folders: new Map(), parsed: new Map(), unlocked: new Map(), outside: new Map() };
  return { file: 'conf.yaml', version, now: 0, announcedIn: 0, ...nothing, before: noSigningKeys };
}

interface Fixture extends AsyncDisposable {
  readonly pool: Pool;
  readonly readiness: Readiness;
  readonly lines: readonly string[];
  /** Numbers of the workers that were started, in order. */
  readonly started: readonly number[];
}

/** @param fault the fault of workers that are started until it is removed */
function makePool(fault: string, cured: () => boolean = () => false): Fixture {
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
    pingTimeout: 500,
    checkInterval: 50,
    startWorker(number) {
      started.push(number);
      return fork(program, [String(number), cured() ? 'none' : fault], { serialization: 'advanced', silent: true });
    },
  });
  return { pool, readiness, lines, started, [Symbol.asyncDispose]: () => pool.kill() };
}

test('a worker that cannot load what the primary loaded: refused, and nothing changes', async () => {
  await using fixture = makePool('refuses the second');
  await fixture.pool.start();
  await assert.rejects(fixture.pool.prepare(inputs(2)), WorkerRefused);
  assert.deepEqual(fixture.started, [1, 2]);
  // The worker that refused still works, and no other change is in progress.
  const { commit } = await fixture.pool.prepare(inputs(3));
  await commit();
  assert.equal(await fixture.pool.stop(1000), 'drained');
});

test('a worker that ends while it loads: lost, replaced, and the next attempt succeeds', async () => {
  await using fixture = makePool('ends at the second', () => fixture.started.length > 2);
  await fixture.pool.start();
  await assert.rejects(fixture.pool.prepare(inputs(2)), WorkerLost);
  await until(() => fixture.pool.dispatch.workers.size === 2);
  assert.deepEqual(fixture.started, [1, 2, 2]);
  const { commit } = await fixture.pool.prepare(inputs(2));
  await commit();
  assert.equal(fixture.pool.dispatch.workers.size, 2);
  assert.ok(fixture.lines.some((line) => line.includes('"exitCode":3') && line.includes('is replaced')));
});

test('a worker that fails to commit is replaced', async () => {
  await using fixture = makePool('cannot commit the second', () => fixture.started.length > 2);
  await fixture.pool.start();
  const { commit } = await fixture.pool.prepare(inputs(2));
  await commit();
  await until(() => fixture.started.length === 3 && fixture.pool.dispatch.workers.size === 2);
  const next = await fixture.pool.prepare(inputs(3));
  await next.commit();
  assert.deepEqual(fixture.started, [1, 2, 2]);
});

test('a worker that is stuck is killed, and replaced', async () => {
  await using fixture = makePool('is stuck', () => fixture.started.length > 2);
  await fixture.pool.start();
  await until(() => fixture.started.length === 3 && fixture.pool.dispatch.workers.size === 2);
  assert.deepEqual(fixture.started, [1, 2, 2]);
  const recorded = fixture.lines.filter((line) => line.includes('"level":"error"'));
  assert.match(recorded.join(''), /does not answer and is killed.*\n.*"signal":"SIGKILL".*is replaced/);
  assert.ok(fixture.lines.some((line) => /"level":"warn".*gets no connections until it does/.test(line)));
  // Questions to it are not waited for.
  await fixture.pool.count();
});

test('a worker that ends before it serves keeps all from starting, and no process is left', async () => {
  await using fixture = makePool('ends at the first');
  await assert.rejects(fixture.pool.start(), WorkerLost);
  assert.deepEqual(fixture.started, [1, 2]);
  assert.equal(fixture.pool.dispatch.workers.size, 0);
  assert.ok(fixture.lines.some((line) => line.includes('A worker ended before it was serving.')));
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
  test(`after ${earlyEnds} consecutive early ends the next worker starts after ${milliseconds} ms`, () => {
    assert.equal(restartDelay(earlyEnds), milliseconds);
  });
}
