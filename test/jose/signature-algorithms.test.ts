import assert from 'node:assert/strict';
import { createPublicKey, createSecretKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { test } from 'node:test';
import { compactVerify } from 'jose';
import { joinScalars } from '../../src/jose/ecdsa-signature.ts';
import { checkSigningKey, signatureAlgorithms } from '../../src/jose/signature-algorithms.ts';
import { rowNamed } from './algorithm-rows.ts';

const secret = createSecretKey(Buffer.alloc(64, 7));
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
const curve = (namedCurve: string): KeyObject => generateKeyPairSync('ec', { namedCurve }).privateKey;

for (const algorithm of signatureAlgorithms.values()) {
  test(`${algorithm.name}: the jose library verifies our signatures`, async () => {
    const key = algorithm.generateKey();
    const sign = algorithm.createSigner(key);
    const header = Buffer.from(JSON.stringify({ alg: algorithm.name })).toString('base64url');
    const input = `${header}.${Buffer.from('{"a":"é"}').toString('base64url')}`;
    const verifying = key.type === 'secret' ? key : createPublicKey(key);
    // An ECDSA value with leading zeros occurs once in 128 signatures or less, so ECDSA signs many times.
    for (let round = 0; round < (algorithm.name.startsWith('ES') ? 300 : 1); round++) {
      const { payload } = await compactVerify(`${input}.${sign(input)}`, verifying);
      assert.equal(Buffer.from(payload).toString(), '{"a":"é"}');
    }
  });
}

/** FIPS 204 section 4. */
const signatureSizes: readonly [name: string, bytes: number][] = [
  ['ML-DSA-44', 2420],
  ['ML-DSA-65', 3309],
  ['ML-DSA-87', 4627],
];

for (const [name, bytes] of signatureSizes) {
  test(`${name}: a signature has the size of FIPS 204`, () => {
    const algorithm = rowNamed(signatureAlgorithms, name);
    const signature = algorithm.createSigner(algorithm.generateKey())('a.b');
    assert.equal(Buffer.from(signature, 'base64url').length, bytes);
  });
}

const derSignatures: readonly [name: string, der: string, scalarBytes: number, expected: string][] = [
  ['of full length', '300802021122020233 44', 2, '11223344'],
  ['with a sign byte', '300a0203008122020300ff44', 2, '8122ff44'],
  ['with short integers', '300602010102 0102', 2, '00010002'],
  [
    'with a length of two bytes',
    `3081880242${'01'.repeat(66)}0242${'02'.repeat(66)}`,
    66,
    '01'.repeat(66) + '02'.repeat(66),
  ],
];

for (const [name, der, scalarBytes, expected] of derSignatures) {
  test(`DER to r ‖ s: ${name}`, () => {
    const bytes = Buffer.from(der.replaceAll(' ', ''), 'hex');
    const result = Buffer.alloc(2 * scalarBytes, 0xff);
    joinScalars(bytes, scalarBytes, result);
    assert.equal(result.toString('hex'), expected);
  });
}

const rsa1024 = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey;
const pssBoundTo = (hashAlgorithm: string): KeyObject =>
  generateKeyPairSync('rsa-pss', { modulusLength: 2048, hashAlgorithm, mgf1HashAlgorithm: hashAlgorithm }).privateKey;

const findings: readonly [name: string, algorithm: string, key: KeyObject, codes: readonly string[]][] = [
  ['a secret of 31 bytes for HS256', 'HS256', createSecretKey(Buffer.alloc(31, 1)), ['jose.short-secret']],
  ['a secret of 32 bytes for HS256', 'HS256', createSecretKey(Buffer.alloc(32, 1)), []],
  ['a secret of 47 bytes for HS384', 'HS384', createSecretKey(Buffer.alloc(47, 1)), ['jose.short-secret']],
  ['a secret of 64 bytes for HS512', 'HS512', createSecretKey(Buffer.alloc(64, 1)), []],
  ['an empty secret', 'HS256', createSecretKey(Buffer.alloc(0)), ['jose.empty-secret']],
  ['a private key for HS256', 'HS256', rsa, ['jose.wrong-key-type']],
  ['a secret for RS256', 'RS256', secret, ['jose.wrong-key-type']],
  ['a public key for RS256', 'RS256', createPublicKey(rsa), ['jose.wrong-key-type']],
  ['an EC key for RS256', 'RS256', curve('prime256v1'), ['jose.wrong-key-type']],
  ['an RSA key of 1024 bits', 'RS256', rsa1024, ['jose.rsa-too-small']],
  ['an RSA key for ES256', 'ES256', rsa, ['jose.wrong-key-type']],
  ['a P-384 key for ES256', 'ES256', curve('secp384r1'), ['jose.wrong-curve']],
  ['a P-256 key for ES512', 'ES512', curve('prime256v1'), ['jose.wrong-curve']],
  ['an X25519 key for EdDSA', 'EdDSA', generateKeyPairSync('x25519').privateKey, ['jose.wrong-key-type']],
  ['an ML-DSA-65 key for ML-DSA-44', 'ML-DSA-44', generateKeyPairSync('ml-dsa-65').privateKey, ['jose.wrong-key-type']],
  ['a secret for ML-DSA-44', 'ML-DSA-44', secret, ['jose.wrong-key-type']],
  ['an RSA key for ML-DSA-87', 'ML-DSA-87', rsa, ['jose.wrong-key-type']],
  ['a key bound to PSS for RS256', 'RS256', pssBoundTo('sha256'), ['jose.wrong-key-type']],
  ['a key bound to PSS with SHA-256 for PS256', 'PS256', pssBoundTo('sha256'), []],
  ['a key bound to PSS with SHA-256 for PS384', 'PS384', pssBoundTo('sha256'), ['jose.wrong-key-type']],
];

const fitting: readonly [name: string, algorithm: string, key: KeyObject, suggestion: string | undefined][] = [
  ['EC on P-256', 'RS256', curve('prime256v1'), 'This key signs with ES256.'],
  ['RSA', 'ES256', rsa, 'This key signs with RS256, RS384, RS512, PS256, PS384, PS512.'],
  ['RSA that is too small', 'ES256', rsa1024, undefined],
  ['RSA bound to a hash', 'RS256', pssBoundTo('sha256'), 'This key signs with PS256.'],
  ['ML-DSA-65', 'ML-DSA-44', generateKeyPairSync('ml-dsa-65').privateKey, 'This key signs with ML-DSA-65.'],
  ['X25519', 'EdDSA', generateKeyPairSync('x25519').privateKey, undefined],
];

for (const [name, algorithmName, key, suggestion] of fitting) {
  test(`a key of another type, and the algorithms that it fits: ${name}`, () => {
    assert.equal(checkSigningKey(rowNamed(signatureAlgorithms, algorithmName), key)[0]?.suggestion, suggestion);
  });
}

for (const [name, algorithmName, key, codes] of findings) {
  test(`key check: ${name}`, () => {
    assert.deepEqual(
      checkSigningKey(rowNamed(signatureAlgorithms, algorithmName), key).map(({ code }) => code),
      codes,
    );
  });
}
