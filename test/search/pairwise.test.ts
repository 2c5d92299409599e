import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ordered, pairsOf } from './pairwise.ts';

const factors = { colour: ['red', 'green', 'blue'], size: [1, 2, 3, 4], lit: [true, false], room: ['hall', 'attic'] };

for (const seed of [1, 2, 3]) {
  test(`seed ${seed}: every combination once, and every pair among the first`, () => {
    const { combinations, pairwise } = ordered(factors, seed);
    const texts = combinations.map((row) => JSON.stringify(row));
    assert.equal(new Set(texts).size, 3 * 4 * 2 * 2);
    assert.equal(texts.length, 3 * 4 * 2 * 2);
    const pairs = (rows: typeof combinations) => new Set(rows.flatMap(pairsOf)).size;
    assert.equal(pairs(combinations), 3 * 4 + 3 * 2 + 3 * 2 + 4 * 2 + 4 * 2 + 2 * 2);
    assert.equal(pairs(combinations.slice(0, pairwise)), pairs(combinations));
    assert.ok(pairs(combinations.slice(0, pairwise - 1)) < pairs(combinations));
    assert.ok(pairwise >= 12 && pairwise <= 16, `${pairwise} combinations for ${pairs(combinations)} pairs`);
  });
}

test('a seed repeats the order, another one changes it', () => {
  assert.deepEqual(ordered(factors, 7), ordered(factors, 7));
  assert.notDeepEqual(ordered(factors, 7).combinations, ordered(factors, 8).combinations);
});
