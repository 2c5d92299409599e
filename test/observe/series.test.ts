import assert from 'node:assert/strict';
import { test } from 'node:test';
import { finish } from '../../src/diagnostics/steps.ts';
import { expose } from '../../src/observe/exposition.ts';
import { Counter, Family, Gauge, Histogram } from '../../src/observe/series.ts';

const bucketOf: [value: number, counts: number[]][] = [
  [0, [1, 0, 0]],
  [1, [1, 0, 0]],
  [1.0001, [0, 1, 0]],
  [10, [0, 1, 0]],
  [10.0001, [0, 0, 1]],
  [Number.POSITIVE_INFINITY, [0, 0, 1]],
];

for (const [value, counts] of bucketOf) {
  test(`the bucket of ${value} with bounds 1 and 10`, () => {
    const histogram = new Histogram([1, 10]);
    histogram.observe(value);
    assert.deepEqual(histogram.counts, counts);
    assert.equal(histogram.sum, value);
  });
}

test('a family has one series for the same labels', () => {
  const family = new Family(() => new Counter());
  family.with('a', 'b').increment();
  family.with('a', 'b').increment();
  family.with('a,b', '').increment();
  assert.deepEqual(
    Array.from(family.all, ({ labels, series }) => [labels, series.value]),
    [
      [['a', 'b'], 2],
      [['a,b', ''], 1],
    ],
  );
  family.keepOnly(new Set(['a,b']));
  assert.deepEqual(
    Array.from(family.all, ({ labels }) => labels),
    [['a,b', '']],
  );
});

test('the exposition of a gauge, with what must be escaped', () => {
  const family = new Family(() => new Gauge());
  family.with('a"b\\c\nd').set(1.5);
  assert.equal(
    finish(expose({ name: 'g', help: 'One\\two\nthree "four".', type: 'gauge', labels: ['label'] }, family.all)),
    '# HELP g One\\\\two\\nthree "four".\n# TYPE g gauge\ng{label="a\\"b\\\\c\\nd"} 1.5\n',
  );
});

test('the exposition of a histogram is cumulative', () => {
  const family = new Family(() => new Histogram([0.25, 2.5]));
  const series = family.with('x');
  for (const value of [0.25, 0.25, 2, 3]) series.observe(value);
  assert.deepEqual(
    finish(expose({ name: 'h', help: 'H.', type: 'histogram', labels: ['l'] }, family.all))
      .split('\n')
      .slice(2),
    [
      'h_bucket{l="x",le="0.25"} 2',
      'h_bucket{l="x",le="2.5"} 3',
      'h_bucket{l="x",le="+Inf"} 4',
      'h_sum{l="x"} 5.5',
      'h_count{l="x"} 4',
      '',
    ],
  );
});
