/**
 * A source that wants the keys of others out of the set, or its own key under another's name.
 */
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { heldKey } from '../../../src/keys/held-key.ts';
import { keySetsAt } from '../../../src/keys/key-set.ts';
import { PublishedKeys } from '../../../src/keys/published-keys.ts';
import { readSet, type SeenKey, type Sight } from '../../../src/publishing/publisher/seen-keys.ts';
import { maxCertificateBytes, maxKeysOfShare, SourceShares } from '../../../src/publishing/publisher/source-shares.ts';

const pool = Array.from({ length: 12 }, () => generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).publicKey);
/** Of others, with the names that keys have by default. */
const [first, second, ...own] = pool.map((key): SeenKey => {
  const held = heldKey(key);
  return { held: { ...held, kid: held.thumbprint }, algorithms: new Set(['ES256']) };
});
assert.ok(first !== undefined && second !== undefined);

const lifetime = 60_000;
const step = 10_000;

function sightOf(from: string, keys: readonly SeenKey[]): Sight {
  return { from, keys, objections: [] };
}

/** What is published when these have been seen, in this order. */
class Published {
  readonly keys = new PublishedKeys();
  readonly #shares = new SourceShares(lifetime);
  #now = 0;

  round(...sights: readonly Sight[]): readonly Sight[] {
    this.#now += step;
    this.keys.drop(({ until }) => until <= this.#now);
    const taken = this.#shares.within(sights, this.#now);
    for (const key of taken.flatMap(({ keys = [] }) => keys)) {
      const times = { since: this.#now, until: this.#now + lifetime, activeFrom: Number.NEGATIVE_INFINITY };
      this.keys.add({ ...key, ...times }, this.#now);
    }
    return taken;
  }

  materialOf({ held }: SeenKey): string | undefined {
    return this.keys.find(String(held.kid))?.held.thumbprint;
  }
}

type Trick = 'new name' | 'name of the first' | 'name of the second' | 'key of the first';

const tricks: readonly Trick[] = ['new name', 'name of the first', 'name of the second', 'key of the first'];

let names = 0;

function trickKey(trick: Trick, material: SeenKey): SeenKey {
  if (trick === 'key of the first') return first as SeenKey;
  const others = { 'name of the first': first, 'name of the second': second };
  const kid = trick === 'new name' ? `new-${names++}` : others[trick]?.held.kid;
  return { ...material, held: { ...material.held, kid } };
}

test('whatever a source shows, before others or after them, their keys are published under their names', () => {
  const shown = fc.record({
    trick: fc.constantFrom(...tricks),
    material: fc.constantFrom(...own),
    count: fc.constantFrom(1, 2, 100, 300),
  });
  let keys = 0;
  fc.assert(
    fc.property(fc.array(fc.array(shown, { maxLength: 4 }), { maxLength: 12 }), fc.boolean(), (rounds, isLast) => {
      const published = new Published();
      for (const [number, hostile] of rounds.entries()) {
        const fake = hostile.flatMap(({ trick, material, count }) =>
          Array.from({ length: count }, () => trickKey(trick, material)),
        );
        keys += fake.length;
        // The second key of the others comes late, when the source has taken what it can.
        const honest = sightOf('b', number < rounds.length / 2 ? [first] : [first, second]);
        published.round(...(isLast ? [honest, sightOf('a', fake)] : [sightOf('a', fake), honest]));
        for (const key of honest.keys ?? []) assert.equal(published.materialOf(key), key.held.thumbprint);
        assert.ok(published.keys.all.length <= maxKeysOfShare + 2);
      }
    }),
    { numRuns: 150, seed: 7 },
  );
  assert.ok(keys > 10_000, `${keys} keys`);
});

test('a source has places for its keys, and gets them again when their time is over', () => {
  const published = new Published();
  const fresh = (count: number): readonly SeenKey[] => Array.from({ length: count }, () => trickKey('new name', first));
  const all = fresh(maxKeysOfShare);
  assert.deepEqual(published.round(sightOf('a', all))[0]?.objections, []);
  const [more] = published.round(sightOf('a', [...all, ...fresh(1)]));
  assert.equal(more?.keys?.length, maxKeysOfShare);
  assert.match(String(more?.objections), /more than 256 keys/);
  // Another source has its own.
  assert.deepEqual(published.round(sightOf('b', fresh(maxKeysOfShare)))[0]?.objections, []);
  for (let time = 0; time <= lifetime; time += step) published.round();
  assert.deepEqual(published.round(sightOf('a', fresh(maxKeysOfShare)))[0]?.objections, []);
});

test('certificates of the largest size are taken, and one byte more is not', () => {
  const certified = (bytes: number): SeenKey => ({
    ...first,
    held: { ...first.held, certificates: [new Uint8Array(bytes)] },
  });
  const largest = new Published().round(sightOf('a', [certified(maxCertificateBytes)]));
  assert.deepEqual(largest[0]?.objections, []);
  const larger = new Published().round(sightOf('a', [certified(maxCertificateBytes + 1), first]));
  assert.equal(larger[0]?.keys?.length, 1);
  assert.match(String(larger[0]?.objections), /bytes of certificates/);
});

const ecJwk = pool[0]?.export({ format: 'jwk' }) ?? {};
const rsaJwk = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ format: 'jwk' });
const smallJwk = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export({ format: 'jwk' });
const numberOf = (bytes: number): string => Buffer.alloc(bytes, 0xff).toString('base64url');

const refused: readonly [name: string, jwk: object, reason: RegExp][] = [
  ['alg none', { ...ecJwk, alg: 'none' }, /`alg` is none that/],
  ['the public key as a secret', { ...rsaJwk, alg: 'HS256' }, /`alg` is none that/],
  ['an algorithm of another type', { ...ecJwk, alg: 'RS256' }, /`alg` is none that/],
  ['an algorithm of another curve', { ...ecJwk, alg: 'ES384' }, /`alg` is none that/],
  ['an algorithm to encrypt', { ...rsaJwk, alg: 'RSA-OAEP' }, /`alg` is none that/],
  ['RSA of 1024 bits', smallJwk, /signs no tokens/],
  ['RSA of 8200 bits', { ...rsaJwk, n: numberOf(1025) }, /signs no tokens/],
  ['RSA of 700,000 bytes', { ...rsaJwk, n: numberOf(700_000) }, /signs no tokens/],
  ['RSA with an exponent of 264 bits', { ...rsaJwk, e: numberOf(33) }, /signs no tokens/],
];
for (const [name, jwk, reason] of refused) {
  test(`not taken: ${name}`, () => {
    const { keys, objections } = readSet(JSON.stringify({ keys: [jwk] }), 'a');
    assert.deepEqual(keys, []);
    assert.match(objections.join(), reason);
  });
}

const taken: readonly [name: string, jwk: object][] = [
  [
    'an algorithm of RFC 9864',
    { ...generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' }), alg: 'Ed25519' },
  ],
  ['RSA of 8192 bits', { ...rsaJwk, n: numberOf(1024), alg: 'PS512' }],
  ['RSA with an exponent of 256 bits', { ...rsaJwk, e: numberOf(32) }],
];
for (const [name, jwk] of taken) {
  test(`taken: ${name}`, () => {
    const { keys = [], objections } = readSet(JSON.stringify({ keys: [jwk] }), 'a');
    assert.deepEqual(objections, []);
    const published = keys.map((key) => ({ ...key, since: 0, until: 1, activeFrom: 0 }));
    assert.ok(keySetsAt([], 0, published).algorithms.length > 0);
  });
}
