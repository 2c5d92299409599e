import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ordered } from '../search/pairwise.ts';
import { search } from './envoy.search.ts';
import { factors } from './harness/envoy-matrix.ts';

for (const seed of [0, 1, 2, 3, 4]) {
  test(`seed ${seed}: the share of the matrix holds every pair of settings`, () => {
    const { combinations, pairwise } = ordered(factors, seed);
    assert.equal(combinations.length, 3 * 4 * 4 * 2 * 5);
    assert.ok(pairwise <= search.share, `${pairwise} combinations`);
  });
}
