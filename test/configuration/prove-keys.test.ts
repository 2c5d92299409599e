import assert from 'node:assert/strict';
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { test } from 'node:test';
import { proveKeys } from '../../src/configuration/prove-keys.ts';
import { checkerHere } from './checker-here.ts';
import { loadConfiguration } from './loading.ts';
import { flexPolicy, memoryFiles } from './memory-files.ts';

const pem = (key: KeyObject): string => key.export({ format: 'pem', type: 'pkcs8' }).toString();
const der = (key: KeyObject): Buffer => key.export({ format: 'der', type: 'pkcs8' });
const asPem = (bytes: Buffer): string =>
  `-----BEGIN PRIVATE KEY-----\n${bytes.toString('base64')}\n-----END PRIVATE KEY-----\n`;

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
const curve = (namedCurve: string): KeyObject => generateKeyPairSync('ec', { namedCurve }).privateKey;

/** The private scalar of one key and, behind it, the public point of another; OpenSSL does not compare them. */
function withPointOfAnother(namedCurve: string, pointBytes: number): string {
  const [own, other] = [der(curve(namedCurve)), der(curve(namedCurve))];
  other.copy(own, own.length - pointBytes, other.length - pointBytes);
  return asPem(own);
}

/** One bit of the modulus, which is published, is another. */
function withWrongModulus(): string {
  const bytes = der(rsa);
  const modulus = bytes.indexOf(Buffer.from(rsa.export({ format: 'jwk' }).n ?? '', 'base64url'));
  bytes[modulus + 100] = (bytes[modulus + 100] ?? 0) ^ 1;
  return asPem(bytes);
}

function files(algorithm: string, key: string) {
  return memoryFiles({
    'mintproc.yaml': JSON.stringify({
      keys: { signer: { file: 'key.pem' } },
      policies: [
        { name: 'first', file: 'policy.yaml', key: 'signer' },
        { name: 'second', file: 'policy.yaml', key: 'signer', output: { header: 'x-second' } },
      ],
      routes: [{ match: {}, policies: ['first', 'second'] }],
    }),
    'policy.yaml': flexPolicy({ iss: 'a' }, '').replace('HS256', algorithm),
    'key.pem': key,
  });
}

async function errorsOf(algorithm: string, key: string): Promise<string[]> {
  const given = files(algorithm, key);
  const loaded = await proveKeys(loadConfiguration('mintproc.yaml', { files: given }));
  const errors = loaded.problems.filter(({ severity }) => severity === 'error');
  assert.equal(loaded.snapshot === undefined, errors.length > 0);
  const checked = await checkerHere(given).check({ file: 'mintproc.yaml', now: Date.now() });
  assert.equal(checked.end, loaded.snapshot === undefined ? 'refused' : 'loaded', 'the check of a reload agrees');
  return errors.map(({ code, place }) => `${code} ${place.file}`);
}

/** Both policies have the key. */
const unproven = ['keys.unproven policy.yaml', 'keys.unproven policy.yaml'];

const cases: [name: string, algorithm: string, key: string, errors: string[]][] = [
  ['RSA', 'RS256', pem(rsa), []],
  ['RSA with PSS', 'PS512', pem(rsa), []],
  ['ECDSA', 'ES256', pem(curve('P-256')), []],
  ['EdDSA', 'EdDSA', pem(generateKeyPairSync('ed25519').privateKey), []],
  ['a secret', 'HS256', 'a secret of at least thirty-two bytes', []],
  ['ECDSA on P-256 with the public half of another key', 'ES256', withPointOfAnother('P-256', 64), unproven],
  ['ECDSA on P-521 with the public half of another key', 'ES512', withPointOfAnother('P-521', 132), unproven],
  ['RSA with another modulus', 'RS256', withWrongModulus(), unproven],
];

for (const [name, algorithm, key, errors] of cases) {
  test(`a key is put in force once it is proved: ${name}`, async () => {
    assert.deepEqual(await errorsOf(algorithm, key), errors);
  });
}
