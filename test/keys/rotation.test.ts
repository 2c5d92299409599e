/**
 * @module
 * Rotation with a clock that the test moves: the keys in the sources at each second, which of them signs, and which are
 * published.
 */
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { heldKey, keyId } from '../../src/keys/held-key.ts';
import {
  type FoundKey,
  type KeyRing,
  NameClashes,
  nextRing,
  publishedAt,
  signerAt,
  termsOf,
} from '../../src/keys/rotation.ts';

const names = ['a', 'b', 'c'] as const;
type Name = (typeof names)[number];
const keys = Object.fromEntries(
  names.map((name) => [name, heldKey(generateKeyPairSync('ed25519').privateKey, { kid: name })]),
) as Record<Name, ReturnType<typeof heldKey>>;
const held = {
  ...keys,
  A: { ...keys.a, kid: 'A' },
  n: { ...keys.a, kid: undefined },
  t: { ...keys.a, kid: keys.a.thumbprint },
};

/**
 * A is key a under another `kid`, n without one, t with its thumbprint. `b@50` is key b with activeFrom 50, `a!70` key
 * a with retireAfter 70.
 */
function found(text: string): FoundKey[] {
  return text.split(' ').map((part) => {
    const [, name = '', , from, , until] = /^(\w)(@(-?\d+))?(!(\d+))?$/.exec(part) ?? [];
    return {
      held: held[name as keyof typeof held],
      activeFrom: from === undefined ? undefined : Number(from),
      retireAfter: until === undefined ? undefined : Number(until),
    };
  });
}

const context = { algorithm: 'EdDSA', publishAhead: 10, lifetime: 100, revoked: new Set<string>(), fits: () => true };

interface Load {
  readonly at: number;
  readonly found: string;
  readonly revoked?: readonly string[];
  readonly lifetime?: number;
  readonly fits?: string;
}

function run(loads: readonly Load[]): KeyRing {
  let ring: KeyRing = [];
  for (const { at, found: text, revoked = [], lifetime = 100, fits = 'abcA' } of loads) {
    ring = nextRing(found(text), ring, {
      ...context,
      lifetime,
      now: at,
      revoked: new Set(revoked),
      fits: ({ kid }) => fits.includes(kid ?? ''),
    });
  }
  return ring;
}

/** `at signer: published`, the signer is `-` if there is none. */
type Expected = string;

