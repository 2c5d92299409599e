import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clockCheck, minJump } from '../../src/observe/clock-watch.ts';
import type { LogFields } from '../../src/observe/log.ts';

/** What the time of day and the other clock advance by until each check, in milliseconds. */
const courses: readonly [name: string, steps: readonly (readonly [day: number, elapsed: number])[], jumps: number[]][] =
  [
    [
      'a clock that runs',
      [
        [1000, 1000],
        [1003, 1000],
      ],
      [],
    ],
    ['a check that comes late', [[90_000, 90_000]], []],
    ['a jump below the limit', [[1000 + minJump - 1, 1000]], []],
    ['a jump at the limit', [[1000 + minJump, 1000]], [1]],
    ['a jump back at the limit', [[1000 - minJump, 1000]], [-1]],
    ['a slow adjustment', Array.from({ length: 60 }, () => [1500, 1000] as const), []],
    [
      'hours back, and a month on',
      [
        [1000 - 7_200_000, 1000],
        [1000, 1000],
        [2_592_001_000, 1000],
      ],
      [-7200, 2_592_000],
    ],
  ];

for (const [name, steps, jumps] of courses) {
  test(`the clock: ${name}`, () => {
    let [day, elapsed, counted] = [Date.UTC(2026, 0), 5, 0];
    const lines: (LogFields | undefined)[] = [];
    const check = clockCheck({
      metrics: { clockJumped: () => counted++ },
      log: { warn: (_message, fields) => lines.push(fields) },
      now: () => day,
      elapsed: () => elapsed,
    });
    for (const [dayStep, elapsedStep] of steps) {
      day += dayStep;
      elapsed += elapsedStep;
      check();
    }
    assert.deepEqual(
      lines.map((fields) => fields?.seconds),
      jumps,
    );
    assert.equal(counted, jumps.length);
  });
}
