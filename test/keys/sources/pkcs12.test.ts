import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createPrivateKey, generateKeyPairSync, X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { readKeys } from '../../../src/keys/sources/index.ts';
import type { KeySpec, SourceReading } from '../../../src/keys/sources/source.ts';
import { keyRequest, memoryWorld } from './memory-world.ts';

const spec: KeySpec = { scheme: 'pkcs12', path: 'k' };

function read(content: Uint8Array, password: string): SourceReading {
  return readKeys(spec, keyRequest(memoryWorld({ k: { content } }), { form: { password } }));
}

const archives: readonly [name: string, type: string, subject: string][] = [
  ['openssl-aes', 'ec', 'CN=signer'],
  ['openssl-3des', 'ec', 'CN=signer'],
  ['openssl-unencrypted', 'ec', 'CN=signer'],
  ['keytool-rsa', 'rsa', 'CN=java'],
];

for (const [name, type, subject] of archives) {
  test(`PKCS#12: ${name}`, () => {
    const content = readFileSync(new URL(`../../conformance/keys/${name}.p12`, import.meta.url));
    const { keys, findings } = read(content, 'secret');
    assert.deepEqual(findings, []);
    const [held] = keys;
    const [certificate] = held?.certificates ?? [];
    assert.ok(held);
    assert.ok(certificate);
    assert.equal(held.key.asymmetricKeyType, type);
    const parsed = new X509Certificate(certificate);
    assert.equal(parsed.subject, subject);
    assert.ok(parsed.checkPrivateKey(held.key));
  });
}

const openssl = 'openssl';

/** OpenSSL's command line is on most machines, and then judges our reading of what it writes today. */
function opensslVersion(): string | undefined {
  try {
    return execFileSync(openssl, ['version'], { encoding: 'utf8' });
  } catch {
    return undefined;
  }
}

const pem = String(
  generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' }),
);

test('PKCS#12 as the OpenSSL of this machine writes it', { skip: opensslVersion() === undefined }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'mintproc-p12-'));
  try {
    writeFileSync(join(folder, 'key.pem'), pem);
    const args = ['pkcs12', '-export', '-nocerts', '-passout', 'pass:x', '-inkey', 'key.pem'];
    const content = execFileSync(openssl, args, { cwd: folder, stdio: ['ignore', 'pipe', 'ignore'] });
    const { keys } = read(content, 'x');
    assert.ok(keys[0]?.key.equals(createPrivateKey(pem)));
  } finally {
    rmSync(folder, { recursive: true });
  }
});
