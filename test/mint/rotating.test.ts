import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Minter } from '../../src/mint/minter.ts';
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

test('a single term returns its minter', () => {
  const only = minter('a');
  assert.equal(rotatingMinter([{ from: 0, minter: only }]), only);
});

test('without terms it throws', () =>
  assert.throws(() => rotatingMinter([]), { name: 'TypeError', message: 'there is no term' }));
