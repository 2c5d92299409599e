import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cpuTicks, Stolen } from '../../bench/stolen.ts';

test('stolen time is a share of all time, which includes guest time', () => {
  const stat = 'cpu  100 10 20 800 30 0 5 35 7 7\ncpu0 50 5 10 400 15 0 3 17 3 3\n';
  assert.deepEqual(cpuTicks(stat), { all: 1000, stolen: 35 });
});

test('each part has its share, and its result is returned', async () => {
  const stolen = new Stolen();
  const until = Date.now() + 50;
  const result = await stolen.during('busy', async () => {
    while (Date.now() < until);
    return 'done';
  });
  assert.equal(result, 'done');
  const { busy = Number.NaN, ...others } = stolen.shares;
  assert.ok(busy >= 0 && busy <= 1, String(busy));
  assert.deepEqual(others, {});
});
