import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Minter } from '../../src/mint/minter.ts';
import { nothingGiven } from '../../src/mint/reuse.ts';
import { rotatingMinter } from '../../src/mint/rotating.ts';
import type { Scope } from '../../src/plan/token-plan.ts';

const minter = (name: string): Minter => ({ mint: () => name });
const at = (now: number): Scope => ({ now }) as Scope;

test('each term has its minter; the first is also used before it begins, and the clock may be set back', () => {
  const rotating = rotatingMinter([
    { from: 10, minter: minter('a') },
    { from: 20, minter: minter('b') },
    { from: 30, minter: minter('c') },
  ]);
  const times: [now: number, name: string][] = [
    [0, 'a'],
    [19, 'a'],
    [20, 'b'],
    [29, 'b'],
    [30, 'c'],
    [1e12, 'c'],
    [29, 'b'],
    [5, 'a'],
  ];
  for (const [now, name] of times) assert.equal(rotating.mint(at(now)), name, String(now));
});

const ends: [name: string, now: number, given: number, until: number][] = [
  ['by the end of the term', 15, 25, 20],
  ['by what the minter says', 15, 19, 19],
  ['at the end of both', 15, 20, 20],
  ['in the last term, by what the minter says', 20, 25, 25],
  ['not at all, in any term', 15, Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY],
  ['not at all, in the last term', 20, Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY],
];

for (const [name, now, given, until] of ends) {
  test(`how long a token may be given again is bounded ${name}`, () => {
    const last = nothingGiven();
    const giving: Minter = {
      mint() {
        last.until = given;
        return 'token';
      },
    };
    const terms = [10, 20].map((from) => ({ from, minter: giving }));
    rotatingMinter(terms, last).mint(at(now));
    assert.equal(last.until, until);
  });
}

test('a single term returns its minter', () => {
  const only = minter('a');
  assert.equal(rotatingMinter([{ from: 0, minter: only }]), only);
});

test('without terms it throws', () =>
  assert.throws(() => rotatingMinter([]), { name: 'TypeError', message: 'there is no term' }));
