import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { finish } from '../../src/diagnostics/steps.ts';
import { probeMembers } from '../../src/mint/probe.ts';
import { keyOf, type ReuseLimits, reusing } from '../../src/mint/reuse.ts';
import { ReuseMemory } from '../../src/mint/reuse-memory.ts';
import type { Values } from '../../src/mint/values.ts';
import { needsNothing } from '../../src/plan/needs.ts';
import type { Step } from '../../src/plan/token-plan.ts';
import { header, reusedMinter, scopeAt, second } from './reused-minter.ts';
import { somewhere } from './scope.ts';

/** Each request, and the number of its token. */
type Asked = readonly [offset: number, headers: Readonly<Record<string, string>>, token: number];

const runs: readonly [name: string, limits: Partial<ReuseLimits>, asked: readonly Asked[], evicted?: number][] = [
  [
    'the same within the second',
    {},
    [
      [0, { a: 'x' }, 1],
      [999, { a: 'x' }, 1],
    ],
  ],
  [
    'another in the next second',
    {},
    [
      [999, { a: 'x' }, 1],
      [1000, { a: 'x' }, 2],
      [999, { a: 'x' }, 3],
    ],
  ],
  [
    'an earlier instant of the same second',
    {},
    [
      [500, {}, 1],
      [100, {}, 1],
    ],
  ],
  [
    'another for another value',
    {},
    [
      [0, { a: 'x' }, 1],
      [0, { a: 'y' }, 2],
      [0, { a: 'x' }, 1],
    ],
  ],
  [
    'another for a missing value',
    {},
    [
      [0, { a: '' }, 1],
      [0, {}, 2],
    ],
  ],
  [
    'the same if only a header differs that no claim reads',
    {},
    [
      [0, { a: 'x', c: '1' }, 1],
      [0, { a: 'x', c: '2' }, 1],
    ],
  ],
  [
    'nearform/fast-jwt#588: colliding inputs: one value ends as the next begins',
    {},
    [
      [0, { a: 'xy', b: 'z' }, 1],
      [0, { a: 'x', b: 'yz' }, 2],
    ],
  ],
  [
    'gravitee CacheKeyCollision: colliding inputs: a value that contains a length',
    {},
    [
      [0, { a: '1:x', b: '' }, 1],
      [0, { a: '1', b: ':x' }, 2],
    ],
  ],
  [
    'for 30 seconds',
    { for: 30_000 },
    [
      [0, {}, 1],
      [29_999, {}, 1],
      [30_000, {}, 2],
    ],
  ],
  [
    'never after the expiry minus the leeway',
    { for: 300_000, leeway: 10_000 },
    [
      [0, {}, 1],
      [49_999, {}, 1],
      [50_000, {}, 2],
    ],
  ],
  [
    'never if the leeway is the whole lifetime',
    { for: 300_000, leeway: 60_000 },
    [
      [0, {}, 1],
      [0, {}, 2],
    ],
  ],
  [
    'not before it was minted, if the clock is set back',
    { for: 30_000 },
    [
      [5_000, {}, 1],
      [4_999, {}, 2],
    ],
  ],
  [
    'at most the maximum number: the oldest is dropped',
    { entries: 2 },
    [
      [0, { a: '1' }, 1],
      [0, { a: '2' }, 2],
      [0, { a: '1' }, 1],
      [0, { a: '3' }, 3],
      [0, { a: '2' }, 2],
      [0, { a: '1' }, 4],
    ],
    2,
  ],
  [
    'at most the maximum size',
    { bytes: 300 },
    [
      [0, { a: '1' }, 1],
      [0, { a: '2' }, 2],
      [0, { a: '1' }, 3],
    ],
    2,
  ],
  [
    'in place of an expired one',
    { for: 10_000, entries: 1 },
    [
      [0, { a: '1' }, 1],
      [10_000, { a: '2' }, 2],
      [19_999, { a: '3' }, 3],
    ],
    1,
  ],
  [
    'no token that is larger than the limit',
    { bytes: 100 },
    [
      [0, {}, 1],
      [0, {}, 2],
    ],
  ],
];

