/**
 * @module
 * All forms of a recipient's key, and the keys that are refused.
 */
import assert from 'node:assert/strict';
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { before, test } from 'node:test';
import { compactDecrypt } from 'jose';
import { contentEncryptions } from '../../src/jose/content-encryption.ts';
import { createEncrypter } from '../../src/jose/encrypt.ts';
import { keyManagements } from '../../src/jose/key-management.ts';
import type { KeyForm } from '../../src/keys/key-material.ts';
import { encryptionUse } from '../../src/keys/key-use.ts';
import { makeCertificates } from '../e2e/harness/python-tools.ts';
import { rowNamed } from '../jose/algorithm-rows.ts';
import { readKeyText } from './read-key-text.ts';

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const spki = String(rsa.publicKey.export({ type: 'spki', format: 'pem' }));
const jwkOf = (key: KeyObject, rest: object = {}): string =>
  JSON.stringify({ ...key.export({ format: 'jwk' }), ...rest });
const set = JSON.stringify({
  keys: [JSON.parse(jwkOf(rsa.publicKey, { kid: 'a' })), JSON.parse(jwkOf(ec.publicKey, { kid: 'b' }))],
});

const content = rowNamed(contentEncryptions, 'A128GCM');

function read(alg: string, text: string, form: KeyForm = {}) {
  return readKeyText(encryptionUse(rowNamed(keyManagements, alg), content), text, 'file', form);
}

const readable: readonly [
  name: string,
  alg: string,
  text: string,
  form: KeyForm,
  own: KeyObject,
  kid: string | undefined,
][] = [
  ['SPKI', 'RSA-OAEP', spki, {}, rsa.privateKey, undefined],
  ['SPKI, indented', 'RSA-OAEP', spki.replace(/^/gm, '    '), {}, rsa.privateKey, undefined],
  ['SPKI on one line', 'RSA-OAEP', spki.replaceAll('\n', '\\n'), {}, rsa.privateKey, undefined],
  ['PKCS#1', 'RSA-OAEP', String(rsa.publicKey.export({ type: 'pkcs1', format: 'pem' })), {}, rsa.privateKey, undefined],
  ['a JWK', 'RSA-OAEP', jwkOf(rsa.publicKey, { kid: 'k', use: 'enc', key_ops: ['wrapKey'] }), {}, rsa.privateKey, 'k'],
  ['a key of a JWK set', 'ECDH-ES', set, { kid: 'b' }, ec.privateKey, 'b'],
];

for (const [name, alg, text, form, own, kid] of readable) {
  test(`reads ${name}`, async () => {
    const { held, findings } = read(alg, text, form);
    assert.deepEqual(findings, []);
    assert.ok(held);
    assert.equal(held.kid, kid);
    const encrypt = createEncrypter({ management: rowNamed(keyManagements, alg), content, key: held.key });
    const header = (added: readonly (readonly [string, unknown])[]): string =>
      Buffer.from(JSON.stringify({ alg, enc: 'A128GCM', ...Object.fromEntries(added) })).toString('base64url');
    const { plaintext } = await compactDecrypt(encrypt(header, 'content'), own);
    assert.equal(Buffer.from(plaintext).toString(), 'content');
  });
}

test('a secret is the text itself, or decoded from its encoding', () => {
  assert.deepEqual(read('A128KW', 'sixteen bytes ..\n').findings, []);
  assert.deepEqual(read('A128KW', '{sixteen bytes}!').findings, []);
  assert.deepEqual(read('A128KW', '000102030405060708090a0b0c0d0e0f', { encoding: 'hex' }).findings, []);
});

const refused: readonly [name: string, alg: string, text: string, form: KeyForm, codes: readonly string[]][] = [
  [
    'a private key in PEM',
    'RSA-OAEP',
    String(rsa.privateKey.export({ type: 'pkcs8', format: 'pem' })),
    {},
    ['jose.private-recipient'],
  ],
  ['a private JWK', 'RSA-OAEP', jwkOf(rsa.privateKey), {}, ['jose.private-recipient']],
  ['text that is not a key', 'RSA-OAEP', 'my key', {}, ['keys.not-pem']],
  [
    'a damaged certificate',
    'RSA-OAEP',
    '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----',
    {},
    ['keys.unreadable'],
  ],
  ['an EC key for RSA', 'RSA-OAEP', jwkOf(ec.publicKey), {}, ['jose.wrong-key-type']],
  ['a JWK set without kid', 'ECDH-ES', set, {}, ['jose.malformed-jwk']],
  ['a kid that the JWK set does not have', 'ECDH-ES', set, { kid: 'c' }, ['jose.no-matching-key']],
  ['a JWK for signatures', 'ECDH-ES', jwkOf(ec.publicKey, { use: 'sig' }), {}, ['jose.wrong-key-use']],
  [
    'a JWK for another algorithm',
    'ECDH-ES',
    jwkOf(ec.publicKey, { alg: 'ECDH-ES+A128KW' }),
    {},
    ['jose.wrong-key-algorithm'],
  ],
  ['a certificate as a secret', 'A128KW', spki, {}, ['jose.wrong-key-type']],
  ['a secret that is too long', 'A128KW', 'seventeen bytes ..', {}, ['jose.wrong-key-length']],
  ['a secret in another encoding', 'A128KW', 'not hex', { encoding: 'hex' }, ['keys.bad-encoding']],
];

for (const [name, alg, text, form, codes] of refused) {
  test(`refuses ${name}`, () => {
    const { held, findings } = read(alg, text, form);
    assert.equal(held, undefined);
    assert.deepEqual(
      findings.map(({ code }) => code),
      codes,
    );
  });
}

let certificate: string;
before(async () => {
  certificate = (await makeCertificates({ name: 'backend', dns: 'backend', uri: 'urn:backend' })).caller.cert;
});

test('reads a certificate', () => {
  const { held, findings } = read('ECDH-ES+A128KW', certificate);
  assert.deepEqual(findings, []);
  assert.equal(held?.certificates.length, 1);
});
