import assert from 'node:assert/strict';
import { createSecretKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { test } from 'node:test';
import { contentEncryptions } from '../../src/jose/content-encryption.ts';
import { checkRecipientKey, keyManagements } from '../../src/jose/key-management.ts';
import { rowNamed } from './algorithm-rows.ts';

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const rsa1024 = generateKeyPairSync('rsa', { modulusLength: 1024 });
const pss = generateKeyPairSync('rsa-pss', { modulusLength: 2048 });
const p256 = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' });
const p521 = generateKeyPairSync('ec', { namedCurve: 'P-521' });
const k256 = generateKeyPairSync('ec', { namedCurve: 'secp256k1' });
const ed = generateKeyPairSync('ed25519');
const x25519 = generateKeyPairSync('x25519');
const x448 = generateKeyPairSync('x448');
const bytes = (size: number): KeyObject => createSecretKey(Buffer.alloc(size, 1));

const cases: readonly [name: string, alg: string, enc: string, key: KeyObject, codes: readonly string[]][] = [
  ['an RSA public key', 'RSA-OAEP-256', 'A256GCM', rsa.publicKey, []],
  ['an RSA public key, with the warning', 'RSA1_5', 'A256GCM', rsa.publicKey, ['warning jose.rsa1-5']],
  ['an RSA private key', 'RSA-OAEP', 'A256GCM', rsa.privateKey, ['error jose.private-recipient']],
  ['an RSA key of 1024 bits', 'RSA-OAEP', 'A256GCM', rsa1024.publicKey, ['error jose.rsa-too-small']],
  ['an RSA key for PSS', 'RSA-OAEP', 'A256GCM', pss.publicKey, ['error jose.wrong-key-type']],
  ['an EC key for RSA', 'RSA-OAEP', 'A256GCM', p256.publicKey, ['error jose.wrong-key-type']],
  ['a secret for RSA', 'RSA-OAEP', 'A256GCM', bytes(32), ['error jose.wrong-key-type']],
  ['an EC public key', 'ECDH-ES', 'A256GCM', p256.publicKey, []],
  ['an EC public key on P-384', 'ECDH-ES', 'A256GCM', p384.publicKey, []],
  ['an EC public key on P-521', 'ECDH-ES', 'A256GCM', p521.publicKey, []],
  ['an X448 public key', 'ECDH-ES', 'A256GCM', x448.publicKey, []],
  ['an X25519 public key', 'ECDH-ES+A128KW', 'A256GCM', x25519.publicKey, []],
  ['an EC private key', 'ECDH-ES', 'A256GCM', p256.privateKey, ['error jose.private-recipient']],
  ['another curve', 'ECDH-ES', 'A256GCM', k256.publicKey, ['error jose.wrong-curve']],
  ['a key that only signs', 'ECDH-ES', 'A256GCM', ed.publicKey, ['error jose.wrong-key-type']],
  ['an RSA key for ECDH', 'ECDH-ES', 'A256GCM', rsa.publicKey, ['error jose.wrong-key-type']],
  ['dir, 32 bytes', 'dir', 'A128CBC-HS256', bytes(32), []],
  ['dir, 31 bytes', 'dir', 'A128CBC-HS256', bytes(31), ['error jose.wrong-key-length']],
  ['dir, 33 bytes', 'dir', 'A128CBC-HS256', bytes(33), ['error jose.wrong-key-length']],
  ['dir, 48 bytes', 'dir', 'A192CBC-HS384', bytes(48), []],
  ['dir, 64 bytes', 'dir', 'A256CBC-HS512', bytes(64), []],
  ['dir, 16 bytes', 'dir', 'A128GCM', bytes(16), []],
  ['dir, 24 bytes', 'dir', 'A192GCM', bytes(24), []],
  ['dir, 32 bytes', 'dir', 'A256GCM', bytes(32), []],
  ['dir with a public key', 'dir', 'A256GCM', rsa.publicKey, ['error jose.wrong-key-type']],
  ['A128KW, 16 bytes', 'A128KW', 'A256GCM', bytes(16), []],
  ['A128KW, 17 bytes', 'A128KW', 'A256GCM', bytes(17), ['error jose.wrong-key-length']],
  ['A192KW, 24 bytes', 'A192KW', 'A256GCM', bytes(24), []],
  ['A256KW, 31 bytes', 'A256KW', 'A256GCM', bytes(31), ['error jose.wrong-key-length']],
  ['A192GCMKW, 24 bytes', 'A192GCMKW', 'A256GCM', bytes(24), []],
  ['A192GCMKW, 16 bytes', 'A192GCMKW', 'A256GCM', bytes(16), ['error jose.wrong-key-length']],
  ['a password of 12 bytes', 'PBES2-HS256+A128KW', 'A256GCM', bytes(12), ['warning jose.slow-encryption']],
  [
    'a password of 11 bytes',
    'PBES2-HS256+A128KW',
    'A256GCM',
    bytes(11),
    ['warning jose.slow-encryption', 'warning jose.short-secret'],
  ],
  ['an empty password', 'PBES2-HS256+A128KW', 'A256GCM', createSecretKey(''), ['error jose.empty-secret']],
  ['a private key as password', 'PBES2-HS256+A128KW', 'A256GCM', rsa.privateKey, ['error jose.wrong-key-type']],
];

for (const [name, alg, enc, key, expected] of cases) {
  test(`${alg} with ${enc}: ${name}`, () => {
    const findings = checkRecipientKey(rowNamed(keyManagements, alg), rowNamed(contentEncryptions, enc), key);
    assert.deepEqual(
      findings.map(({ code, severity }) => `${severity} ${code}`),
      expected,
    );
  });
}
