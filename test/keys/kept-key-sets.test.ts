import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KeptKeySets } from '../../src/keys/kept-key-sets.ts';

const [one, other, next] = [{}, {}, {}];

const asked: readonly [what: string, now: number, parts: readonly object[], made: number][] = [
  ['the same parts', 10, [one, other], 1],
  ['the same parts until a key ends', 19, [one, other], 1],
  ['the same parts when a key ends', 20, [one, other], 2],
  ['the same parts before they were made', 9, [one, other], 2],
  ['another first part', 10, [next, other], 2],
  ['another last part', 10, [one, next], 2],
];

for (const [what, now, parts, made] of asked) {
  test(`JWK sets of ${what} are made ${made === 1 ? 'once' : 'again'}`, () => {
    const kept = new KeptKeySets();
    let count = 0;
    const make = () => {
      count++;
      return { classic: [], postQuantum: [], algorithms: [], until: 20 };
    };
    kept.at(10, [one, other], make);
    kept.at(now, parts, make);
    assert.equal(count, made);
  });
}
