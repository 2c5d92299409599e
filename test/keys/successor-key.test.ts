/**
 * @module
 * The key that follows another one is at least as large, and never smaller than the algorithm asks for.
 */
import assert from 'node:assert/strict';
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { test } from 'node:test';
import { signatureAlgorithms } from '../../src/jose/signature-algorithms.ts';
import { successorKey } from '../../src/keys/successor-key.ts';

const rsa = (modulusLength: number): KeyObject => generateKeyPairSync('rsa', { modulusLength }).privateKey;

const successors: readonly [name: string, algorithm: string, before: KeyObject | undefined, made: string][] = [
  ['the first RSA key', 'RS256', undefined, 'rsa 2048'],
  ['a small RSA key', 'RS256', rsa(1024), 'rsa 2048'],
  ['an RSA key', 'RS256', rsa(2056), 'rsa 2056'],
  [
    'an RSA key that is restricted to PSS',
    'PS256',
    generateKeyPairSync('rsa-pss', { modulusLength: 2056 }).privateKey,
    'rsa 2056',
  ],
  ['the first EdDSA key', 'EdDSA', undefined, 'ed25519'],
  ['an Ed25519 key', 'EdDSA', generateKeyPairSync('ed25519').privateKey, 'ed25519'],
  ['an Ed448 key', 'EdDSA', generateKeyPairSync('ed448').privateKey, 'ed448'],
  ['an EC key', 'ES256', generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey, 'ec prime256v1'],
];

for (const [name, algorithm, before, made] of successors) {
  test(`the successor of ${name} for ${algorithm}: ${made}`, () => {
    const entry = signatureAlgorithms.get(algorithm);
    assert.ok(entry);
    const { key, thumbprint } = successorKey(entry, before);
    const { modulusLength, namedCurve } = key.asymmetricKeyDetails ?? {};
    assert.equal([key.asymmetricKeyType, modulusLength ?? namedCurve].filter(Boolean).join(' '), made);
    assert.equal(key.type, 'private');
    assert.equal(thumbprint?.length, 43);
  });
}
