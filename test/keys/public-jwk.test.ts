/**
 * @module
 * What is taken of a JWK that somebody else publishes: nothing private, and nothing that verifiers would misuse.
 */
import assert from 'node:assert/strict';
import { createPublicKey, X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import type { JsonObject } from '../../src/diagnostics/json.ts';
import { signatureAlgorithms } from '../../src/jose/signature-algorithms.ts';
import { readPublicJwk } from '../../src/keys/public-jwk.ts';
import { rowNamed } from '../jose/algorithm-rows.ts';
import { makeKeyFiles } from './made-keys.ts';

const pair = rowNamed(signatureAlgorithms, 'ES256').generateKey();
const privateJwk = { ...pair.export({ format: 'jwk' }) };
const publicJwk = { ...createPublicKey(pair).export({ format: 'jwk' }) };

const taken: readonly [name: string, members: JsonObject, algorithms: readonly string[]][] = [
  ['a key without statements', {}, []],
  ['a key with its algorithm', { alg: 'ES256' }, ['ES256']],
  ['a key for signatures', { use: 'sig', key_ops: ['verify'] }, []],
  ['the longest kid', { kid: 'k'.repeat(256) }, []],
  ['a chain that is not one, without it', { x5c: 'AAAA' }, []],
  ['a certificate that is not one, without it', { x5c: ['AAAA'] }, []],
];

for (const [name, members, algorithms] of taken) {
  test(`${name} is taken`, () => {
    const reading = readPublicJwk({ ...publicJwk, ...members });
    assert.ok(reading.ok);
    assert.deepEqual([...reading.algorithms], algorithms);
    assert.equal(reading.held.kid, members['kid'] ?? reading.held.thumbprint);
    assert.deepEqual([reading.held.key.type, reading.held.certificates, reading.held.generated], ['public', [], false]);
  });
}

const isPrivate = 'This is a private key or a secret, and everybody could read it where public keys are served.';

const refused: readonly [name: string, jwk: unknown, reason: RegExp | string, isPrivate: boolean][] = [
  ['a private key', privateJwk, isPrivate, true],
  ['a secret', { kty: 'oct' }, isPrivate, true],
  ['a secret without a type', { k: 'AAAA' }, isPrivate, true],
  ['a prime of RSA', { kty: 'RSA', n: 'AQAB', e: 'AQAB', p: 'AQAB' }, isPrivate, true],
  ['the seed of a post-quantum key', { kty: 'AKP', alg: 'ML-DSA-44', pub: 'AAAA', priv: 'AAAA' }, isPrivate, true],
  ['a private member of another type', { ...publicJwk, priv: '' }, isPrivate, true],
  ['no object', 'AAAA', /JWK/, false],
  ['a key to encrypt to', { ...publicJwk, use: 'enc' }, 'The key is not for signatures.', false],
  ['a key that may only encrypt', { ...publicJwk, key_ops: ['encrypt'] }, 'The key is not for signatures.', false],
  ['none', { ...publicJwk, alg: 'none' }, 'The `alg` is none that the key signs with.', false],
  ['an algorithm for secrets', { ...publicJwk, alg: 'HS256' }, 'The `alg` is none that the key signs with.', false],
  [
    'the algorithm of another curve',
    { ...publicJwk, alg: 'ES384' },
    'The `alg` is none that the key signs with.',
    false,
  ],
  ['a kid that is too long', { ...publicJwk, kid: 'k'.repeat(257) }, 'The `kid` is longer than 256 characters.', false],
];

for (const [name, jwk, reason, leaks] of refused) {
  test(`${name} is refused`, () => {
    const reading = readPublicJwk(jwk);
    assert.ok(!reading.ok);
    if (typeof reason === 'string') assert.equal(reading.reason, reason);
    else assert.match(reading.reason, reason);
    assert.equal(reading.isPrivate, leaks);
  });
}

const files = makeKeyFiles();

function chainOf(count: number, longest = 4): readonly Uint8Array[] {
  const certificate = new X509Certificate(files.get('cert.pem') ?? assert.fail());
  const x5c = [certificate.raw.toString('base64'), ...Array<string>(count - 1).fill('A'.repeat(longest))];
  const reading = readPublicJwk({ ...certificate.publicKey.export({ format: 'jwk' }), x5c });
  return reading.ok ? reading.held.certificates : assert.fail();
}

test('a chain of eight certificates is taken, and none of a longer one', () => {
  assert.deepEqual([chainOf(8).length, chainOf(9).length], [8, 0]);
});

test('a chain with a certificate of 16,384 characters is taken, and none with a longer one', () => {
  assert.deepEqual([chainOf(2, 16_384).length, chainOf(2, 16_385).length], [2, 0]);
});
