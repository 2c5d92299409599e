import assert from 'node:assert/strict';
import { createPublicKey, createSecretKey, generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { compactVerify } from 'jose';
import { signatureAlgorithms } from '../../src/jose/algorithms.ts';
import { createThreadSigner, type SignByThread } from '../../src/jose/sign.ts';
import { SigningThreads } from '../../src/jose/signing-threads.ts';
import { rowNamed } from './algorithm-rows.ts';

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

function signed(sign: SignByThread, input: string): Promise<string | Error> {
  return new Promise((resolve) => sign(input, resolve));
}

for (const name of ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512']) {
  test(`${name} on another thread verifies`, async () => {
    const sign = createThreadSigner(rowNamed(signatureAlgorithms, name), privateKey);
    assert.ok(sign);
    const input = [JSON.stringify({ alg: name }), '{}']
      .map((part) => Buffer.from(part).toString('base64url'))
      .join('.');
    await compactVerify(`${input}.${await signed(sign, input)}`, createPublicKey(privateKey));
  });
}

test('a key that cannot sign is told as an error', async () => {
  // PS512 needs 130 bytes for its hash and salt.
  const short = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey;
  const sign = createThreadSigner(rowNamed(signatureAlgorithms, 'PS512'), short);
  assert.ok(sign);
  assert.ok((await signed(sign, 'a.b')) instanceof Error);
});

test('what is quicker than the way to a thread stays where it is', () => {
  const others = [...signatureAlgorithms.values()].filter(({ family }) => family !== 'rsa' && family !== 'rsa-pss');
  assert.equal(others.length, 10);
  for (const row of others) assert.equal(createThreadSigner(row, createSecretKey(Buffer.alloc(64))), undefined);
});

test('as many signatures as allowed are on their way, of all keys together; one more is not taken', () => {
  const dones: (() => void)[] = [];
  const threads = new SigningThreads(2);
  const told: string[] = [];
  const signer = (name: string) => threads.signer((input, done) => dones.push(() => done(`${name} ${input}`)));
  const [one, other] = [signer('one'), signer('other')];
  const tell = (signature: string | Error): void => void told.push(String(signature));
  assert.deepEqual([one('a', tell), other('b', tell), one('c', tell), other('d', tell)], [true, true, false, false]);
  dones[1]?.();
  assert.deepEqual([one('e', tell), other('f', tell)], [true, false]);
  for (const done of [dones[0], dones[2]]) done?.();
  assert.deepEqual(told, ['other b', 'one a', 'one e']);
});

test('none is taken while it does not pay', () => {
  let pays = false;
  const threads = new SigningThreads(9, () => pays);
  const later = threads.signer((input, done) => done(input));
  const tell = (): void => undefined;
  assert.equal(later('a', tell), false);
  pays = true;
  assert.equal(later('b', tell), true);
});

test('a signer that throws takes nobody’s place', () => {
  const threads = new SigningThreads(1);
  const failing = threads.signer(() => {
    throw new TypeError('no key');
  });
  assert.throws(() => failing('a', assert.fail), TypeError);
  assert.equal(threads.signer(() => undefined)('a', assert.fail), true);
});
