/**
 * @module
 * The keys of one declaration by their dates: which signs, which follow, and which may be deleted.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { generationsAt } from '../../src/keys/generations.ts';

const always = Number.NEGATIVE_INFINITY;
const never = Number.POSITIVE_INFINITY;

/** `a10-50` is key a from 10 until 50, `a-50` one without a beginning. */
function keysOf(text: string) {
  return text.split(' ').flatMap((part) => {
    const [, name, from, until] = /^(\w)(\d+)?(?:-(\d+))?$/.exec(part) ?? [];
    if (name === undefined) return [];
    return [{ name, activeFrom: Number(from ?? always), retireAfter: Number(until ?? never) }];
  });
}

/** Tokens are valid for 100, and keys are kept for 20 more. */
const cases: readonly [keys: string, now: number, signer: string, coming: string, ended: string][] = [
  ['', 0, '', '', ''],
  ['a', 0, 'a', '', ''],
  ['a b50', 49, 'a', 'b', ''],
  ['a b50', 50, 'b', '', ''],
  // Without a date of its end, a key may have signed until the overlap was over.
  ['a b50', 169, 'b', '', ''],
  ['a b50', 170, 'b', '', 'a'],
  ['a-60 b50', 159, 'b', '', ''],
  ['a-60 b50', 160, 'b', '', 'a'],
  ['a b50 c200', 319, 'c', '', 'a'],
  ['a b50 c200', 320, 'c', '', 'ab'],
  ['a-60 b50-80 c90-400', 399, 'c', '', 'ab'],
  // In the order of their dates, whatever the declaration says; of two with one date, the later one signs.
  ['c200 b50 a', 60, 'b', 'c', ''],
  ['d300 c200 a b50', 60, 'b', 'cd', ''],
  ['a50 b50', 50, 'b', '', ''],
  // A key that still signs has not ended, nor has one that would sign again, or that nothing follows.
  ['a-10 b20-50', 1000, '', '', ''],
  ['a b50-60', 60, 'a', '', ''],
  ['a b50-60', 1000, 'a', '', ''],
  ['a-10 b20', 15, '', 'b', ''],
];

for (const [keys, now, signer, coming, ended] of cases) {
  test(`the keys ${keys || 'of none'} at ${now}`, () => {
    const found = generationsAt(keysOf(keys), { now, lifetime: 100, overlap: 20 });
    const names = (some: readonly { readonly name: string }[]): string => some.map(({ name }) => name).join('');
    assert.deepEqual([found.signer?.name ?? '', names(found.coming), names(found.ended)], [signer, coming, ended]);
  });
}
