import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { heldKey } from '../../src/keys/held-key.ts';
import { type PublishedKey, PublishedKeys } from '../../src/keys/published-keys.ts';

const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
const held = heldKey(publicKey, { kid: 'k' });
const first: PublishedKey = { held, algorithms: new Set(['ES256']), since: 10, until: 20, activeFrom: 15 };

/** What is said of the key later, and what is known of it then; undefined: the same as before. */
const later: [name: string, said: Partial<PublishedKey>, known: Partial<PublishedKey> | undefined][] = [
  ['nothing new', {}, undefined],
  ['a shorter time', { since: 12, until: 18, activeFrom: 11 }, undefined],
  ['a later end', { until: 30 }, { until: 30 }],
  ['an earlier begin', { since: 5 }, { since: 5 }],
  ['that it signs later', { activeFrom: 19 }, { activeFrom: 19 }],
  ['another algorithm', { algorithms: new Set(['ES384']) }, { algorithms: new Set(['ES256', 'ES384']) }],
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
