import assert from 'node:assert/strict';
import { test } from 'node:test';
import { calmTurns, ofServer, takeTurns } from '../../bench/turns.ts';

test('every turn counts if little CPU time is stolen', () => {
  assert.deepEqual(calmTurns([0, 0.01, 0, 0.009]), [0, 1, 2, 3]);
});

test('if much CPU time is stolen, the calmer third and all undisturbed turns count', () => {
  assert.deepEqual(calmTurns([0.3, 0.02, 0.2, 0.05, 0.4, 0.1]), [1, 3]);
  assert.deepEqual(calmTurns([0.3, 0.001, 0.005, 0, 0.4, 0.1]), [1, 2, 3]);
  assert.deepEqual(calmTurns([0.5]), [0]);
  assert.deepEqual(calmTurns([]), []);
});

test('turns run one after the other, and those that count are among them', async () => {
  const { all, calm } = await takeTurns(4, async (number) => [number, -number]);
  assert.deepEqual(all.flat(), [1, -1, 2, -2, 3, -3, 4, -4]);
  assert.ok(calm.length >= 2);
  assert.ok(calm.every((turn) => all.includes(turn)));
  assert.deepEqual(ofServer(all, 1), [-1, -2, -3, -4]);
});
