import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { freshMembers } from '../../src/mint/fresh.ts';
import { RequestScope } from '../../src/mint/request-scope.ts';
import { RequestView } from '../../src/mint/request-view.ts';
import { compileKey, type ReuseLimits, reusing } from '../../src/mint/reuse.ts';
import { ReuseMemory } from '../../src/mint/reuse-memory.ts';
import type { Scope, Step } from '../../src/plan/token-plan.ts';

const second = 1_700_000_000_000;

function scopeAt(now: number, headers: Readonly<Record<string, string>> = {}): Scope {
  const surroundings = { scheme: null, version: null, remoteAddress: null, localAddress: null };
  return new RequestScope({
    attributes: new RequestView(Object.entries(headers), surroundings),
    authentication: { clientId: null, clientName: null, principal: null, properties: null },
    request: { headers: Object.entries(headers), attributes: {}, metadata: {} },
    variables: new Map(),
    now,
    randomId: () => 'random',
  });
}

const header = (name: string): Step => ({
  kind: 'computed',
  name,
  value: { evaluate: ({ attributes }) => attributes.header(name) },
});
const steps: readonly Step[] = [header('a'), header('b'), { kind: 'time', name: 'iat', offset: 0 }];
const plan = { header: [], claims: steps };
const limits: ReuseLimits = { for: 0, leeway: 0, entries: 100, bytes: 1_000_000 };

/** Counts what it mints; the token tells the number and expires 60 s after its minting. */
function setUp(
  changed: Partial<ReuseLimits> = {},
  content: { header: Step[]; claims: readonly Step[] } = plan,
  memory = new ReuseMemory(1_000_000),
) {
  let minted = 0;
  const counts = { hit: 0, miss: 0 };
  const minter = {
    mint({ now }: Scope): string {
      const claims = JSON.stringify({ n: ++minted, exp: Math.floor(now / 1000) + 60 });
      return `h.${Buffer.from(claims).toString('base64url')}.s`;
    },
  };
  const reused = reusing(
    minter,
    content,
    { ...limits, ...changed },
    {
      hit: { increment: () => void counts.hit++ },
      miss: { increment: () => void counts.miss++ },
    },
    memory,
  );
  const numberOf = (now: number, headers?: Readonly<Record<string, string>>): number =>
    JSON.parse(Buffer.from(reused.mint(scopeAt(now, headers)).split('.')[1] ?? '', 'base64url').toString()).n;
  return { numberOf, counts };
}

/** Each request with the number of the token that it gets. */
type Asked = readonly [offset: number, headers: Readonly<Record<string, string>>, token: number];

const runs: readonly [name: string, limits: Partial<ReuseLimits>, asked: readonly Asked[]][] = [
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
    'another for a value that is not there',
    {},
    [
      [0, { a: '' }, 1],
      [0, {}, 2],
    ],
  ],
  [
    'the same where a header differs that no claim reads',
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
    'gravitee CacheKeyCollision: colliding inputs: a value that holds a length',
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
    'never past expiry minus leeway',
    { for: 300_000, leeway: 10_000 },
    [
      [0, {}, 1],
      [49_999, {}, 1],
      [50_000, {}, 2],
    ],
  ],
  [
    'never where the leeway is the whole life',
    { for: 300_000, leeway: 60_000 },
    [
      [0, {}, 1],
      [0, {}, 2],
    ],
  ],
  [
    'not before its own minting, when the clock goes back',
    { for: 30_000 },
    [
      [5_000, {}, 1],
      [4_999, {}, 2],
    ],
  ],
  [
    'as many as fit: the oldest makes room',
    { entries: 2 },
    [
      [0, { a: '1' }, 1],
      [0, { a: '2' }, 2],
      [0, { a: '1' }, 1],
      [0, { a: '3' }, 3],
      [0, { a: '2' }, 2],
      [0, { a: '1' }, 4],
    ],
  ],
  [
    'as many bytes as fit',
    { bytes: 300 },
    [
      [0, { a: '1' }, 1],
      [0, { a: '2' }, 2],
      [0, { a: '1' }, 3],
    ],
  ],
  [
    'none that is larger than all',
    { bytes: 100 },
    [
      [0, {}, 1],
      [0, {}, 2],
    ],
  ],
];

