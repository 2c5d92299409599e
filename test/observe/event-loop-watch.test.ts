import assert from 'node:assert/strict';
import { test } from 'node:test';
import { activity } from '../../src/observe/activity.ts';
import { longStall, watchEventLoop } from '../../src/observe/event-loop-watch.ts';
import type { LogFields } from '../../src/observe/log.ts';
import { until } from '../serving/sidecar.ts';

/** Nothing else is done for so many milliseconds. */
function work(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}

function wait(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}

/** Stalls of 0.1 s and more, which a busy machine alone does not bring about in the short time of a test. */
function watch() {
  const told = { stalls: [] as number[], warnings: [] as (LogFields | undefined)[] };
  const { close } = watchEventLoop({
    metrics: { stalled: (seconds) => seconds >= longStall && told.stalls.push(seconds) },
    log: { warn: (_message, fields) => told.warnings.push(fields) },
  });
  /** Stalls, and returns once the watch has seen it. */
  async function during(stall: () => void): Promise<void> {
    const before = told.stalls.length;
    stall();
    await until(() => told.stalls.length > before);
  }
  return { told, during, [Symbol.dispose]: close };
}

const stalls: [name: string, stall: () => void, named: Partial<LogFields>][] = [
  ['of a reload', () => activity.run('reload', () => work(400)), { activity: 'reload' }],
  [
    'of the longest of several',
    () => {
      activity.run('scrape', () => work(10));
      activity.run('JWKS', () => work(400));
      activity.run('reload', () => work(5));
    },
    { activity: 'JWKS' },
  ],
  [
    'of a request',
    () => {
      activity.request(0.001, [{ policy: 'b' }]);
      work(400);
      activity.request(0.4, [{ policy: 'a' }]);
      activity.request(0.2, [{ policy: 'c' }]);
    },
    { activity: 'request', policy: 'a' },
  ],
  [
    'of a request of several policies',
    () => {
      work(400);
      activity.request(0.4, [{ policy: 'a' }, { policy: 'b' }]);
    },
    { activity: 'request' },
  ],
  ['of nobody knows what', () => work(400), {}],
];

for (const [name, stall, named] of stalls) {
  test(`a stall ${name} is measured, and the warning names it`, async () => {
    using world = watch();
    await world.during(stall);
    const [seconds = 0] = world.told.stalls;
    assert.ok(seconds > 0.34, `${seconds} s`);
    const [warning] = world.told.warnings;
    assert.deepEqual(
      { activity: warning?.activity, policy: warning?.policy },
      { activity: undefined, policy: undefined, ...named },
    );
    assert.equal(warning?.seconds, Math.round(seconds * 1000) / 1000);
  });
}

test('the warning tells how much of a stall was work of this thread', async () => {
  using world = watch();
  await world.during(() => wait(400));
  const [warning] = world.told.warnings;
  assert.ok((warning?.seconds ?? 0) > 0.34 && (warning?.cpuSeconds ?? 1) < 0.2, JSON.stringify(warning));
});

test('one warning a minute; every stall is counted', async () => {
  using world = watch();
  for (let i = 0; i < 3; i++) await world.during(() => work(200));
  assert.deepEqual([world.told.stalls.length >= 3, world.told.warnings.length], [true, 1]);
});

test('what fails is noted as what succeeds', () => {
  activity.take(0);
  assert.throws(
    () =>
      activity.run('reload', () => {
        work(5);
        throw new RangeError();
      }),
    RangeError,
  );
  assert.equal(activity.take(0.004)?.activity, 'reload');
  assert.equal(activity.take(0.004), undefined);
});
