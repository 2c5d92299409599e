/**
 * @module
 * What a soak calls flat, with samples of a run that never was.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { draw } from './draw.ts';
import { type Figure, judge, type Verdict } from './flatness.ts';
import type { Sample } from './sample.ts';

const minutes = 60;
const seconds = minutes * 60;

const calm: Omit<Sample, 'at'> = {
  requests: 50,
  failures: 0,
  p50: 4,
  p99: 20,
  control: 1,
  resident: 100,
  heap: 20,
  descriptors: 30,
  lag: 10,
  cpu: 1000,
  load: 2,
};

/** @param changed what differs, by the share of the run that has passed */
function samples(changed: (share: number) => Partial<Sample>): Sample[] {
  return Array.from({ length: seconds }, (_, index) => ({ ...calm, at: index + 1, ...changed((index + 1) / seconds) }));
}

/** After the warm-up, what rises by `by` in the whole run rises by three quarters of it. */
const rising = (figure: Figure, by: number) => (share: number) => ({ [figure]: (calm[figure] as number) + by * share });

const cases: readonly [name: string, changed: (share: number) => Partial<Sample>, figure: Figure, Verdict['result']][] =
  [
    ['nothing rises', () => ({}), 'resident', 'flat'],
    ['memory rises by a little less than its bound', rising('resident', 6.6), 'resident', 'flat'],
    ['memory rises by a little more', rising('resident', 7.2), 'resident', 'rises'],
    ['memory falls', rising('resident', -50), 'resident', 'flat'],
    ['memory rises in the warm-up only', (share) => ({ resident: share < 0.25 ? 50 : 100 }), 'resident', 'flat'],
    ['four descriptors', rising('descriptors', 5.3), 'descriptors', 'flat'],
    ['five descriptors', rising('descriptors', 6.7), 'descriptors', 'rises'],
    ['single collections', (share) => ({ heap: (share * seconds) % 50 < 1 ? 200 : 20 }), 'heap', 'flat'],
    ['latency doubles', rising('p50', 8), 'p50', 'rises'],
    [
      'latency doubles on a machine that is more and more busy',
      (share) => ({ p50: 4 + 8 * share, load: 2 + 8 * share }),
      'p50',
      'not judged',
    ],
    [
      'latency doubles, and so does that of Envoy',
      (share) => ({ p50: 4 + 8 * share, control: 1 + 2 * share }),
      'p50',
      'not judged',
    ],
    [
      'memory rises on a busy machine',
      (share) => ({ resident: 100 + 20 * share, load: 2 + 8 * share }),
      'resident',
      'rises',
    ],
  ];

for (const [name, changed, figure, expected] of cases) {
  test(`${name}: ${figure} is ${expected}`, () => {
    assert.equal(judge(samples(changed)).find((verdict) => verdict.figure === figure)?.result, expected);
  });
}

test('seconds without an answer are left out', () => {
  const some = samples((share) => ((share * seconds) % 2 < 1 ? { p50: null, p99: null, cpu: null } : {}));
  assert.deepEqual([...new Set(judge(some).map(({ result }) => result))], ['flat']);
});

test('the picture has a panel for each figure, and its size does not depend on the length of the run', () => {
  const all = samples(() => ({}));
  const picture = draw(all, judge(all));
  assert.match(picture, /60 minutes of mixed load/);
  // Once to see and once in the description.
  assert.equal(picture.match(/flat: /g)?.length, 2 * judge(all).length);
  assert.ok(picture.length < 60_000, `${picture.length} characters`);
});
