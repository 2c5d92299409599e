import assert from 'node:assert/strict';
import { createSecretKey, generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { heldKey } from '../../src/keys/held-key.ts';
import { publishedJwk } from '../../src/keys/key-set.ts';
import { maxPublishedKeys, type PublishedKey, PublishedKeys } from '../../src/keys/published-keys.ts';

const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
const certificates = (byte: number): readonly Uint8Array[] => [Uint8Array.of(1), Uint8Array.of(byte)];
const held = heldKey(publicKey, { kid: 'k', certificates: certificates(2) });
const first: PublishedKey = { held, algorithms: new Set(['ES256']), since: 10, until: 20, activeFrom: 15 };

/** What is said of the key later, and what is known of it then; undefined: the same as before. */
const later: [name: string, said: Partial<PublishedKey>, known: Partial<PublishedKey> | undefined][] = [
  ['nothing new', {}, undefined],
  ['a shorter time', { since: 12, until: 18, activeFrom: 11 }, undefined],
  ['a later end', { until: 30 }, { until: 30 }],
  ['an earlier begin', { since: 5 }, { since: 5 }],
  ['that it signs later', { activeFrom: 19 }, { activeFrom: 19 }],
  ['another algorithm', { algorithms: new Set(['ES384']) }, { algorithms: new Set(['ES256', 'ES384']) }],
  ['the same certificates', { held: { ...held, certificates: certificates(2) } }, undefined],
  ...[certificates(3), certificates(2).slice(1), []].map((other): (typeof later)[number] => {
    const said = { held: { ...held, certificates: other } };
    return [`${other.length} other certificates`, said, said];
  }),
  ['any algorithm', { algorithms: new Set() }, { algorithms: new Set() }],
];

for (const [name, said, known] of later) {
  test(`of a key that is published is said: ${name}`, () => {
    const keys = new PublishedKeys();
    assert.equal(keys.add(first, 0), 'new');
    assert.equal(keys.add({ ...first, ...said }, 0), 'known');
    const found = keys.find('k');
    if (known === undefined) assert.equal(found, first);
    else assert.deepEqual(found, { ...first, ...known });
  });
}

const statements: [algorithms: string[], shown: object][] = [
  [[], {}],
  [['ES256'], { alg: 'ES256' }],
  [['ES256', 'ES384'], {}],
];

for (const [algorithms, shown] of statements) {
  test(`a key for ${algorithms.join(' and ') || 'no algorithm'} is published with ${JSON.stringify(shown)}`, () => {
    const members = { ...publicKey.export({ format: 'jwk' }), kid: 'k', use: 'sig' };
    assert.deepEqual(publishedJwk({ ...held, certificates: [] }, new Set(algorithms)), { ...members, ...shown });
  });
}

test('as many keys as allowed are published, and another one only after one has ended', () => {
  const keys = new PublishedKeys();
  const named = (number: number): PublishedKey => ({
    ...first,
    held: { ...held, kid: `k${number}` },
    until: 20 + number,
  });
  for (let number = 0; number < maxPublishedKeys; number++) assert.equal(keys.add(named(number), 0), 'new');
  assert.equal(keys.add(named(maxPublishedKeys), 19), 'full');
  assert.equal(keys.add(named(maxPublishedKeys), 20), 'new');
  assert.deepEqual([keys.all.length, keys.find('k0')], [maxPublishedKeys, undefined]);
});

test('a secret is never published', () => {
  const keys = new PublishedKeys();
  const secret = heldKey(createSecretKey(Buffer.alloc(32)), { kid: 'k' });
  assert.equal(keys.add({ ...first, held: secret }, 0), 'known');
  assert.deepEqual(keys.all, []);
});
