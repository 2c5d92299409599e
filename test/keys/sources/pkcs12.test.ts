import assert from 'node:assert/strict';
import { createPublicKey, generateKeyPairSync, X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import { finish } from '../../../src/diagnostics/steps.ts';
import { readSource } from '../../../src/keys/sources/index.ts';
import { UnlockedKeys } from '../../../src/keys/unlocked-keys.ts';
import { type ArchiveName, makeArchives } from '../../e2e/harness/pkcs12-archives.ts';
import { legacyArchive } from '../legacy-archive.ts';
import { keyRequest, memoryAccess } from './memory-access.ts';

const archives = await makeArchives();

const rows: readonly [name: ArchiveName, type: string, subject: string | undefined][] = [
  ['aes', 'ec', 'CN=signer'],
  ['triple-des', 'ec', 'CN=signer'],
  ['unencrypted', 'ec', 'CN=signer'],
  ['rsa', 'rsa', 'CN=another signer'],
  ['no-certificate', 'rsa', undefined],
];

for (const [name, type, subject] of rows) {
  test(`PKCS#12: ${name}`, () => {
    const access = memoryAccess({ k: archives[name] });
    const request = keyRequest(access, { form: { password: 'secret' } });
    const { keys, findings } = finish(readSource({ scheme: 'pkcs12', path: 'k' }, request));
    assert.deepEqual(findings, []);
    const [held] = keys;
    assert.ok(held);
    assert.equal(held.key.asymmetricKeyType, type);
    assert.ok(createPublicKey(held.key).equals(createPublicKey(archives[name].publicKey)));
    const [certificate] = held.certificates.map((der) => new X509Certificate(der));
    assert.equal(certificate?.subject, subject);
    assert.ok(certificate === undefined || certificate.checkPrivateKey(held.key));
  });
}

test('PKCS#12: a file that was decrypted once is decrypted with its own password only', () => {
  const unlocked = new UnlockedKeys();
  const access = memoryAccess({ k: archives.aes });
  const counts = ['secret', 'other', undefined, 'secret'].map((password) => {
    const request = keyRequest(access, { form: { password, unlocked } });
    return finish(readSource({ scheme: 'pkcs12', path: 'k' }, request)).keys.length;
  });
  assert.deepEqual(counts, [1, 0, 0, 1]);
  assert.equal(unlocked.all.size, 1);
});

test('PKCS#12: several private keys are refused', () => {
  const [one, other] = ['P-256', 'P-256'].map((namedCurve) => generateKeyPairSync('ec', { namedCurve }).privateKey);
  assert.ok(one !== undefined && other !== undefined);
  const said = [legacyArchive(one, 'secret'), legacyArchive(one, 'secret', other)].map((content) => {
    const request = keyRequest(memoryAccess({ k: { content } }), { form: { password: 'secret' } });
    const { keys, findings } = finish(readSource({ scheme: 'pkcs12', path: 'k' }, request));
    return [keys.length, findings.map(({ code, message }) => `${code}: ${message}`).join()];
  });
  assert.deepEqual(said[0]?.[0], 1);
  assert.deepEqual(said[1], [0, 'keys.unreadable: The file k contains several private keys.']);
});
