import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Published } from '../../src/plan/token-plan.ts';
import { scopeWith } from './scope.ts';

const publishing = (value: string): Published => ({ read: () => value, all: () => ({ value }) });

test('the latest policy that published is asked first', () => {
  const scope = scopeWith();
  assert.equal(scope.published.length, 0);
  scope.publish(publishing('first'));
  scope.publish(publishing('second'));
  assert.deepEqual(
    scope.published.map(({ read }) => read('x')),
    ['second', 'first'],
  );
});

test('what one request remembers another does not', () => {
  const key = {};
  const scope = scopeWith();
  scope.memo.set(key, 1);
  assert.equal(scope.memo.get(key), 1);
  assert.equal(scopeWith().memo.has(key), false);
});