for (const [name, changed, asked] of runs) {
  test(`reuse: ${name}`, () => {
    const { numberOf, counts } = setUp(changed);
    assert.deepEqual(
      asked.map(([offset, headers]) => numberOf(second + offset, headers)),
      asked.map(([, , token]) => token),
    );
    const minted = Math.max(...asked.map(([, , token]) => token));
    assert.deepEqual(counts, { hit: asked.length - minted, miss: minted });
  });
}

/** Whether two policies that share so many bytes keep a token of each. */
function keepsBoth(bytes: number): boolean {
  const memory = new ReuseMemory(bytes);
  const [one, other] = [setUp({}, plan, memory), setUp({}, plan, memory)];
  one.numberOf(second);
  other.numberOf(second);
  return other.numberOf(second) === 1 && one.numberOf(second) === 1;
}

test('reuse: policies share their bytes, to the byte', () => {
  const enough = Array.from({ length: 1000 }, (_, bytes) => bytes).filter(keepsBoth);
  const [least = 0] = enough;
  assert.equal(enough.length, 1000 - least);
  const memory = new ReuseMemory(least / 2);
  const lone = setUp({}, plan, memory);
  assert.deepEqual([lone.numberOf(second), lone.numberOf(second)], [1, 1]);
  const tooLarge = setUp({}, plan, new ReuseMemory(least / 2 - 1));
  assert.deepEqual([tooLarge.numberOf(second), tooLarge.numberOf(second)], [1, 2]);
});

test('reuse: the oldest token of any policy makes room', () => {
  const memory = new ReuseMemory(700); // for three tokens
  const [one, other] = [setUp({ for: 30_000 }, plan, memory), setUp({}, plan, memory)];
  const asked = [
    one.numberOf(second, { a: '1' }),
    other.numberOf(second + 1000, { a: '1' }),
    other.numberOf(second + 1000, { a: '2' }),
    one.numberOf(second + 1000, { a: '1' }),
    other.numberOf(second + 1000, { a: '3' }), // the last one's place
    one.numberOf(second + 1000, { a: '1' }),
    other.numberOf(second + 1000, { a: '3' }),
    other.numberOf(second + 1000, { a: '2' }),
  ];
  assert.deepEqual(asked, [1, 1, 2, 1, 3, 2, 3, 2]);
});

test('reuse: what has expired is dropped at another policy’s requests, before anything that is of use', () => {
  const memory = new ReuseMemory(700); // for three tokens
  const [lasting, gone, busy] = [{ for: 30_000 }, {}, {}].map((changed) => setUp(changed, plan, memory));
  assert.ok(lasting && gone && busy);
  lasting.numberOf(second);
  gone.numberOf(second, { a: '1' });
  gone.numberOf(second, { a: '2' });
  busy.numberOf(second + 1000, { a: '1' });
  busy.numberOf(second + 1000, { a: '2' });
  assert.equal(lasting.numberOf(second + 1000), 1);
});

test('property: shared bytes are never exceeded, and a token is given out for its key and second alone', () => {
  const request = fc.record({
    policy: fc.nat(2),
    caller: fc.nat(5),
    wait: fc.constantFrom(0, 0, 0, 400, 1000, 40_000),
  });
  fc.assert(
    fc.property(fc.array(request, { maxLength: 60 }), fc.integer({ min: 0, max: 1500 }), (requests, bytes) => {
      const memory = new ReuseMemory(bytes);
      const policies = [{}, { for: 3_000 }, { entries: 2 }].map((changed) => setUp(changed, plan, memory));
      const issued = new Map<string, { readonly at: number; readonly to: number }>();
      let now = second;
      for (const { policy, caller, wait } of requests) {
        now += wait;
        const number = policies[policy]?.numberOf(now, { a: String(caller) }) ?? 0;
        const first = issued.get(`${policy} ${number}`);
        if (first === undefined) issued.set(`${policy} ${number}`, { at: now, to: caller });
        else assert.ok(first.to === caller && now < first.at + (policy === 1 ? 3_000 : 1_000));
        assert.ok(memory.bytes <= bytes);
      }
    }),
  );
});

