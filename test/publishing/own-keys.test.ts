import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { heldKey } from '../../src/keys/held-key.ts';
import type { RingKey } from '../../src/keys/rotation.ts';
import { ownKeys } from '../../src/publishing/own-keys.ts';

const minute = 60_000;
const hour = 60 * minute;
const now = Date.UTC(2026, 0, 1);
const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });

function ringKey(change: Partial<RingKey> = {}): RingKey {
  const forever = { activeFrom: Number.NEGATIVE_INFINITY, retireAfter: Number.POSITIVE_INFINITY };
  const held = heldKey(privateKey, { kid: 'k' });
  return { held, ...forever, stopsAt: Number.POSITIVE_INFINITY, lifetime: minute, algorithms: new Set(), ...change };
}

test('a key that goes on signing counts for an hour and the lifetime of its tokens, in steps of five minutes', () => {
  const untilAt = (time: number): number | undefined => ownKeys([[ringKey()]], time)[0]?.until;
  assert.equal(untilAt(now), now + hour + minute);
  assert.equal(untilAt(now + 1), now + 5 * minute + hour + minute);
  assert.equal(untilAt(now + 5 * minute), now + 5 * minute + hour + minute);
});

test('a key that stops before is remembered until its last token has ended, and no longer', () => {
  const [key] = ownKeys([[ringKey({ stopsAt: now + minute })]], now);
  assert.equal(key?.until, now + 2 * minute);
});

test('only the public half is remembered', () => {
  assert.deepEqual(
    ownKeys([[ringKey()]], now).map(({ held }) => held.key.type),
    ['public'],
  );
});
