/**
 * @module
 * The documents with the public keys, for verifiers.
 */
import assert from 'node:assert/strict';
import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import { compactVerify, createLocalJWKSet } from 'jose';
import { JwksDocuments } from '../../src/configuration/keys/jwks-documents.ts';
import { finish } from '../../src/diagnostics/steps.ts';
import { readSource } from '../../src/keys/sources/index.ts';
import { makeArchives } from '../e2e/harness/pkcs12-archives.ts';
import { keyRequest, memoryAccess } from '../keys/sources/memory-access.ts';
import { good, kidOf, load, mint, one, pem, policy, published, start, type World } from './key-world.ts';

const mlDsa = pem(generateKeyPairSync('ml-dsa-44').privateKey);

test('ML-DSA keys are apart unless asked for', async () => {
  const world = { 'a.pem': mlDsa, 'p.yaml': policy({ signingMethod: 'ML-DSA-44' }) };
  const apart = good(world);
  assert.deepEqual(published(apart, 0).keys, []);
  const set = JSON.parse(
    new JwksDocuments(
      () => apart,
      () => start,
    ).postQuantumKeySet(),
  );
  assert.deepEqual([set.keys[0].kty, set.keys[0].alg, 'priv' in set.keys[0]], ['AKP', 'ML-DSA-44', false]);
  const together = good({ ...world, jwks: { postQuantum: 'together' } });
  assert.deepEqual(published(together, 0), set);
  assert.equal((await compactVerify(mint(apart, 0), createLocalJWKSet(set))).protectedHeader.alg, 'ML-DSA-44');
});

test('secrets are published nowhere', () => {
  const snapshot = good({
    'a.pem': 'x'.repeat(32),
    'p.yaml': policy({ signingMethod: 'HS256' }),
    keys: { k: { file: 'a.pem', kid: 's' } },
  });
  assert.deepEqual(published(snapshot, 0).keys, []);
  assert.equal(kidOf(mint(snapshot, 0)), 's');
});

test('a published key has public members, its use, its algorithm, and nothing private', () => {
  const [jwk = {}] = published(good({ 'a.pem': one }), 0).keys;
  assert.deepEqual(Object.keys(jwk).sort(), ['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y']);
  assert.deepEqual([jwk['alg'], jwk['use']], ['ES256', 'sig']);
});

test('a key by which two algorithms sign names none', () => {
  const rsa = pem(generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey);
  const entries = [
    { name: 'p', file: 'p.yaml', key: 'k' },
    { name: 'q', file: 'q.yaml', key: 'k', output: { header: 'x-q' } },
  ];
  const files = { 'p.yaml': policy({ signingMethod: 'RS256' }), 'q.yaml': policy({ signingMethod: 'PS256' }) };
  const { keys } = published(good({ 'a.pem': rsa, ...files, entries }), 0);
  assert.deepEqual([keys.length, keys[0]?.['alg']], [1, undefined]);
});

const { aes } = await makeArchives();

function archived(): { key: string; certificate: string } {
  const world = memoryAccess({ k: aes });
  const { keys } = finish(
    readSource({ scheme: 'pkcs12', path: 'k' }, keyRequest(world, { form: { password: 'secret' } })),
  );
  const [held] = keys;
  assert.ok(held?.certificates[0]);
  return { key: pem(held.key), certificate: new X509Certificate(held.certificates[0]).toString() };
}

test('x5c and x5t#S256 with a certificate; the certificate of another key is refused', () => {
  const { key, certificate } = archived();
  const keys = { k: { file: 'a.pem', certificate: 'a.crt' } };
  const [jwk = {}] = published(good({ 'a.pem': key, 'a.crt': certificate, keys }), 0).keys;
  const der = new X509Certificate(certificate).raw;
  assert.deepEqual(jwk['x5c'], [der.toString('base64')]);
  const fingerprint = new X509Certificate(certificate).fingerprint256.replaceAll(':', '');
  assert.equal(Buffer.from(String(jwk['x5t#S256']), 'base64url').toString('hex').toUpperCase(), fingerprint);
  const refused: [files: World, code: string][] = [
    [{ 'a.pem': one, 'a.crt': certificate, keys }, 'keys.wrong-certificate'],
    [{ 'a.pem': key, 'a.crt': 'none', keys }, 'keys.wrong-certificate'],
    [{ 'a.pem': key, keys }, 'config.unreadable-file'],
  ];
  for (const [files, code] of refused)
    assert.deepEqual(
      load(files).problems.map((problem) => problem.code),
      [code],
    );
});

test('a generated key is marked in the JWKS, and the same after a reload', () => {
  const keys = { k: { generate: 'ES256' } };
  const first = good({ keys });
  assert.equal(published(first, 0).keys[0]?.['generated'], true);
  assert.deepEqual(published(good({ keys }, 1, first), 1), published(first, 0));
});

test('the discovery document leads to the set', () => {
  const snapshot = good({ 'a.pem': one, jwks: { issuer: 'https://tokens.example.com/' } });
  const documents = new JwksDocuments(
    () => snapshot,
    () => start,
  );
  assert.deepEqual(JSON.parse(documents.discovery('/.well-known/jwks.json')), {
    issuer: 'https://tokens.example.com/',
    jwks_uri: 'https://tokens.example.com/.well-known/jwks.json',
    id_token_signing_alg_values_supported: ['ES256'],
    response_types_supported: ['id_token'],
    subject_types_supported: ['public'],
  });
  assert.equal(documents.maxAge(), 60);
});
