import assert from 'node:assert/strict';
import { createPublicKey, createSecretKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { test } from 'node:test';
import { contentEncryptions } from '../../src/jose/content-encryption.ts';
import { createEncrypter } from '../../src/jose/encrypt.ts';
import { keyManagements } from '../../src/jose/key-management.ts';
import { proveEncrypter, proveSigner, type Signer } from '../../src/jose/proof.ts';
import { type SignatureAlgorithm, signatureAlgorithms } from '../../src/jose/signature-algorithms.ts';
import { rowNamed, secretBytes } from './algorithm-rows.ts';

type Pair = readonly [key: KeyObject, other: KeyObject];

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });

/** Keys that an algorithm does not generate, and accepts. */
const otherKeys: Readonly<Record<string, () => KeyObject>> = {
  PS256: () => generateKeyPairSync('rsa-pss', { modulusLength: 2048 }).privateKey,
  PS512: () => generateKeyPairSync('rsa-pss', { modulusLength: 2048 }).privateKey,
  EdDSA: () => generateKeyPairSync('ed448').privateKey,
};

/** Two keys of each type that the algorithm signs with. */
function pairsFor({ name, generateKey }: SignatureAlgorithm): readonly Pair[] {
  const other = otherKeys[name];
  return [generateKey, ...(other === undefined ? [] : [other])].map((make) => [make(), make()]);
}

/** A signer by `key` whose published half, or secret, is that of `published`. */
function signer(algorithm: SignatureAlgorithm, key: KeyObject, published = key): Signer {
  const hasJwk = key.type === 'private' && key.asymmetricKeyType !== 'rsa-pss';
  const jwk = hasJwk ? { ...createPublicKey(published).export({ format: 'jwk' }), use: 'sig', kid: 'k' } : undefined;
  return { algorithm, sign: algorithm.createSigner(key), key: published, jwk };
}

for (const algorithm of signatureAlgorithms.values()) {
  for (const [key, other] of pairsFor(algorithm)) {
    const what = `${algorithm.name} by a key of type ${key.asymmetricKeyType ?? 'secret'}`;
    test(`${what}: a signer that fits the published key`, () => proveSigner(signer(algorithm, key)));
    test(`${what}: a signer with another key than the published one`, () =>
      assert.rejects(proveSigner(signer(algorithm, key, other))));
  }
}

const secrets = Array.from(keyManagements.values())
  .filter(({ keyKind }) => keyKind === 'secret')
  .flatMap((management) => Array.from(contentEncryptions.values(), (content) => [management, content] as const));

for (const [management, content] of secrets) {
  const bytes = secretBytes(management, content);
  for (const compress of [false, true]) {
    test(`${management.name} with ${content.name}${compress ? ', compressed' : ''}: the secret decrypts it`, async () => {
      const recipient = { management, content, key: createSecretKey(Buffer.alloc(bytes, 1)), compress };
      const encrypt = createEncrypter(recipient);
      await proveEncrypter({ recipient, encrypt });
      const other = { ...recipient, key: createSecretKey(Buffer.alloc(bytes, 2)) };
      await assert.rejects(proveEncrypter({ recipient: other, encrypt }));
    });
  }
}

test('an encrypter of other content than it was given is noticed', async () => {
  const management = rowNamed(keyManagements, 'dir');
  const content = rowNamed(contentEncryptions, 'A128GCM');
  const recipient = { management, content, key: createSecretKey(Buffer.alloc(16, 1)) };
  const encrypt = createEncrypter(recipient);
  await assert.rejects(proveEncrypter({ recipient, encrypt: (header) => encrypt(header, 'other content') }), {
    message: 'the content differs from the probe',
  });
});

test('content encrypted to a public key is not proved', async () => {
  const management = rowNamed(keyManagements, 'RSA-OAEP');
  const content = rowNamed(contentEncryptions, 'A128GCM');
  const recipient = { management, content, key: rsa.publicKey };
  await proveEncrypter({ recipient, encrypt: () => assert.fail('must not encrypt') });
});
