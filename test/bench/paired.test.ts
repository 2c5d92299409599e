import assert from 'node:assert/strict';
import { test } from 'node:test';
import { differenceOf, median, ratioOf } from '../../bench/paired.ts';

test('a disturbance of both changes no ratio, one of a single round is left out', () => {
  assert.equal(ratioOf([2, 20, 2, 90, 2], [1, 10, 1, 1, 1]), 2);
});

test('differences are those of the pairs, not of the medians', () => {
  assert.equal(differenceOf([1, 5, 9], [0, 4, 7]), 1);
});

test('a round without its pair does not count', () => {
  assert.equal(ratioOf([4, 100], [2]), 2);
});

test('medians', () => {
  assert.equal(median([3, 1, 2]), 2);
  assert.equal(median([4, 1, 2, 3]), 3);
  assert.ok(Number.isNaN(median([])));
});
