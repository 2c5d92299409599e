import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { ReuseLimits } from '../../src/mint/reuse.ts';
import { ReuseMemory } from '../../src/mint/reuse-memory.ts';
import { plan, reusedMinter, second } from './reused-minter.ts';

/** Whether two policies that share this many bytes keep a token of each. */
function keepsBoth(bytes: number): boolean {
  const memory = new ReuseMemory(bytes);
  const [one, other] = [reusedMinter({}, plan, memory), reusedMinter({}, plan, memory)];
  one.numberOf(second);
  other.numberOf(second);
  return other.numberOf(second) === 1 && one.numberOf(second) === 1;
}

test('reuse: policies share one limit, exact to the byte', () => {
  const enough = Array.from({ length: 1000 }, (_, bytes) => bytes).filter(keepsBoth);
  const [least = 0] = enough;
  assert.equal(enough.length, 1000 - least);
  const memory = new ReuseMemory(least / 2);
  const single = reusedMinter({}, plan, memory);
  assert.deepEqual([single.numberOf(second), single.numberOf(second)], [1, 1]);
  const tooLarge = reusedMinter({}, plan, new ReuseMemory(least / 2 - 1));
  assert.deepEqual([tooLarge.numberOf(second), tooLarge.numberOf(second)], [1, 2]);
});

test('reuse: the oldest token of any policy is dropped first', () => {
  const memory = new ReuseMemory(700); // for three tokens
  const [one, other] = [reusedMinter({ for: 30_000 }, plan, memory), reusedMinter({}, plan, memory)];
  const asked = [
    one.numberOf(second, { a: '1' }),
    other.numberOf(second + 1000, { a: '1' }),
    other.numberOf(second + 1000, { a: '2' }),
    one.numberOf(second + 1000, { a: '1' }),
    other.numberOf(second + 1000, { a: '3' }), // in place of the last one
    one.numberOf(second + 1000, { a: '1' }),
    other.numberOf(second + 1000, { a: '3' }),
    other.numberOf(second + 1000, { a: '2' }),
  ];
  assert.deepEqual(asked, [1, 1, 2, 1, 3, 2, 3, 2]);
  assert.deepEqual([one.counts.evicted, other.counts.evicted], [1, 1]);
  assert.deepEqual([one.kept.entries, other.kept.entries], [1, 2]);
});

test('reuse: requests of another policy drop expired tokens before tokens that can be reused', () => {
  const memory = new ReuseMemory(700); // for three tokens
  const [lasting, gone, busy] = [{ for: 30_000 }, {}, {}].map((changed) => reusedMinter(changed, plan, memory));
  assert.ok(lasting && gone && busy);
  lasting.numberOf(second);
  gone.numberOf(second, { a: '1' });
  gone.numberOf(second, { a: '2' });
  busy.numberOf(second + 1000, { a: '1' });
  busy.numberOf(second + 1000, { a: '2' });
  assert.equal(lasting.numberOf(second + 1000), 1);
});

test('reuse: two tokens that fill the shared limit exactly are both kept', () => {
  const alone = reusedMinter();
  alone.numberOf(second);
  const { bytes } = alone.kept;
  assert.deepEqual([keepsBoth(2 * bytes), keepsBoth(2 * bytes - 1)], [true, false]);
});

const expiring: readonly [name: string, limits: Partial<ReuseLimits>][] = [
  ['within their second', {}],
  ['for longer', { for: 1000 }],
];

for (const [name, limits] of expiring) {
  test(`reuse: a request drops two expired tokens of any policy that are reused ${name}`, () => {
    const memory = new ReuseMemory(1_000_000);
    const [gone, busy] = [reusedMinter(limits, plan, memory), reusedMinter({ for: 30_000 }, plan, memory)];
    for (const a of ['1', '2', '3', '4', '5']) gone.numberOf(second, { a });
    const left = [999, 1000, 1000, 1001, 1001].map((offset) => {
      busy.numberOf(second + offset);
      return gone.kept.entries;
    });
    assert.deepEqual(left, [5, 3, 1, 0, 0]);
    assert.deepEqual([gone.counts.evicted, gone.kept.bytes, memory.bytes], [0, 0, busy.kept.bytes]);
  });
}

