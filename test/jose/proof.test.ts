import assert from 'node:assert/strict';
import { createPublicKey, createSecretKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { test } from 'node:test';
import { type SignatureAlgorithm, signatureAlgorithms } from '../../src/jose/algorithms.ts';
import { createEncrypter } from '../../src/jose/encrypt.ts';
import { contentEncryptions, keyManagements } from '../../src/jose/encryption-algorithms.ts';
import { proveEncrypter, proveSigner, type Signer } from '../../src/jose/proof.ts';
import { createSigner } from '../../src/jose/sign.ts';

type Pair = readonly [key: KeyObject, other: KeyObject];

const twice = (make: () => KeyObject): Pair => [make(), make()];
const rsa = twice(() => generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey);
const pss = twice(() => generateKeyPairSync('rsa-pss', { modulusLength: 2048 }).privateKey);
const secret: Pair = [createSecretKey(Buffer.alloc(64, 1)), createSecretKey(Buffer.alloc(64, 2))];

/** Two keys of each type that the algorithm signs with. */
function pairsFor(algorithm: SignatureAlgorithm): readonly Pair[] {
  switch (algorithm.family) {
    case 'hmac':
      return [secret];
    case 'rsa':
      return [rsa];
    case 'rsa-pss':
      return [rsa, pss];
    case 'ec':
      return [twice(() => generateKeyPairSync('ec', { namedCurve: algorithm.curve }).privateKey)];
    case 'ed':
      return [
        twice(() => generateKeyPairSync('ed25519').privateKey),
        twice(() => generateKeyPairSync('ed448').privateKey),
      ];
    case 'ml-dsa':
      return [twice(() => generateKeyPairSync(algorithm.keyType).privateKey)];
  }
}

/** A signer by `key` whose published half, or secret, is that of `published`. */
function signer(algorithm: SignatureAlgorithm, key: KeyObject, published = key): Signer {
  const hasJwk = key.type === 'private' && key.asymmetricKeyType !== 'rsa-pss';
  const jwk = hasJwk ? { ...createPublicKey(published).export({ format: 'jwk' }), use: 'sig', kid: 'k' } : undefined;
  return { algorithm, sign: createSigner(algorithm, key), key: published, jwk };
}

for (const algorithm of signatureAlgorithms.values()) {
  for (const [key, other] of pairsFor(algorithm)) {
    const what = `${algorithm.name} by a key of type ${key.asymmetricKeyType ?? 'secret'}`;
    test(`${what}: a signer that fits what is published`, () => proveSigner(signer(algorithm, key)));
    test(`${what}: a signer whose key is another than what is published`, () =>
      assert.rejects(proveSigner(signer(algorithm, key, other))));
  }
}

const secrets = Array.from(keyManagements.values()).flatMap((management) =>
  Array.from(contentEncryptions.values(), (content) => [management, content] as const),
);

for (const [management, content] of secrets) {
  const size = {
    dir: content.keyBytes,
    'aes-kw': 'wrap' in management ? (management.wrap?.keyBytes ?? 0) : 0,
    'aes-gcm-kw': 'keyBytes' in management ? management.keyBytes : 0,
    pbes2: 20,
    rsa: 0,
    ecdh: 0,
  }[management.family];
  if (size === 0) continue;
  for (const compress of [false, true]) {
    test(`${management.name} with ${content.name}${compress ? ', compressed' : ''}: what the secret opens`, async () => {
      const recipient = { management, content, key: createSecretKey(Buffer.alloc(size, 1)), compress };
      const encrypt = createEncrypter(recipient);
      await proveEncrypter({ recipient, encrypt });
      const other = { ...recipient, key: createSecretKey(Buffer.alloc(size, 2)) };
      await assert.rejects(proveEncrypter({ recipient: other, encrypt }));
    });
  }
}

test('what is encrypted to a public key can be told by the recipient alone', async () => {
  const [management, content] = [keyManagements.get('RSA-OAEP'), contentEncryptions.get('A128GCM')];
  assert.ok(management && content);
  const recipient = { management, content, key: createPublicKey(rsa[0]) };
  await proveEncrypter({ recipient, encrypt: () => assert.fail('nothing is encrypted') });
});