for (const [name, changed, asked, evicted = 0] of runs) {
  test(`reuse: ${name}`, () => {
    const { numberOf, counts } = reusedMinter(changed);
    assert.deepEqual(
      asked.map(([offset, headers]) => numberOf(second + offset, headers)),
      asked.map(([, , token]) => token),
    );
    const minted = Math.max(...asked.map(([, , token]) => token));
    assert.deepEqual(counts, { hit: asked.length - minted, miss: minted, evicted });
  });
}
test('a value computed from the time makes a new token each time', () => {
  const claims: Step[] = [
    { kind: 'computed', place: somewhere, name: 't', value: { needs: needsNothing, evaluate: ({ now }) => now } },
  ];
  const { numberOf } = reusedMinter({ for: 60_000 }, { header: [], claims });
  assert.deepEqual([numberOf(second), numberOf(second + 1), numberOf(second)], [1, 2, 1]);
});

test('computed names and members are part of the key, in the header and in the claims', () => {
  const named: Step = {
    kind: 'computed',
    place: somewhere,
    name: { needs: needsNothing, evaluate: ({ attributes }) => attributes.header('a') ?? '' },
    value: { needs: needsNothing, evaluate: () => 1 },
  };
  const members: Step = {
    kind: 'members',
    place: somewhere,
    value: { needs: needsNothing, evaluate: ({ attributes }) => ({ x: attributes.header('b') ?? null }) },
  };
  const { numberOf } = reusedMinter({}, { header: [named], claims: [members] });
  const asked = [{ a: '1' }, { a: '2' }, { a: '1', b: '1' }, { a: '1' }];
  assert.deepEqual(
    asked.map((headers) => numberOf(second, headers)),
    [1, 2, 3, 1],
  );
});

const keys: readonly [values: Values, key: string][] = [
  [[], ''],
  [['x', undefined, 1], '1"x0:1:1'],
  [['1', null, ['1']], '1"14:null5:["1"]'],
];

for (const [values, key] of keys) {
  test(`the key of ${JSON.stringify(values)} has a length and a kind before each value`, () => {
    assert.equal(keyOf(values), key);
  });
}

test('an expired token is not reused, although it is still kept', () => {
  const { numberOf, kept } = reusedMinter();
  for (const a of ['1', '2', '3', '4']) numberOf(second, { a });
  assert.equal(numberOf(second + 1000, { a: '4' }), 5);
  // A request drops two that expired, and `4` was replaced.
  assert.equal(kept.entries, 2);
});

test('a token that may not be reused at all is not kept', () => {
  const { numberOf, kept } = reusedMinter({ for: 300_000, leeway: 60_000 });
  numberOf(second);
  assert.deepEqual([kept.entries, kept.bytes], [0, 0]);
});

/** The size of one token of `reusedMinter`. */
function sizeOf(headers: Readonly<Record<string, string>>): number {
  const { numberOf, kept } = reusedMinter();
  numberOf(second, headers);
  return kept.bytes;
}

const sizes: readonly [name: string, bytes: number, kept: number][] = [
  ['two', 2 * sizeOf({ a: '1' }), 2],
  ['a byte less than two', 2 * sizeOf({ a: '1' }) - 1, 1],
  ['one', sizeOf({ a: '1' }), 1],
  ['a byte less than one', sizeOf({ a: '1' }) - 1, 0],
];

for (const [name, bytes, expected] of sizes) {
  test(`the limit of a policy in bytes is exact: ${name}`, () => {
    const { numberOf, kept } = reusedMinter({ bytes });
    numberOf(second, { a: '1' });
    numberOf(second, { a: '2' });
    assert.equal(kept.entries, expected);
  });
}

test('a token that is too large to be kept leaves the others in place', () => {
  const { numberOf, kept } = reusedMinter({ bytes: sizeOf({ a: '1' }) });
  assert.deepEqual([numberOf(second, { a: '1' }), numberOf(second, { a: 'longer' })], [1, 2]);
  assert.equal(numberOf(second, { a: '1' }), 1);
  assert.equal(kept.entries, 1);
});