const cases: readonly [name: string, loads: readonly Load[], expected: readonly Expected[]][] = [
  ['one key signs immediately', [{ at: 0, found: 'a' }], ['0 a: a', '1e9 a: a']],
  [
    'a replaced key signs until its successor has been published long enough, and is published while its tokens are valid',
    [
      { at: 0, found: 'a' },
      { at: 1000, found: 'b' },
    ],
    ['1000 a: a b', '1009 a: a b', '1010 b: a b', '1109 b: a b', '1110 b: b'],
  ],
  [
    'a key that is added to a folder follows the earlier names',
    [
      { at: 0, found: 'a' },
      { at: 1000, found: 'a b' },
    ],
    ['1000 a: a b', '1010 b: a b', '1e9 b: a b'],
  ],
  [
    'two undated keys at the start: the first signs until the second is known',
    [{ at: 0, found: 'a b' }],
    ['0 a: a b', '9 a: a b', '10 b: a b'],
  ],
  ['dates decide', [{ at: 0, found: 'a!50 b@40' }], ['39 a: a b', '40 b: a b', '149 b: a b', '150 b: b']],
  ['after the last key retires, no key signs', [{ at: 0, found: 'a!50' }], ['49 a: a', '50 -: a', '150 -: ']],
  ['before the first key is active, no key signs', [{ at: 0, found: 'a@50' }], ['49 -: a', '50 a: a']],
  [
    'a date in the past does not make a new key sign before it is published',
    [
      { at: 0, found: 'a' },
      { at: 1000, found: 'a b@5' },
    ],
    ['1000 a: a b', '1009 a: a b', '1010 b: a b'],
  ],
  ['at the start it does: it may have been published before', [{ at: 1000, found: 'a b@5' }], ['1000 b: a b']],
  [
    'replaced twice, the second time before the first successor signed',
    [
      { at: 0, found: 'a' },
      { at: 1000, found: 'b' },
      { at: 1005, found: 'c' },
    ],
    ['1005 a: a c', '1014 a: a c', '1015 c: a c', '1115 c: c'],
  ],
  [
    'replaced and put back before the successor signed',
    [
      { at: 0, found: 'a' },
      { at: 1000, found: 'b' },
      { at: 1005, found: 'a' },
    ],
    ['1005 a: a', '1010 a: a'],
  ],
  [
    'replaced and put back after the successor signed',
    [
      { at: 0, found: 'a' },
      { at: 1000, found: 'b' },
      { at: 1050, found: 'a' },
    ],
    ['1050 a: b a', '1149 a: b a', '1150 a: a'],
  ],
  [
    'replaced while tokens begin to live longer: the old key signs such tokens, too',
    [
      { at: 0, found: 'a' },
      { at: 1000, found: 'b', lifetime: 500 },
    ],
    ['1009 a: a b', '1010 b: a b', '1509 b: a b', '1510 b: b'],
  ],
  [
    'put back after it was withdrawn, with no load in between: it is a new key',
    [
      { at: 0, found: 'a' },
      { at: 1000, found: 'b' },
      { at: 2000, found: 'b a' },
    ],
    ['2000 b: b a', '2009 b: b a', '2010 a: b a'],
  ],
  [
    'the new key of a folder is removed: the old key signs immediately',
    [
      { at: 0, found: 'a' },
      { at: 1000, found: 'a b' },
      { at: 1050, found: 'a' },
    ],
    ['1050 a: b a', '1149 a: b a', '1150 a: a'],
  ],
  [
    'the old key is removed after the new one signs',
    [
      { at: 0, found: 'a' },
      { at: 1000, found: 'a b' },
      { at: 1050, found: 'b' },
    ],
    ['1050 b: a b', '1109 b: a b', '1110 b: b'],
  ],
  [
    'loading again changes nothing',
    [
      { at: 0, found: 'a' },
      { at: 1000, found: 'b' },
      { at: 1003, found: 'b' },
      { at: 1007, found: 'b' },
    ],
    ['1009 a: a b', '1010 b: a b', '1109 b: a b', '1110 b: b'],
  ],
  [
    'a shorter lifetime does not shorten the lifetime of issued tokens',
    [
      { at: 0, found: 'a' },
      { at: 1000, found: 'b', lifetime: 5 },
    ],
    ['1109 b: a b', '1110 b: b'],
  ],
  [
    'a revoked key neither signs nor is published',
    [
      { at: 0, found: 'a' },
      { at: 1000, found: 'a b', revoked: ['a'] },
    ],
    ['1000 b: b'],
  ],
  [
    'a key that cannot sign with the new algorithm stops immediately, and its successor does not wait',
    [
      { at: 0, found: 'a' },
      { at: 1000, found: 'b', fits: 'b' },
    ],
    ['1000 b: a b', '1099 b: a b', '1100 b: b'],
  ],
  [
    'a key that gets another kid is another key to verifiers: the old kid stays published while its tokens are valid',
    [
      { at: 0, found: 'a' },
      { at: 1000, found: 'A' },
    ],
    ['1000 a: a A', '1009 a: a A', '1010 A: a A', '1109 A: a A', '1110 A: A'],
  ],
  [
    'in a gap, a key signs from its date on, although verifiers hardly know it',
    [
      { at: 0, found: 'a!500' },
      { at: 550, found: 'a!500 b@555' },
    ],
    ['550 -: a b', '554 -: a b', '555 b: a b'],
  ],
  [
    'the second of three keys signs at the start, and the third follows it',
    [{ at: 10, found: 'a!5 b c' }],
    ['10 b: a b c', '19 b: a b c', '20 c: a b c'],
  ],
  ['a key whose date has just come signs at the start', [{ at: 0, found: 'a@0 b' }], ['0 a: a b', '10 b: a b']],
  ['a key whose date has not come cannot', [{ at: 0, found: 'a@50 b' }], ['0 b: a b', '49 b: a b', '50 a: a b']],
  ['nor can one that retires now', [{ at: 10, found: 'a!10 b' }], ['10 b: a b']],
  [
    'a later date that comes too early for verifiers',
    [
      { at: 0, found: 'a@0' },
      { at: 1000, found: 'a@0 b@1005' },
    ],
    ['1000 a: a b', '1009 a: a b', '1010 b: a b'],
  ],
  [
    'the same date as the key that signs',
    [
      { at: 10, found: 'a@5' },
      { at: 1000, found: 'a@5 b@5' },
    ],
    ['1000 a: a b', '1009 a: a b', '1010 b: a b'],
  ],
  [
    'the key that signs is revoked while its successor waits: the successor signs immediately',
    [
      { at: 0, found: 'a' },
      { at: 1000, found: 'a b' },
      { at: 1005, found: 'b', revoked: ['a'] },
    ],
    ['1005 b: b'],
  ],
  [
    'the same, and the successor has a date',
    [
      { at: 0, found: 'a' },
      { at: 1000, found: 'a b@1005' },
      { at: 1007, found: 'b@1005', revoked: ['a'] },
    ],
    ['1007 b: b'],
  ],
  [
    'a key that has retired is no successor of the one that is removed',
    [
      { at: 0, found: 'a@0!50 b' },
      { at: 50, found: 'a@0!50 c' },
    ],
    ['50 b: b a c', '59 b: b a c', '60 c: b a c'],
  ],
  [
    'replaced twice, the second time just when the first successor signs',
    [
      { at: 0, found: 'a' },
      { at: 1000, found: 'b' },
      { at: 1010, found: 'c' },
    ],
    ['1010 b: a b c', '1019 b: a b c', '1020 c: a b c'],
  ],
  [
    'the successor is revoked: the key before it does not sign again, and its tokens have the same end',
    [
      { at: 0, found: 'a' },
      { at: 1000, found: 'b' },
      { at: 1050, found: 'c', revoked: ['b'] },
    ],
    ['1050 c: a c', '1109 c: a c', '1110 c: c'],
  ],
  [
    'a key that cannot sign with the new algorithm has signed no token that lives longer',
    [
      { at: 0, found: 'a' },
      { at: 1000, found: 'b', fits: 'b', lifetime: 500 },
    ],
    ['1099 b: a b', '1100 b: b'],
  ],
  [
    'a key that its successor has followed does not sign after it, when that one retires early',
    [
      { at: 0, found: 'a' },
      { at: 1000, found: 'b!1015' },
      { at: 1010, found: 'c' },
    ],
    ['1014 b: a b c', '1015 -: a b c', '1019 -: a b c', '1020 c: a b c'],
  ],
  [
    'the date of a known key is changed to a sooner one',
    [
      { at: 0, found: 'a b@500' },
      { at: 10, found: 'a b@50' },
    ],
    ['49 a: a b', '50 b: a b'],
  ],
  [
    'the date of a known key is changed to a later one',
    [
      { at: 0, found: 'a b@50' },
      { at: 10, found: 'a b@500' },
    ],
    ['499 a: a b', '500 b: a b'],
  ],
  [
    'versions of one key under two kids take over at their date',
    [{ at: 0, found: 'a A@50' }],
    ['49 a: a A', '50 A: a A'],
  ],
];

