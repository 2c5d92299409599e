import assert from 'node:assert/strict';
import { test } from 'node:test';
import { arrival, Later } from '../../src/diagnostics/later.ts';
import { cpuTimeOf, margin, maxTime } from '../search/cpu-time.ts';

/** What arrives, as far as it has arrived. */
function watched<T>(later: Later<T>): readonly string[] {
  const came: string[] = [];
  later.listen(
    (value) => came.push(String(value)),
    (error) => came.push(`failed: ${error}`),
  );
  return came;
}

test('all who listen get the value, in their order and once', () => {
  const later = new Later<string>();
  const came: string[] = [];
  for (const name of ['first', 'second']) {
    later.listen(
      (value) => came.push(`${name} ${value}`),
      () => assert.fail(),
    );
  }
  later.settle('a');
  later.settle('b');
  later.fail('c');
  assert.deepEqual(came, ['first a', 'second a']);
});

test('an error arrives once as well', () => {
  const later = new Later<string>();
  const came = watched(later);
  later.fail('a');
  later.settle('b');
  assert.deepEqual(came, ['failed: a']);
});

const added = (value: number): number => value + 1;
const defective = (): never => {
  throw new RangeError('defect');
};

const changes: [name: string, change: (value: number) => number | Later<number>, expected: readonly string[]][] = [
  ['a value', added, ['2']],
  ['an error', defective, ['failed: RangeError: defect']],
];
for (const [name, change, expected] of changes) {
  test(`what is made of the value is ${name}`, () => {
    const later = new Later<number>();
    const came = watched(later.map(change));
    later.settle(1);
    assert.deepEqual(came, expected);
  });
}

test('what is made of the value may arrive later still, and fail', () => {
  for (const [end, expected] of [
    [(next: Later<number>) => next.settle(2), '2'],
    [(next: Later<number>) => next.fail('late'), 'failed: late'],
  ] as const) {
    const [later, next] = [new Later<number>(), new Later<number>()];
    const came = watched(later.map(() => next));
    later.settle(1);
    assert.deepEqual(came, []);
    end(next);
    assert.deepEqual(came, [expected]);
  }
});

const recoveries: [name: string, recover: ((error: unknown) => string) | undefined, expected: string][] = [
  ['the error', undefined, 'failed: a'],
  ['something else', (error) => `instead of ${error}`, 'instead of a'],
  ['another error', defective, 'failed: RangeError: defect'],
];
for (const [name, recover, expected] of recoveries) {
  test(`what is made of an error is ${name}`, () => {
    const later = new Later<string>();
    const came = watched(later.map(assert.fail, recover));
    later.fail('a');
    assert.deepEqual(came, [expected]);
  });
}

test('a promise of a value that is there, of one that arrives and of an error', async () => {
  assert.equal(await arrival('there'), 'there');
  const [later, failing] = [new Later<string>(), new Later<string>()];
  const promises = [arrival(later), arrival(failing)];
  later.settle('came');
  failing.fail(new RangeError('late'));
  const [came, failed] = await Promise.allSettled(promises);
  assert.deepEqual(came, { status: 'fulfilled', value: 'came' });
  assert.ok(failed?.status === 'rejected' && failed.reason instanceof RangeError);
});

/** A listener that can stop waiting. */
function leaving<T>(later: Later<T>): () => void {
  let waits = true;
  const none = (): void => undefined;
  later.listen(none, none, () => waits);
  return () => {
    waits = false;
    later.reconsider();
  };
}

test('who makes a value hears when the last of those who wait leaves, and not before', () => {
  const later = new Later<number>();
  let told = 0;
  later.whenUnneeded(() => told++);
  const [one, other] = [leaving(later), leaving(later.map(added).map(added))];
  one();
  assert.equal(told, 0);
  other();
  assert.equal(told, 1);
});

test('who makes a value that another one waits for hears it as well, also if that one has left before', () => {
  for (const isBefore of [false, true]) {
    const [first, next] = [new Later<number>(), new Later<number>()];
    let told = 0;
    next.whenUnneeded(() => told++);
    const leave = leaving(first.map(() => next));
    if (isBefore) leave();
    first.settle(1);
    if (!isBefore) assert.equal(told, 0);
    if (!isBefore) leave();
    assert.equal(told, 1);
  }
});

test('each of many who wait for one value costs the same', () => {
  const cost = (count: number): number =>
    cpuTimeOf(() => {
      const later = new Later<string>();
      for (let added = 0; added < count; added++) later.listen(assert.ok, () => assert.fail());
    }).milliseconds;
  cost(1000);
  // With a copy of the list for each, it was 5,000 ms.
  assert.ok(cost(40_000) < margin * maxTime);
});

test('each of many who leave costs the same, in any order', () => {
  const cost = (count: number, isReversed: boolean): number => {
    const later = new Later<string>();
    const leaves = Array.from({ length: count }, () => leaving(later));
    if (isReversed) leaves.reverse();
    return cpuTimeOf(() => {
      for (const leave of leaves) leave();
    }).milliseconds;
  };
  cost(1000, false);
  for (const isReversed of [false, true]) assert.ok(cost(40_000, isReversed) < margin * maxTime);
});
