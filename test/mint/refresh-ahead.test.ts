/**
 * `refreshAhead`: a token is made anew before it ends, by the requests that get it.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonValue } from '../../src/diagnostics/json.ts';
import { needsNothing } from '../../src/plan/needs.ts';
import type { Step } from '../../src/plan/token-plan.ts';
import { reusedMinter, second } from './reused-minter.ts';
import { somewhere } from './scope.ts';

const computed = (value: JsonValue | undefined): Step => ({
  kind: 'computed',
  place: somewhere,
  name: 'c',
  value: { needs: needsNothing, evaluate: () => value },
});

const half = { for: 30_000, refreshAhead: 10_000 };

test('a request near the end of a token has the next one made, and gets the old one', () => {
  const { numberOf, answered, counts } = reusedMinter(half);
  assert.equal(numberOf(second), 1);
  assert.equal(numberOf(second + 19_999), 1);
  assert.equal(answered(), 0);
  assert.equal(numberOf(second + 20_000), 1);
  assert.equal(numberOf(second + 20_001), 1);
  assert.equal(answered(), 1);
  assert.equal(numberOf(second + 20_002), 2);
  // The next one has the whole time again.
  assert.equal(numberOf(second + 49_999), 2);
  assert.deepEqual(counts, { hit: 5, miss: 1, evicted: 0 });
});

test('in steady state no request waits, and each token is made once', () => {
  const { numberOf, answered, counts } = reusedMinter(half);
  for (let at = 0; at <= 300_000; at += 500) {
    numberOf(second + at, { a: 'x' });
    numberOf(second + at, { a: 'y' });
    answered();
  }
  assert.equal(counts.miss, 2);
  assert.equal(numberOf(second + 300_000, { a: 'x' }), 2 * 15 + 1);
});

test('a token that nobody asks for is not made anew', () => {
  const { numberOf, answered } = reusedMinter(half);
  numberOf(second);
  numberOf(second + 10_000);
  assert.equal(answered(), 0);
  assert.equal(numberOf(second + 30_000), 2);
});

test('a token that ends soon is made anew in the second half of its time only', () => {
  // Its `exp` is 60 s after it was made, and it must still be valid for 50 s.
  const { numberOf, answered } = reusedMinter({ for: 300_000, leeway: 50_000, refreshAhead: 200_000 });
  assert.equal(numberOf(second), 1);
  assert.equal(numberOf(second + 4_999), 1);
  assert.equal(answered(), 0);
  assert.equal(numberOf(second + 5_000), 1);
  assert.equal(answered(), 1);
});

test('a value that is an object is used before the request is gone', () => {
  const value = {
    kind: 'computed',
    place: somewhere,
    name: 'o',
    value: { needs: needsNothing, evaluate: () => ({ a: 1 }) },
  } as const;
  const { numberOf, answered } = reusedMinter(half, { header: [], claims: [value] });
  assert.equal(numberOf(second), 1);
  assert.equal(numberOf(second + 20_000), 1);
  assert.equal(answered(), 0);
  assert.equal(numberOf(second + 20_001), 2);
});

test('a value that is an object, next to a text, is used before the request is gone', () => {
  const claims = [computed({ a: 1 }), computed('text')];
  const { numberOf, answered } = reusedMinter(half, { header: [], claims });
  numberOf(second);
  numberOf(second + 20_000);
  assert.equal(answered(), 0);
});

test('the next token is made of the same values', () => {
  const claims = [1, null, true, 'text', undefined].map(computed);
  const { numberOf, answered, written } = reusedMinter(half, { header: [], claims });
  numberOf(second);
  numberOf(second + 20_000);
  assert.equal(answered(), 1);
  assert.deepEqual(written, [
    [1, null, true, 'text', undefined],
    [1, null, true, 'text', undefined],
  ]);
});

test('if the next token cannot be made, the request has the old one, and one a second later tries again', () => {
  const { numberOf, answered, signer } = reusedMinter(half);
  numberOf(second);
  signer.fails = true;
  assert.deepEqual([numberOf(second + 20_000), answered()], [1, 1]);
  assert.deepEqual([numberOf(second + 20_999), answered()], [1, 0]);
  signer.fails = false;
  assert.deepEqual([numberOf(second + 21_000), answered()], [1, 1]);
  assert.equal(numberOf(second + 21_001), 2);
});

test('a token of other values is not replaced', () => {
  const { numberOf, answered } = reusedMinter(half);
  numberOf(second, { a: 'x' });
  numberOf(second + 10_000, { a: 'y' });
  numberOf(second + 20_000, { a: 'x' });
  answered();
  assert.equal(numberOf(second + 20_001, { a: 'y' }), 2);
  assert.equal(numberOf(second + 20_001, { a: 'x' }), 3);
});
