import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
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
