import assert from 'node:assert/strict';
import { test } from 'node:test';
import { differenceOf, intervalOf, median, ratioOf } from '../../bench/paired.ts';

test('a disturbance of both values does not change the ratio; one of a single round is excluded', () => {
  assert.equal(ratioOf([2, 20, 2, 90, 2], [1, 10, 1, 1, 1]), 2);
});

test('a difference is that of the pairs, not of the medians', () => {
  assert.equal(differenceOf([1, 5, 9], [0, 4, 7]), 1);
});

test('a round without a pair does not count', () => {
  assert.equal(ratioOf([4, 100], [2]), 2);
});

test('medians', () => {
  assert.equal(median([3, 1, 2]), 2);
  assert.equal(median([4, 1, 2, 3]), 3);
  assert.ok(Number.isNaN(median([])));
});

/** The ranks of the interval's ends, from 0, from tables of the binomial distribution. */
const intervals: [count: number, low: number, high: number, confidence: number][] = [
  [1, 0, 0, 0],
  [5, 0, 4, 0.9375],
  [6, 0, 5, 0.96875],
  [9, 1, 7, 0.9609375],
  [15, 3, 11, 0.96484375],
  [45, 15, 29, 0.964],
];

for (const [count, low, high, confidence] of intervals) {
  test(`the interval of the median of ${count}`, () => {
    const values = Array.from({ length: count }, (_, index) => (index * 7) % count);
    const interval = intervalOf(count % 7 === 0 ? values.keys().toArray() : values);
    assert.deepEqual([interval.low, interval.high, interval.count], [low, high, count]);
    assert.ok(Math.abs(interval.confidence - confidence) < 5e-4, String(interval.confidence));
    assert.equal(interval.median, Math.floor(count / 2));
  });
}
