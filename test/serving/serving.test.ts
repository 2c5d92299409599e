import assert from 'node:assert/strict';
import { availableParallelism } from 'node:os';
import { test } from 'node:test';
import { workersOf } from '../../src/serving/start-serving.ts';

const counts: [workers: number | 'auto', processes: number][] = [
  [1, 1],
  [3, 3],
  ['auto', availableParallelism()],
];

for (const [workers, processes] of counts) {
  test(`workers: ${workers}`, () => assert.equal(workersOf({ workers }), processes));
}
