import assert from 'node:assert/strict';
import { test } from 'node:test';
import { activity } from '../../src/observe/activity.ts';
import { longStall, watchEventLoop } from '../../src/observe/event-loop-watch.ts';
import type { LogFields } from '../../src/observe/log.ts';
import { until } from '../serving/sidecar.ts';

/** Blocks the event loop for the given milliseconds. */
function work(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}

function wait(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}

/** Stalls of 0.1 s and more, which a busy machine does not cause by itself in the short time of a test. */
function watch() {
  const recorded = { stalls: [] as number[], warnings: [] as (LogFields | undefined)[] };
  const { close } = watchEventLoop({
    metrics: { late: () => undefined, stalled: (seconds) => seconds >= longStall && recorded.stalls.push(seconds) },
    log: { warn: (_message, fields) => recorded.warnings.push(fields) },
  });
  /** Stalls, and returns after the watch has noticed it. */
  async function during(stall: () => void): Promise<void> {
    const before = recorded.stalls.length;
    stall();
    await until(() => recorded.stalls.length > before);
  }
  return { recorded, during, [Symbol.dispose]: close };
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
  ['of unknown cause', () => work(400), {}],
];

for (const [name, stall, named] of stalls) {
  test(`a stall ${name} is measured, and the warning names it`, async () => {
    using fixture = watch();
    await fixture.during(stall);
    const [seconds = 0] = fixture.recorded.stalls;
    assert.ok(seconds > 0.29, `${seconds} s`);
    const [warning] = fixture.recorded.warnings;
    assert.deepEqual(
      { activity: warning?.activity, policy: warning?.policy },
      { activity: undefined, policy: undefined, ...named },
    );
    assert.equal(warning?.seconds, Math.round(seconds * 1000) / 1000);
  });
}

test('the warning reports the CPU time of this thread', async () => {
  using fixture = watch();
  await fixture.during(() => wait(400));
  const [warning] = fixture.recorded.warnings;
  assert.ok((warning?.seconds ?? 0) > 0.29 && (warning?.cpuSeconds ?? 1) < 0.2, JSON.stringify(warning));
});

test('one warning a minute; every stall is counted', async () => {
  using fixture = watch();
  for (let i = 0; i < 3; i++) await fixture.during(() => work(250));
  assert.deepEqual([fixture.recorded.stalls.length >= 3, fixture.recorded.warnings.length], [true, 1]);
});

test('failed work is recorded like successful work', () => {
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