test('reuse: of tokens of the same instant, the one that ends with its second is dropped first', () => {
  const memory = new ReuseMemory(500); // for two tokens
  const [longer, within] = [reusedMinter({ for: 30_000 }, plan, memory), reusedMinter({}, plan, memory)];
  longer.numberOf(second, { a: '1' });
  within.numberOf(second, { a: '1' });
  longer.numberOf(second, { a: '2' });
  assert.deepEqual([longer.kept.entries, within.kept.entries], [2, 0]);
});

test('reuse: a large token takes the place of as many as it needs', () => {
  const memory = new ReuseMemory(700); // for three tokens
  const [small, large] = [reusedMinter({}, plan, memory), reusedMinter({}, plan, memory)];
  for (const a of ['1', '2', '3']) small.numberOf(second, { a });
  large.numberOf(second, { a: 'x'.repeat(150) });
  assert.deepEqual([small.kept.entries, small.counts.evicted, large.kept.entries], [1, 2, 1]);
  assert.equal(memory.bytes, small.kept.bytes + large.kept.bytes);
});

test('reuse: expired tokens that make room for a large one do not count as dropped early', () => {
  const memory = new ReuseMemory(900); // for four tokens
  const [gone, large] = [reusedMinter({}, plan, memory), reusedMinter({}, plan, memory)];
  for (const a of ['1', '2', '3', '4']) gone.numberOf(second, { a });
  large.numberOf(second + 1000, { a: 'x'.repeat(300) });
  assert.deepEqual([gone.kept.entries, gone.counts.evicted, large.kept.entries], [0, 0, 1]);
});

test('reuse: a token that is replaced leaves older ones of other policies in their order', () => {
  const memory = new ReuseMemory(700); // for three tokens
  const [first, replaced, last] = [{}, { entries: 1 }, {}].map((changed) => reusedMinter(changed, plan, memory));
  assert.ok(first && replaced && last);
  first.numberOf(second);
  replaced.numberOf(second, { a: '1' });
  last.numberOf(second);
  replaced.numberOf(second, { a: '2' });
  last.numberOf(second, { a: '2' }); // in place of the oldest
  assert.deepEqual([first.kept.entries, replaced.kept.entries, last.kept.entries], [0, 1, 2]);
});

test('property: the shared limit is never exceeded, and a token is reused only for its key and second', () => {
  const request = fc.record({
    policy: fc.nat(2),
    caller: fc.nat(5),
    wait: fc.constantFrom(0, 0, 0, 400, 1000, 40_000),
  });
  fc.assert(
    fc.property(fc.array(request, { maxLength: 60 }), fc.integer({ min: 0, max: 1500 }), (requests, bytes) => {
      const memory = new ReuseMemory(bytes);
      const policies = [{}, { for: 3_000 }, { entries: 2 }].map((changed) => reusedMinter(changed, plan, memory));
      const issued = new Map<string, { readonly at: number; readonly to: number }>();
      let now = second;
      for (const { policy, caller, wait } of requests) {
        now += wait;
        const number = policies[policy]?.numberOf(now, { a: String(caller) }) ?? 0;
        const first = issued.get(`${policy} ${number}`);
        if (first === undefined) issued.set(`${policy} ${number}`, { at: now, to: caller });
        else assert.ok(first.to === caller && now < first.at + (policy === 1 ? 3_000 : 1_000));
        assert.ok(memory.bytes <= bytes);
        assert.equal(
          policies.reduce((sum, { kept }) => sum + kept.bytes, 0),
          memory.bytes,
        );
      }
    }),
  );
});
