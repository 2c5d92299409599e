/**
 * @module
 * The examples of the RFCs, computed with their random values.
 */
import assert from 'node:assert/strict';
import {
  constants,
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  diffieHellman,
  type KeyObject,
  privateDecrypt,
} from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { compactDecrypt } from 'jose';
import { concatKdf } from '../../src/jose/concat-kdf.ts';
import { contentEncryptions } from '../../src/jose/content-encryption.ts';
import { createEncrypter } from '../../src/jose/encrypt.ts';
import { keyManagements } from '../../src/jose/key-management.ts';
import type { Randomness } from '../../src/jose/randomness.ts';
import { rowNamed } from './algorithm-rows.ts';

interface Vector {
  readonly name: string;
  readonly alg: string;
  readonly enc: string;
  readonly plaintext: string;
  readonly key?: { readonly kty: string; readonly k?: string };
  readonly password?: string;
  readonly iterations?: number;
  readonly zip?: boolean;
  readonly ephemeral?: object;
  /** In the order in which an encrypter needs them. */
  readonly random: readonly string[];
  readonly compact: string;
}

const file = new URL('../conformance/jose/rfc7520-encryption.json', import.meta.url);
const cookbook: readonly Vector[] = JSON.parse(readFileSync(file, 'utf8'));

const vectors: readonly Vector[] = [
  ...cookbook,
  {
    name: 'RFC 7516 appendix A.3: AES key wrap with AES-CBC-HMAC-SHA2',
    alg: 'A128KW',
    enc: 'A128CBC-HS256',
    plaintext: 'Live long and prosper.',
    key: { kty: 'oct', k: 'GawgguFyGrWKav7AX4VKUg' },
    random: ['BNMfxVSd_P4LZJ36P6pqzmt81C1vawnbyLEA8I-cLM8', 'AxY8DCtDaGlsbGljb3RoZQ'],
    compact:
      'eyJhbGciOiJBMTI4S1ciLCJlbmMiOiJBMTI4Q0JDLUhTMjU2In0.6KB707dM9YTIgHtLvtgWQ8mKwboJW3of9locizkDTHzBC2IlrT1oOQ.' +
      'AxY8DCtDaGlsbGljb3RoZQ.KDlTtXchhZTGufMYmOYGS4HffxPSUrfmqCHXaI9wOGY.U0m_YmjN04DJvceFICbCVQ',
  },
];

/** Returns the random values of the vector. An encrypter that needs more fails. */
function chosen({ random, ephemeral }: Vector): Randomness {
  const left = random.map((text) => Buffer.from(text, 'base64url'));
  return {
    bytes(size) {
      const next = left.shift();
      assert.equal(next?.length, size);
      return next;
    },
    keyPairLike() {
      assert.ok(ephemeral);
      const privateKey = createPrivateKey({ key: { ...ephemeral }, format: 'jwk' });
      return { privateKey, publicKey: createPublicKey(privateKey) };
    },
  };
}

function keyOf({ key, password }: Vector): KeyObject {
  if (password !== undefined) return createSecretKey(password, 'utf8');
  if (key?.k !== undefined) return createSecretKey(key.k, 'base64url');
  return createPublicKey({ key: { ...key }, format: 'jwk' });
}

function encrypt(vector: Vector): { readonly token: string; readonly parameters: Record<string, unknown> } {
  const [header = ''] = vector.compact.split('.');
  let parameters: Record<string, unknown> = {};
  const encrypter = createEncrypter(
    {
      management: rowNamed(keyManagements, vector.alg),
      content: rowNamed(contentEncryptions, vector.enc),
      key: keyOf(vector),
      compress: vector.zip === true,
      password: { saltBytes: 16, iterations: vector.iterations ?? 0 },
    },
    chosen(vector),
  );
  const token = encrypter((added) => {
    parameters = Object.fromEntries(added);
    return header; // in the order of the example
  }, vector.plaintext);
  return { token, parameters };
}

const isRsa = ({ alg }: Vector): boolean => alg.startsWith('RSA');

for (const vector of vectors) {
  test(vector.name, () => {
    const { token, parameters } = encrypt(vector);
    const header = JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString());
    for (const [name, value] of Object.entries(parameters)) assert.deepEqual(value, header[name], name);
    const [, encryptedKey, ...others] = token.split('.');
    const [, exampleKey, ...exampleOthers] = vector.compact.split('.');
    // RSA padding is random, and DEFLATE implementations differ.
    if (!isRsa(vector)) assert.equal(encryptedKey, exampleKey);
    if (vector.zip !== true) assert.deepEqual(others, exampleOthers);
  });
}

