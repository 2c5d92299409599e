/**
 * The limits on the size of an RSA key: for encrypting, whose cost is small, and for signing, whose cost grows with the
 * third power of the size. Primes of Mersenne make private keys of these sizes without a search.
 */
import assert from 'node:assert/strict';
import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { test } from 'node:test';
import { contentEncryptions } from '../../src/jose/content-encryption.ts';
import { checkRsaSize, checkSigningRsaSize } from '../../src/jose/key-finding.ts';
import { checkRecipientKey, keyManagements } from '../../src/jose/key-management.ts';
import { checkSigningKey, signatureAlgorithms } from '../../src/jose/signature-algorithms.ts';
import { rowNamed } from './algorithm-rows.ts';
import { encoded, mersenneMembers } from './rsa-numbers.ts';

const publicKey = (bits: number): KeyObject =>
  createPublicKey({ key: { kty: 'RSA', n: encoded(2n ** BigInt(bits) - 1n), e: 'AQAB' }, format: 'jwk' });

const sizes: readonly [bits: number, encrypting: string | undefined, signing: string | undefined][] = [
  [2047, 'jose.rsa-too-small', 'jose.rsa-too-small'],
  [2048, undefined, undefined],
  [4096, undefined, undefined],
  [4097, undefined, 'jose.slow-signature'],
  [8192, undefined, 'jose.slow-signature'],
  [8193, 'jose.rsa-too-large', 'jose.rsa-too-large'],
  [16_384, 'jose.rsa-too-large', 'jose.rsa-too-large'],
];

for (const [bits, encrypting, signing] of sizes) {
  test(`an RSA key of ${bits} bits`, () => {
    const key = publicKey(bits);
    assert.equal(checkRsaSize('x', key)[0]?.code, encrypting);
    const [finding, second] = checkSigningRsaSize('x', key);
    assert.equal(finding?.code, signing);
    assert.equal(second, undefined);
    const isSlow = signing === 'jose.slow-signature';
    assert.equal(finding?.severity, signing && (isSlow ? 'warning' : 'error'));
  });
}

const exponents: readonly [e: bigint, code: string | undefined][] = [
  [0n, 'jose.rsa-exponent'],
  [1n, 'jose.rsa-exponent'],
  [2n, 'jose.rsa-exponent'],
  [3n, undefined],
  [65_537n, undefined],
];

for (const [e, code] of exponents) {
  test(`an RSA key with the public exponent ${e}`, () => {
    const members = { kty: 'RSA', n: encoded(2n ** 2048n - 1n), e: e === 0n ? 'AA' : encoded(e) };
    const key = createPublicKey({ key: members, format: 'jwk' });
    assert.equal(checkRsaSize('x', key)[0]?.code, code);
    assert.equal(checkSigningRsaSize('x', key)[0]?.code, code);
  });
}

function mersenneKey(a: bigint, b: bigint): KeyObject {
  return createPrivateKey({ key: { kty: 'RSA', ...mersenneMembers(a, b) }, format: 'jwk' });
}

const mersenneKeys: readonly [key: KeyObject, code: string | undefined][] = [
  [mersenneKey(1279n, 2203n), undefined],
  [mersenneKey(2203n, 2281n), 'jose.slow-signature'],
  [mersenneKey(4253n, 4423n), 'jose.rsa-too-large'],
];

for (const [key, code] of mersenneKeys) {
  const bits = key.asymmetricKeyDetails?.modulusLength;
  const names = [...signatureAlgorithms.values()].filter(({ keyTypes }) => keyTypes.includes('rsa'));
  test(`an RSA private key of ${bits} bits, with ${names.length} signature algorithms`, () => {
    assert.ok(verify('sha256', Buffer.alloc(1), createPublicKey(key), sign('sha256', Buffer.alloc(1), key)));
    assert.equal(names.length, 6);
    for (const algorithm of names) assert.equal(checkSigningKey(algorithm, key)[0]?.code, code, algorithm.name);
  });
}

test('every algorithm that encrypts to an RSA key refuses one of 8193 bits', () => {
  const content = rowNamed(contentEncryptions, 'A128GCM');
  const rows = [...keyManagements.values()].filter(({ name }) => name.startsWith('RSA'));
  assert.equal(rows.length, 3);
  for (const row of rows) assert.equal(checkRecipientKey(row, content, publicKey(8193))[0]?.code, 'jose.rsa-too-large');
});
