/**
 * @module
 * The state of a ring at one moment, compared with the key that signs.
 */
import assert from 'node:assert/strict';
import { createSecretKey, generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { type HeldKey, heldKey } from '../../src/keys/held-key.ts';
import { isSameKey, ringState, shownName } from '../../src/keys/ring-state.ts';
import { type KeyRing, publishedAt, type RingKey, signerAt } from '../../src/keys/rotation.ts';

const ed = (kid?: string): HeldKey => heldKey(generateKeyPairSync('ed25519').privateKey, { kid });
const never = Number.POSITIVE_INFINITY;
const always = Number.NEGATIVE_INFINITY;

const held = Object.fromEntries(['a', 'b', 'c'].map((name) => [name, ed(name)]));

/** `a-50` is key a until 50, `b50-90` key b from 50 to 90; tokens are valid for 100. */
function ringOf(text: string): KeyRing {
  return text.split(' ').flatMap((part): RingKey[] => {
    const [, name = '', from, until] = /^(\w)(\d+)?(?:-(\d+))?$/.exec(part) ?? [];
    const key = held[name];
    if (key === undefined) return [];
    const [activeFrom, retireAfter] = [from === undefined ? always : Number(from), Number(until ?? never)];
    return [{ held: key, activeFrom, retireAfter, lifetime: 100, algorithms: new Set(['EdDSA']), stopsAt: never }];
  });
}

type Expected = [
  signer: string,
  since: number,
  until: number,
  next: string,
  end: number,
  published: number,
  changes: number,
];

const states: readonly [ring: string, at: number, expected: Expected][] = [
  ['a', 0, ['a', always, never, '', never, 1, never]],
  ['a b50', 0, ['a', always, 50, 'b@50', never, 2, 50]],
  ['a b50', 49, ['a', always, 50, 'b@50', never, 2, 50]],
  ['a b50', 50, ['b', 50, never, '', never, 2, never]],
  // The end of the last key is not a change of keys.
  ['a-50', 0, ['a', always, 50, '', 50, 1, 50]],
  ['a-50', 50, ['', 50, never, '', 50, 1, 150]],
  ['a-50', 149, ['', 50, never, '', 50, 1, 150]],
  ['a-50', 150, ['', 50, never, '', 50, 0, never]],
  // In a gap no key signs, although a later key exists.
  ['a-50 b70-90', 0, ['a', always, 50, 'b@70', 50, 2, 50]],
  ['a-50 b70-90', 60, ['', 50, 70, 'b@70', 50, 2, 70]],
  ['a-50 b70-90', 70, ['b', 70, 90, '', 90, 2, 90]],
  ['a-60 b50-90', 50, ['b', 50, 90, '', 90, 2, 90]],
  // The older key signs again.
  ['a b50-90', 60, ['b', 50, 90, 'a@90', never, 2, 90]],
  ['', 0, ['', always, never, '', always, 0, never]],
];

for (const [text, at, expected] of states) {
  test(`ring ${text || 'without a key'} at ${at}`, () => {
    const { signer, since, until, next, end, published, changes } = ringState(ringOf(text), at);
    const coming = next === undefined ? '' : `${next.signer.held.kid}@${next.from}`;
    assert.deepEqual([signer?.held.kid ?? '', since, until, coming, end, published, changes], expected);
  });
}

test('a state does not change before the time that it names, and its signer signs', () => {
  const time = fc.integer({ min: 0, max: 40 });
  const key = fc.record({ name: fc.constantFrom('a', 'b', 'c'), from: fc.option(time), until: fc.option(time) });
  const rings = fc
    .array(key, { maxLength: 4 })
    .map((keys) =>
      ringOf(keys.map(({ name, from, until }) => `${name}${from ?? ''}${until === null ? '' : `-${until}`}`).join(' ')),
    );
  fc.assert(
    fc.property(rings, time, (ring, at) => {
      const state = ringState(ring, at);
      assert.equal(state.signer, signerAt(ring, at));
      const isEnded = state.signer === undefined && Number.isFinite(state.since);
      // All times are integers, so half a unit earlier the last key still signs.
      assert.equal(state.lastSigner, isEnded ? signerAt(ring, state.since - 0.5) : undefined);
      for (let later = at; later < Math.min(state.changes, 300); later++) {
        assert.equal(signerAt(ring, later), state.signer);
        assert.equal(publishedAt(ring, later).length, state.published);
      }
      if (state.end > at)
        for (let later = at; later < Math.min(state.end, 60); later++) assert.ok(signerAt(ring, later));
      if (Number.isFinite(state.end)) assert.equal(signerAt(ring, state.end), undefined);
      if (state.next !== undefined) assert.equal(signerAt(ring, state.next.from), state.next.signer);
    }),
    { numRuns: 2000 },
  );
});

const secret = createSecretKey(Buffer.alloc(32));
const plain = ed();

const shown: readonly [what: string, key: HeldKey, name: string | undefined][] = [
  ['a kid', ed('k-1'), 'k-1'],
  ['a kid of 64 characters', ed('k'.repeat(64)), 'k'.repeat(64)],
  ['no kid', plain, plain.thumbprint],
  ['a secret', heldKey(secret), undefined],
  ['a secret with a kid', heldKey(secret, { kid: 's' }), 's'],
  ['a secret with a kid of 65 characters', heldKey(secret, { kid: 's'.repeat(65) }), undefined],
  ['a secret with a key as its kid', heldKey(secret, { kid: '-----BEGIN PRIVATE KEY-----\nMIGH' }), undefined],
];

for (const [what, key, name] of shown) test(`${what} is shown as its name`, () => assert.equal(shownName(key), name));

for (const kid of ['k'.repeat(65), 'a name of words', '{"kty":"oct"}', 'line\nline']) {
  test(`a kid that is not a plain name is shown as the thumbprint: ${JSON.stringify(kid)}`, () => {
    const key = ed(kid);
    assert.equal(shownName(key), key.thumbprint);
  });
}

test('keys are the same by their material and their name', () => {
  const again = { ...plain };
  const cases: readonly [one: HeldKey | undefined, other: HeldKey | undefined, same: boolean][] = [
    [plain, again, true],
    [plain, { ...plain, kid: 'x' }, false],
    [plain, ed(), false],
    [heldKey(secret), heldKey(createSecretKey(Buffer.alloc(32))), true],
    [heldKey(secret), heldKey(createSecretKey(Buffer.alloc(32, 1))), false],
    [undefined, plain, false],
    [plain, undefined, false],
    [undefined, undefined, true],
  ];
  for (const [one, other, same] of cases) assert.equal(isSameKey(one, other), same);
});