test('RSA: the example key decrypts the content key', () => {
  for (const vector of vectors.filter(isRsa)) {
    const [, encryptedKey = ''] = encrypt(vector).token.split('.');
    const key = createPrivateKey({ key: { ...vector.key }, format: 'jwk' });
    const padding = vector.alg === 'RSA1_5' ? constants.RSA_PKCS1_PADDING : constants.RSA_PKCS1_OAEP_PADDING;
    const cek = privateDecrypt({ key, padding }, Buffer.from(encryptedKey, 'base64url'));
    assert.equal(cek.toString('base64url'), vector.random[0]);
  }
});

test('jose decompresses compressed content', async () => {
  const vector = vectors.find(({ zip }) => zip === true);
  assert.ok(vector);
  const { plaintext } = await compactDecrypt(encrypt(vector).token, keyOf(vector));
  assert.equal(Buffer.from(plaintext).toString(), vector.plaintext);
});

/** RFC 7518 appendix B; ciphertext and tag in hex. */
const contents: readonly [enc: string, ciphertext: string, tag: string][] = [
  [
    'A128CBC-HS256',
    'c80edfa32ddf39d5ef00c0b468834279a2e46a1b8049f792f76bfe54b903a9c9a94ac9b47ad2655c5f10f9aef71427e2fc6f9b3f399a221489f16362c703233609d45ac69864e3321cf82935ac4096c86e133314c54019e8ca7980dfa4b9cf1b384c486f3a54c51078158ee5d79de59fbd34d848b3d69550a67646344427ade54b8851ffb598f7f80074b9473c82e2db',
    '652c3fa36b0a7c5b3219fab3a30bc1c4',
  ],
  [
    'A192CBC-HS384',
    'ea65da6b59e61edb419be62d19712ae5d303eeb50052d0dfd6697f77224c8edb000d279bdc14c1072654bd30944230c657bed4ca0c9f4a8466f22b226d1746214bf8cfc2400add9f5126e479663fc90b3bed787a2f0ffcbf3904be2a641d5c2105bfe591bae23b1d7449e532eef60a9ac8bb6c6b01d35d49787bcd57ef484927f280adc91ac0c4e79c7b11efc60054e3',
    '8490ac0e58949bfe51875d733f93ac2075168039ccc733d7',
  ],
  [
    'A256CBC-HS512',
    '4affaaadb78c31c5da4b1b590d10ffbd3dd8d5d302423526912da037ecbcc7bd822c301dd67c373bccb584ad3e9279c2e6d12a1374b77f077553df829410446b36ebd97066296ae6427ea75c2e0846a11a09ccf5370dc80bfecbad28c73f09b3a3b75e662a2594410ae496b2e2e6609e31e6e02cc837f053d21f37ff4f51950bbe2638d09dd7a4930930806d0703b1f6',
    '4dd3b4c088a7f45c216839645b2012bf2e6269a8c56a816dbc1b267761955bc5',
  ],
];

for (const [enc, ciphertext, tag] of contents) {
  test(`RFC 7518 appendix B: ${enc}`, () => {
    const content = rowNamed(contentEncryptions, enc);
    const key = Buffer.from(Array.from({ length: content.keyBytes }, (_, index) => index));
    const plaintext =
      'A cipher system must not be required to be secret, and it must be able to fall into the hands of the enemy without inconvenience';
    const iv = Buffer.from('1af38c2dc2b96ffdd86694092341bc04', 'hex');
    const randomness = chosen({ ...vectors[0], random: [iv.toString('base64url')] } as Vector);
    const covered = 'The second principle of Auguste Kerckhoffs';
    const sealed = content.seal(key, Buffer.from(plaintext), covered, randomness);
    assert.equal(sealed.ciphertext.toString('hex'), ciphertext);
    assert.equal(sealed.tag.toString('hex'), tag);
  });
}

test('RFC 7518 appendix C: the agreed key with apu and apv', () => {
  const alice = createPrivateKey({
    format: 'jwk',
    key: {
      kty: 'EC',
      crv: 'P-256',
      x: 'gI0GAILBdu7T53akrFmMyGcsF3n5dO7MmwNBHKW5SV0',
      y: 'SLW_xSffzlPWrHEVI30DHM_4egVwt3NQqeUD7nMFpps',
      d: '0_NxaRPUMQoAJt50Gz8YiTr8gRTwyEaCumd-MToTmIo',
    },
  });
  const bob = createPublicKey({
    format: 'jwk',
    key: {
      kty: 'EC',
      crv: 'P-256',
      x: 'weNJy2HscCSM6AEDTDg04biOvhFhyyWvOHQfeF_PxMQ',
      y: 'e8lnCO-AlStT-NJVX-crhB7QRYhiix03illJOVAOyck',
    },
  });
  const secret = diffieHellman({ privateKey: alice, publicKey: bob });
  const agreed = concatKdf(secret, 16, 'A128GCM', Buffer.from('Alice'), Buffer.from('Bob'));
  assert.equal(agreed.toString('base64url'), 'VqqN6vgjbSBcIijNcacQGg');
});