test('tokens that make room after they expired do not count as dropped early', () => {
  const { numberOf, counts, kept } = reusedMinter({ bytes: 4 * sizeOf({ a: '1' }) });
  for (const a of ['1', '2', '3', '4']) numberOf(second, { a });
  numberOf(second + 1000, { a: 'x'.repeat(sizeOf({ a: '1' })) });
  assert.deepEqual([kept.entries, counts.evicted], [1, 0]);
});

test('property: two requests have the same key only if every value is the same', () => {
  const values = fc.array(fc.option(fc.json(), { nil: undefined }), { minLength: 3, maxLength: 3 });
  fc.assert(
    fc.property(values, values, (one, other) => {
      const isSame = one.every((value, i) => value === other[i]);
      assert.equal(keyOf(one) === keyOf(other), isSame);
    }),
  );
});

test('property: moving the boundary between two values always changes the key', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1, maxLength: 40 }), fc.nat(), fc.nat(), (text, i, j) => {
      const [one, other] = [i % (text.length + 1), j % (text.length + 1)];
      const keyAt = (cut: number): string => keyOf([text.slice(0, cut), text.slice(cut)]);
      assert.equal(keyAt(one) === keyAt(other), one === other);
    }),
  );
});

const fresh: readonly [name: string, step: Step, expected: readonly string[]][] = [
  ['a header', header('a'), []],
  ['a time', { kind: 'time', name: 'iat', offset: 0 }, []],
  [
    'a random value',
    {
      kind: 'computed',
      place: somewhere,
      name: 'jti',
      value: { needs: needsNothing, evaluate: ({ randomId }) => randomId() },
    },
    ['jti'],
  ],
  [
    'a random value if a header is missing',
    {
      kind: 'computed',
      place: somewhere,
      name: 'jti',
      value: { needs: needsNothing, evaluate: ({ attributes, randomId }) => attributes.header('x') ?? randomId() },
    },
    ['jti'],
  ],
  [
    'a random name',
    {
      kind: 'computed',
      place: somewhere,
      name: { needs: needsNothing, evaluate: ({ randomId }) => randomId() },
      value: { needs: needsNothing, evaluate: () => 1 },
    },
    ['several'],
  ],
  [
    'random members',
    {
      kind: 'members',
      place: somewhere,
      value: { needs: needsNothing, evaluate: ({ randomId }) => ({ a: randomId() }) },
    },
    ['several'],
  ],
];

for (const [name, step, expected] of fresh) {
  test(`new for each token: ${name}`, () => {
    assert.deepEqual(finish(probeMembers({ header: [], claims: [step] })).fresh, expected);
    assert.deepEqual(finish(probeMembers({ header: [step], claims: [] })).fresh, expected);
  });
}

test('a minter that observes no lifetimes reuses tokens for longer than their second', () => {
  const token = `h.${Buffer.from(JSON.stringify({ exp: second / 1000 + 60 })).toString('base64url')}.s`;
  const counter = { increment: () => undefined };
  const minter = { evaluate: () => [], write: () => token, mint: () => token };
  const reused = reusing(
    minter,
    { for: 30_000, leeway: 0, refreshAhead: 0, entries: 1, bytes: 1_000 },
    { hit: counter, miss: counter, evicted: counter },
    new ReuseMemory(1_000),
    (work) => work(),
  );
  assert.deepEqual([reused.mint(scopeAt(second)), reused.mint(scopeAt(second + 1))], [token, token]);
});

test('what is left of a reused token is observed, whether it was the last one or is found by its key', () => {
  const longer = reusedMinter({ for: 300_000, leeway: 10_000 });
  for (const [offset, a] of [
    [0, 'x'],
    [20_000, 'x'],
    [30_000, 'y'],
    [49_999, 'x'],
  ] as const) {
    longer.numberOf(second + offset, { a });
  }
  assert.deepEqual(longer.lifetimes, [40, 10.001]);
  const within = reusedMinter();
  for (const offset of [0, 500]) within.numberOf(second + offset);
  assert.deepEqual([within.counts.hit, within.lifetimes], [1, []]);
});