for (const [name, loads, expected] of cases) {
  test(name, () => {
    const ring = run(loads);
    const actual = expected.map((line): Expected => {
      const [time = ''] = line.split(' ');
      const at = Number(time);
      const published = publishedAt(ring, at).map((key) => key.held.kid);
      return `${time} ${signerAt(ring, at)?.held.kid ?? '-'}: ${published.join(' ')}`;
    });
    assert.deepEqual(actual, expected);
  });
}

test('a kid that equals the thumbprint does not change the name of the key', () => {
  const ring = run([
    { at: 0, found: 'n' },
    { at: 1000, found: 't' },
  ]);
  assert.deepEqual(
    ring.map((key) => [key.held.kid, key.activeFrom]),
    [[keys.a.thumbprint, Number.NEGATIVE_INFINITY]],
  );
});

test('if no source has a key any more, none signs, and the last one stays published while its tokens are valid', () => {
  const ring = nextRing([], run([{ at: 0, found: 'a' }]), { ...context, now: 1000 });
  assert.equal(signerAt(ring, 1000), undefined);
  assert.deepEqual(
    [1099, 1100].map((at) => publishedAt(ring, at).length),
    [1, 0],
  );
});

const beginnings: readonly [name: string, loads: readonly Load[], ring: readonly (readonly [string, number])[]][] = [
  [
    'a key that was put back before its successor signed has not begun anew',
    [
      { at: 0, found: 'a' },
      { at: 1000, found: 'b' },
      { at: 1005, found: 'a' },
    ],
    [['a', Number.NEGATIVE_INFINITY]],
  ],
  [
    'a key that was put back later has',
    [
      { at: 0, found: 'a' },
      { at: 1000, found: 'b' },
      { at: 1050, found: 'a' },
    ],
    [
      ['b', 1010],
      ['a', 1050],
    ],
  ],
  [
    'a key whose last token has ended is not kept',
    [
      { at: 0, found: 'a', lifetime: 0 },
      { at: 1000, found: 'b', lifetime: 0, fits: 'b' },
    ],
    [['b', Number.NEGATIVE_INFINITY]],
  ],
];

