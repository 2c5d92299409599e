/**
 * Whether other threads pay is told by what was measured, once a second and only while somebody asks.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type CoreTimes, SpareCore, thisMachine, threadsPay } from '../../src/runtime/spare-core.ts';

const start: CoreTimes = { clock: 100, idle: 5000, own: 40 };

/** Two seconds later, with so many cores idle and so many used by this process. */
const after = (idle: number, own: number): CoreTimes => ({
  clock: start.clock + 2,
  idle: start.idle + 2 * idle,
  own: start.own + 2 * own,
});

const cases: readonly (readonly [name: string, idle: number, own: number, pays: boolean])[] = [
  ['all of one core is used, and another is free', 1, 1, true],
  ['another is free but for a part', 0.99, 1, false],
  ['a part of one core is used', 3, 0.89, false],
  ['nearly all of it is used', 3, 0.91, true],
  ['threads use the core that was free', 0, 2, true],
  ['threads use it, and something else wants it', 0, 1.99, false],
  ['nothing is free', 0, 1, false],
];
for (const [name, idle, own, pays] of cases) {
  test(`${name}: ${pays ? 'threads pay' : 'they do not'}`, () => {
    assert.equal(threadsPay(start, after(idle, own)), pays);
  });
}

/** A machine whose times are given one by one. */
function watched(...times: readonly (CoreTimes | undefined)[]) {
  const waiting: (() => void)[] = [];
  let looks = 0;
  let now = 0;
  const core = new SpareCore({
    times: () => times[looks++],
    later: (work) => waiting.push(work),
    now: () => now,
  });
  return {
    core,
    looks: () => looks,
    pass(seconds: number) {
      now += seconds;
    },
    runLater() {
      for (const work of waiting.splice(0)) work();
    },
  };
}

test('the first look compares with nothing; the second one tells, once its turn has come', () => {
  const { core, pass, runLater } = watched(start, after(1, 1));
  assert.equal(core.isThere, false);
  runLater();
  assert.equal(core.isThere, false);
  pass(1);
  assert.equal(core.isThere, false, 'who asks does not wait for the look');
  runLater();
  assert.equal(core.isThere, true);
});

test('it looks once a second however often it is asked, and not at all when it is not', () => {
  const { core, pass, runLater, looks } = watched(start, start, start);
  for (let asked = 0; asked < 1000; asked++) assert.equal(core.isThere, false);
  runLater();
  assert.equal(looks(), 1);
  pass(3600);
  runLater();
  assert.equal(looks(), 1);
  assert.equal(core.isThere, false);
  runLater();
  assert.equal(looks(), 2);
});

test('where the system does not tell, signatures stay where they are', () => {
  const { core, pass, runLater } = watched(undefined, after(1, 1), undefined, after(1, 1));
  for (let look = 0; look < 4; look++) {
    assert.equal(core.isThere, false);
    runLater();
    pass(1);
  }
  assert.equal(core.isThere, false);
});

test("this machine's times go forward", async () => {
  const before = thisMachine.times();
  if (before === undefined) return; // one CPU, or not Linux
  const end = performance.now() + 60;
  while (performance.now() < end);
  const later = thisMachine.times() ?? assert.fail();
  assert.ok(later.clock > before.clock && later.own > before.own && later.idle >= before.idle);
  await new Promise<void>((resolve) => {
    thisMachine.later(resolve);
  });
});