test('a value that is computed from the time makes another token each time', () => {
  const claims: Step[] = [{ kind: 'computed', name: 't', value: { evaluate: ({ now }) => now } }];
  const { numberOf } = setUp({ for: 60_000 }, { header: [], claims });
  assert.deepEqual([numberOf(second), numberOf(second + 1), numberOf(second)], [1, 2, 1]);
});

test('names and members that are computed count, in the header as in the claims', () => {
  const named: Step = {
    kind: 'computed',
    name: { evaluate: ({ attributes }) => attributes.header('a') ?? '' },
    value: { evaluate: () => 1 },
  };
  const members: Step = {
    kind: 'members',
    value: { evaluate: ({ attributes }) => ({ x: attributes.header('b') ?? null }) },
  };
  const { numberOf } = setUp({}, { header: [named], claims: [members] });
  const asked = [{ a: '1' }, { a: '2' }, { a: '1', b: '1' }, { a: '1' }];
  assert.deepEqual(
    asked.map((headers) => numberOf(second, headers)),
    [1, 2, 3, 1],
  );
});

test('property: two requests have one key only where every value is the same', () => {
  const values = fc.array(fc.option(fc.json(), { nil: undefined }), { minLength: 3, maxLength: 3 });
  const keyFor = (given: readonly (string | undefined)[]): string =>
    compileKey(given.map((_, i) => ({ kind: 'computed', name: `c${i}`, value: { evaluate: () => given[i] } })))(
      scopeAt(0),
    );
  fc.assert(
    fc.property(values, values, (one, other) => {
      const isSame = one.every((value, i) => value === other[i]);
      assert.equal(keyFor(one) === keyFor(other), isSame);
    }),
  );
});

test('property: moving a cut between two values never keeps the key', () => {
  const key = compileKey([header('a'), header('b')]);
  fc.assert(
    fc.property(fc.string({ minLength: 1, maxLength: 40 }), fc.nat(), fc.nat(), (text, i, j) => {
      const [one, other] = [i % (text.length + 1), j % (text.length + 1)];
      const keyAt = (cut: number): string => key(scopeAt(0, { a: text.slice(0, cut), b: text.slice(cut) }));
      assert.equal(keyAt(one) === keyAt(other), one === other);
    }),
  );
});

const fresh: readonly [name: string, step: Step, expected: readonly string[]][] = [
  ['a header', header('a'), []],
  ['a time', { kind: 'time', name: 'iat', offset: 0 }, []],
  ['a random value', { kind: 'computed', name: 'jti', value: { evaluate: ({ randomId }) => randomId() } }, ['jti']],
  [
    'a random value where a header is missing',
    {
      kind: 'computed',
      name: 'jti',
      value: { evaluate: ({ attributes, randomId }) => attributes.header('x') ?? randomId() },
    },
    ['jti'],
  ],
  [
    'a random name',
    { kind: 'computed', name: { evaluate: ({ randomId }) => randomId() }, value: { evaluate: () => 1 } },
    ['several'],
  ],
  ['random members', { kind: 'members', value: { evaluate: ({ randomId }) => ({ a: randomId() }) } }, ['several']],
];

for (const [name, step, expected] of fresh) {
  test(`new for each token: ${name}`, () => {
    assert.deepEqual(freshMembers({ header: [], claims: [step] }), expected);
    assert.deepEqual(freshMembers({ header: [step], claims: [] }), expected);
  });
}
