/**
 * The terms of a ring, compared with the key that signs at each time; how long keys are published; keys of recipients.
 */
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { heldKey } from '../../src/keys/held-key.ts';
import { ringState } from '../../src/keys/ring-state.ts';
import {
  endOf,
  jointTerms,
  type KeyRing,
  nextRing,
  publishedUntil,
  type RingKey,
  recipientRing,
  signerAt,
  termsOf,
} from '../../src/keys/rotation.ts';

const always = Number.NEGATIVE_INFINITY;
const never = Number.POSITIVE_INFINITY;
const names = ['a', 'b', 'c', 'd'] as const;
const held = names.map((kid) => heldKey(generateKeyPairSync('ed25519').privateKey, { kid }));

const time = fc.integer({ min: 0, max: 20 });
const ring: fc.Arbitrary<KeyRing> = fc
  .array(fc.record({ from: fc.option(time), until: fc.option(time), stopsAt: fc.option(time) }), { maxLength: 4 })
  .map((keys) =>
    keys.flatMap(({ from, until, stopsAt }, index): RingKey[] => {
      const key = held[index];
      if (key === undefined) return [];
      const algorithms = new Set(['EdDSA']);
      const times = { activeFrom: from ?? always, retireAfter: until ?? never, stopsAt: stopsAt ?? never };
      return [{ held: key, lifetime: 5, algorithms, ...times }];
    }),
  );

const times = [always, ...Array.from({ length: 23 }, (_, at) => at - 1)];

function at<T extends { readonly from: number }>(terms: readonly T[], now: number): T | undefined {
  return terms.findLast(({ from }) => from <= now);
}

test('property: the signer of a term signs at each time of it, and each term has another signer', () => {
  fc.assert(
    fc.property(ring, (keys) => {
      const terms = termsOf(keys);
      assert.equal(terms[0]?.from, always);
      for (const now of times) assert.equal(at(terms, now)?.signer, signerAt(keys, now));
      for (const [index, { from, signer }] of terms.entries()) {
        assert.ok(index === 0 || (from > (terms[index - 1]?.from ?? never) && signer !== terms[index - 1]?.signer));
        assert.ok(from < never);
      }
    }),
    { numRuns: 500 },
  );
});

test('property: joint terms have the signer and the recipient of each time', () => {
  fc.assert(
    fc.property(fc.option(ring, { nil: undefined }), fc.option(ring, { nil: undefined }), (signing, recipients) => {
      const terms = jointTerms(signing, recipients);
      assert.equal(terms[0]?.from, always);
      for (const now of times) {
        assert.equal(at(terms, now)?.signer, signerAt(signing ?? [], now));
        assert.equal(at(terms, now)?.recipient, signerAt(recipients ?? [], now));
      }
      assert.deepEqual(
        terms.map(({ from }) => from),
        [...new Set(terms.map(({ from }) => from))].sort((one, other) => one - other || 0),
      );
    }),
    { numRuns: 500 },
  );
});

test('property: a key that its source has is published until its last token has expired after its date', () => {
  fc.assert(
    fc.property(ring, (keys) => {
      for (const key of keys) {
        const until = publishedUntil(keys, key);
        if (key.stopsAt === never) {
          assert.equal(until, key.retireAfter + 5);
          continue;
        }
        const last = times.findLast((now) => signerAt(keys, now) === key);
        // Its last term ends with the second after, or it has none.
        assert.equal(until, (last === undefined ? endOf(key) : last + 1) + 5);
      }
    }),
    { numRuns: 500 },
  );
});

test('property: without a signer, the state names the one before', () => {
  fc.assert(
    fc.property(ring, fc.integer({ min: 0, max: 20 }), (keys, now) => {
      const { signer, lastSigner, since } = ringState(keys, now);
      const isFirst = since === always;
      assert.equal(lastSigner, signer === undefined && !isFirst ? signerAt(keys, since - 0.5) : undefined);
    }),
    { numRuns: 500 },
  );
});

const [a, b] = held;
assert.ok(a && b);

test('the keys of recipients are active from their dates on, and revoked ones are left out', () => {
  const found = [
    { held: a, activeFrom: undefined, retireAfter: undefined },
    { held: b, activeFrom: 10, retireAfter: 20 },
  ];
  const whole = recipientRing(found, new Set());
  assert.deepEqual(
    whole.map(({ held: { kid }, activeFrom, retireAfter, lifetime, stopsAt }) => [
      kid,
      activeFrom,
      retireAfter,
      lifetime,
      stopsAt,
    ]),
    [
      ['a', always, never, 0, never],
      ['b', 10, 20, 0, never],
    ],
  );
  assert.deepEqual(
    recipientRing(found, new Set(['a'])).map((key) => key.held.kid),
    ['b'],
  );
});

test('what a key has signed and how long its tokens live is kept from ring to ring', () => {
  const context = {
    now: 0,
    publishAhead: 10,
    lifetime: 100,
    algorithm: 'EdDSA',
    revoked: new Set<string>(),
    fits: () => true,
  };
  const key = { held: a, activeFrom: undefined, retireAfter: undefined };
  const first = nextRing([key], [], context);
  const [second] = nextRing([key], first, { ...context, now: 1, lifetime: 50, algorithm: 'Ed25519' });
  assert.ok(second);
  assert.deepEqual(
    [second.lifetime, [...second.algorithms], second.announcedFrom],
    [100, ['EdDSA', 'Ed25519'], undefined],
  );
  const [, added] = nextRing([key, { ...key, held: b }], first, { ...context, now: 5 });
  assert.deepEqual([added?.announcedFrom, added?.activeFrom, added?.lifetime], [15, 15, 100]);
  const [leaving] = nextRing([{ ...key, held: b }], first, { ...context, now: 5, lifetime: 200, algorithm: 'Ed25519' });
  assert.deepEqual(
    [leaving?.lifetime, [...(leaving?.algorithms ?? [])], leaving?.stopsAt],
    [200, ['EdDSA', 'Ed25519'], 15],
  );
});
