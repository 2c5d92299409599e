import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { deserialize, serialize } from 'node:v8';
import { UnlockedKeys } from '../../src/keys/unlocked-keys.ts';

const makeKey = () => ({ key: generateKeyPairSync('ed25519').privateKey, certificates: [new Uint8Array([1])] });

/** Decrypts a key, and counts how often. */
function opener() {
  const opened = makeKey();
  let count = 0;
  return {
    opened,
    get count() {
      return count;
    },
    open() {
      count++;
      return opened;
    },
  };
}

test('a key is decrypted once, also by a process that receives it', () => {
  const first = opener();
  const here = new UnlockedKeys();
  for (let i = 0; i < 3; i++)
    assert.equal(
      here.open('sealed', 'password', () => first.open()),
      first.opened,
    );
  assert.equal(first.count, 1);
  const there = new UnlockedKeys(deserialize(serialize(here.all)));
  const again = there.open('sealed', 'password', () => assert.fail());
  assert.ok(again.key.equals(first.opened.key));
  assert.deepEqual(again.certificates, first.opened.certificates);
});

const others: readonly [name: string, sealed: string, password: string][] = [
  ['another text', 'other', 'password'],
  ['another password', 'sealed', 'other'],
  ['another boundary between the two', 'dsealed', 'passwor'],
];

for (const [name, sealed, password] of others) {
  test(`${name} is another key`, () => {
    const unlocked = new UnlockedKeys();
    unlocked.open('sealed', 'password', makeKey);
    const second = opener();
    assert.equal(
      unlocked.open(sealed, password, () => second.open()),
      second.opened,
    );
  });
}

test('a failed decryption is tried again', () => {
  const unlocked = new UnlockedKeys();
  assert.equal(
    unlocked.open('sealed', 'password', () => 'wrong password'),
    'wrong password',
  );
  const second = opener();
  assert.equal(
    unlocked.open('sealed', 'password', () => second.open()),
    second.opened,
  );
  assert.throws(() => unlocked.open('other', 'password', () => assert.fail('damaged')), /damaged/);
});
