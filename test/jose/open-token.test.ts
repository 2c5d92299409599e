/**
 * @module
 * Every key management with every content encryption, opened again.
 */
import assert from 'node:assert/strict';
import { createSecretKey, generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { deflateRawSync } from 'node:zlib';
import { type ContentEncryption, contentEncryptions } from '../../src/jose/content-encryption.ts';
import { createEncrypter } from '../../src/jose/encrypt.ts';
import { type KeyManagement, keyManagements } from '../../src/jose/key-management.ts';
import { openToken } from '../../src/jose/open-token.ts';
import { systemRandomness } from '../../src/jose/randomness.ts';
import { type EncryptedToken, readToken } from '../../src/jose/token-parts.ts';
import { rowNamed, secretBytes } from './algorithm-rows.ts';

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const p256 = generateKeyPairSync('ec', { namedCurve: 'P-256' });

interface Sealed {
  readonly token: EncryptedToken;
  readonly own: KeyObject;
}

function sealed(management: KeyManagement, content: ContentEncryption, text: string, more: object = {}): Sealed {
  const pair = management.name.startsWith('RSA') ? rsa : p256;
  const secret = createSecretKey(randomBytes(secretBytes(management, content)));
  const isSecret = management.keyKind === 'secret';
  const key = isSecret ? secret : pair.publicKey;
  const header = { alg: management.name, enc: content.name, ...more };
  const compress = 'zip' in more;
  const encrypt = createEncrypter({ management, content, key, compress });
  const whole = encrypt((added) => encoded({ ...header, ...Object.fromEntries(added) }), text);
  return { token: tokenOf(whole), own: isSecret ? secret : pair.privateKey };
}

function encoded(header: object): string {
  return Buffer.from(JSON.stringify(header)).toString('base64url');
}

function tokenOf(text: string): EncryptedToken {
  const reading = readToken(text);
  assert.ok(reading.ok && reading.token.kind === 'encrypted');
  return reading.token;
}

for (const management of keyManagements.values()) {
  for (const content of contentEncryptions.values()) {
    test(`${management.name} with ${content.name}`, async () => {
      const { token, own } = sealed(management, content, 'inside');
      const opening = await openToken(token, own);
      assert.ok(opening.ok);
      assert.equal(opening.content.toString(), 'inside');
      assert.equal(opening.by, management.name === 'RSA1_5' ? 'node:crypto' : 'jose');
    });
  }
}

const rsa15 = rowNamed(keyManagements, 'RSA1_5');

for (const enc of ['A128CBC-HS256', 'A256GCM']) {
  test(`RSA1_5 with ${enc}: a change of any part is noticed`, async () => {
    const { token, own } = sealed(rsa15, rowNamed(contentEncryptions, enc), 'inside');
    for (const part of ['encryptedKey', 'iv', 'ciphertext', 'tag'] as const) {
      const changed = Buffer.from(token[part]);
      changed[0] = (changed[0] ?? 0) ^ 1;
      assert.deepEqual(await openToken({ ...token, [part]: changed }, own), { ok: false, reason: 'key' }, part);
      const short = { ...token, [part]: token[part].subarray(1) };
      assert.deepEqual(await openToken(short, own), { ok: false, reason: 'key' }, part);
    }
    assert.equal((await openToken({ ...token, headerText: `${token.headerText}A` }, own)).ok, false);
    assert.equal((await openToken(token, p256.privateKey)).ok, false);
  });
}

test('RSA1_5: an encrypted key without its leading zero is not the same one', async () => {
  for (let tries = 0; tries < 10_000; tries++) {
    const { token, own } = sealed(rsa15, rowNamed(contentEncryptions, 'A256GCM'), 'inside');
    if (token.encryptedKey[0] !== 0) continue;
    assert.equal((await openToken(token, own)).ok, true);
    const short = { ...token, encryptedKey: token.encryptedKey.subarray(1) };
    assert.deepEqual(await openToken(short, own), { ok: false, reason: 'key' });
    return;
  }
  assert.fail('no encrypted key begins with a zero');
});

/** `createEncrypter` refuses to compress as much. */
function compressed(bytes: number): EncryptedToken {
  const content = rowNamed(contentEncryptions, 'A128GCM');
  const header = encoded({ alg: 'RSA1_5', enc: content.name, zip: 'DEF' });
  const inputs = {
    content,
    key: rsa.publicKey,
    randomness: systemRandomness,
    password: { saltBytes: 8, iterations: 1 },
  };
  const { key, encryptedKey } = rsa15.createContentKeys(inputs)();
  const { iv, ciphertext, tag } = content.seal(key, deflateRawSync(Buffer.alloc(bytes)), header, systemRandomness);
  return tokenOf([header, encryptedKey, ...[iv, ciphertext, tag].map((part) => part.toString('base64url'))].join('.'));
}

test('compressed content may have 250,000 bytes, and not one more', async () => {
  assert.equal((await openToken(compressed(250_000), rsa.privateKey)).ok, true);
  assert.equal((await openToken(compressed(250_001), rsa.privateKey)).ok, false);
});

for (const [p2c, reason] of [
  [1_000_000, 'key'],
  [1_000_001, 'iterations'],
  [2_147_483_647, 'iterations'],
] as const) {
  test(`a password with ${p2c} iterations is refused because of ${reason}`, async () => {
    const { token } = sealed(
      rowNamed(keyManagements, 'PBES2-HS256+A128KW'),
      rowNamed(contentEncryptions, 'A128GCM'),
      'a',
    );
    const header = { ...token.header, p2c };
    const text = token.text.replace(token.headerText, encoded(header));
    assert.deepEqual(await openToken({ ...token, header, text }, createSecretKey(Buffer.alloc(12))), {
      ok: false,
      reason,
    });
  });
}