for (const [name, loads, ring] of beginnings) {
  test(`the keys of a ring and when they begin: ${name}`, () => {
    assert.deepEqual(
      run(loads).map(({ held: { kid }, activeFrom }) => [kid, activeFrom]),
      ring,
    );
  });
}

test('each term has a beginning and a signer', () => {
  const terms = termsOf(run([{ at: 0, found: 'a!500 b@40!100' }]));
  assert.deepEqual(
    terms.map(({ from, signer }) => [from, signer?.held.kid]),
    [
      [Number.NEGATIVE_INFINITY, 'a'],
      [40, 'b'],
      [100, 'a'],
      [500, undefined],
    ],
  );
});

test('the signer at any time is published then, and was published before', () => {
  for (const [, loads] of cases) {
    const ring = run(loads);
    for (const { from, signer } of termsOf(ring)) {
      const at = Math.max(from, loads.at(-1)?.at ?? 0);
      if (signer === undefined || signerAt(ring, at) !== signer) continue;
      assert.ok(publishedAt(ring, at).includes(signer));
    }
  }
});

const other = heldKey(generateKeyPairSync('ed25519').privateKey, { kid: 'a' });
const unnamed = heldKey(generateKeyPairSync('ed25519').privateKey);

test('the same kid with new material is found', () => {
  assert.equal(new NameClashes().add([held.a, held.b, held.a]), undefined);
  const clashes = new NameClashes();
  assert.equal(clashes.add([held.a, held.b]), undefined);
  assert.equal(clashes.add([other])?.code, 'keys.same-kid');
});

test('the name of a key without a kid is its thumbprint', () => {
  assert.equal(keyId(held.a), 'a');
  assert.equal(keyId(unnamed), unnamed.thumbprint);
  assert.equal(unnamed.thumbprint?.length, 43);
});
