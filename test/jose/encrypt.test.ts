/**
 * @module
 * Every key management with every content encryption, decrypted by two independent libraries.
 */
import assert from 'node:assert/strict';
import { createSecretKey, generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';
import { before, test } from 'node:test';
import { compactDecrypt } from 'jose';
import { type ContentEncryption, contentEncryptions } from '../../src/jose/content-encryption.ts';
import { createEncrypter } from '../../src/jose/encrypt.ts';
import { checkRecipientKey, type KeyManagement, keyManagements } from '../../src/jose/key-management.ts';
import { type Decryption, decryptWithJwcrypto } from '../e2e/harness/python-tools.ts';
import { rowNamed, secretBytes } from './algorithm-rows.ts';

interface Keys {
  /** What mintproc is given, and what the recipient has. */
  readonly given: KeyObject;
  readonly own: KeyObject;
}

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const p256 = generateKeyPairSync('ec', { namedCurve: 'P-256' });

function keysFor(management: KeyManagement, content: ContentEncryption): Keys {
  if (management.keyKind === 'secret') {
    const key = createSecretKey(randomBytes(secretBytes(management, content)));
    return { given: key, own: key };
  }
  const pair = management.name.startsWith('RSA') ? rsa : p256;
  return { given: pair.publicKey, own: pair.privateKey };
}

function seal(
  management: KeyManagement,
  content: ContentEncryption,
  key: KeyObject,
  text: string,
  zip = false,
): string {
  const findings = checkRecipientKey(management, content, key);
  assert.deepEqual(
    findings.filter(({ severity }) => severity === 'error'),
    [],
  );
  const header = { alg: management.name, enc: content.name, ...(zip ? { zip: 'DEF' } : {}) };
  return createEncrypter({ management, content, key, compress: zip })(
    (added) => Buffer.from(JSON.stringify({ ...header, ...Object.fromEntries(added) })).toString('base64url'),
    text,
  );
}

interface Sealed extends Decryption {
  readonly alg: string;
  readonly enc: string;
  readonly content: string;
  readonly own: KeyObject;
}

const all: readonly Sealed[] = [...keyManagements.values()].flatMap((management) =>
  [...contentEncryptions.values()].map((content) => {
    const { given, own } = keysFor(management, content);
    const text = JSON.stringify({ sub: 'müller', by: [management.name, content.name] });
    const token = seal(management, content, given, text);
    return {
      alg: management.name,
      enc: content.name,
      content: text,
      own,
      token,
      key: { ...own.export({ format: 'jwk' }) },
    };
  }),
);

let byJwcrypto: Awaited<ReturnType<typeof decryptWithJwcrypto>>;
before(async () => {
  byJwcrypto = await decryptWithJwcrypto(all);
});

for (const [index, { alg, enc, content, own, token }] of all.entries()) {
  test(`${alg} with ${enc}`, async () => {
    assert.equal(byJwcrypto[index]?.content, content);
    if (alg === 'RSA1_5') return; // dropped by jose
    const options = { keyManagementAlgorithms: [alg], contentEncryptionAlgorithms: [enc], maxPBES2Count: 10_000 };
    assert.equal(Buffer.from((await compactDecrypt(token, own, options)).plaintext).toString(), content);
  });
}

const curves: readonly [name: string, pair: { publicKey: KeyObject; privateKey: KeyObject }][] = [
  ['P-384', generateKeyPairSync('ec', { namedCurve: 'P-384' })],
  ['P-521', generateKeyPairSync('ec', { namedCurve: 'P-521' })],
  ['X25519', generateKeyPairSync('x25519')],
  ['X448', generateKeyPairSync('x448')],
];

for (const [name, { publicKey, privateKey }] of curves) {
  test(`ECDH-ES on ${name}`, async () => {
    const content = rowNamed(contentEncryptions, 'A256CBC-HS512');
    const tokens = ['ECDH-ES', 'ECDH-ES+A256KW'].map((alg) =>
      seal(rowNamed(keyManagements, alg), content, publicKey, `over ${name}`),
    );
    const key = { ...privateKey.export({ format: 'jwk' }) };
    const opened = await decryptWithJwcrypto(tokens.map((token) => ({ token, key })));
    assert.deepEqual(
      opened.map((one) => one.content),
      tokens.map(() => `over ${name}`),
    );
  });
}

test('no random value is used twice', () => {
  for (const management of keyManagements.values()) {
    const content = rowNamed(contentEncryptions, 'A128GCM');
    const { given } = keysFor(management, content);
    const [first = [], second = []] = [0, 1].map(() => seal(management, content, given, 'same').split('.'));
    for (const [index, part] of first.entries()) {
      const isSame = (index === 0 && management.name.match(/^(?:RSA|dir|A\d+KW)/)) || part === '';
      assert.equal(part === second[index], Boolean(isSame), `${management.name}, part ${index + 1}`);
    }
  }
});

const maxCompressedBytes = 250_000;

test('compressed content is decrypted, and its size is limited', async () => {
  const management = rowNamed(keyManagements, 'dir');
  const content = rowNamed(contentEncryptions, 'A128GCM');
  const { given, own } = keysFor(management, content);
  const token = seal(management, content, given, 'a'.repeat(maxCompressedBytes), true);
  assert.ok(token.length < maxCompressedBytes / 100);
  const [opened] = await decryptWithJwcrypto([{ token, key: { ...own.export({ format: 'jwk' }) } }]);
  assert.equal(opened?.content.length, maxCompressedBytes);
  assert.throws(() => seal(management, content, given, 'a'.repeat(maxCompressedBytes + 1), true), {
    code: 'jose.too-long-to-compress',
  });
});
