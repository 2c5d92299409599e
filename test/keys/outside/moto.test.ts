/**
 * The signer of AWS KMS with moto, a service that others wrote. It needs `moto_server` (pip install 'moto[server]'). Of
 * its signatures, those of RS256 and ES256 over messages are right; it hashes digests again, and salts PSS otherwise.
 */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createServer } from 'node:net';
import { after, test } from 'node:test';
import { compactVerify } from 'jose/jws/compact/verify';
import { OutsideSigners } from '../../../src/keys/outside/outside-signers.ts';
import { inputOf, signerFor } from './contract.ts';

test('a free port', async () => assert.ok((await freePort()) > 0));

const skip = spawnSync('moto_server', ['--help']).error !== undefined && 'no moto_server';
let server: ChildProcess | undefined;
after(() => server?.kill());

async function freePort(): Promise<number> {
  const listener = createServer();
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const address = listener.address();
  await new Promise((resolve) => listener.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function startMoto(): Promise<string> {
  const port = await freePort();
  server = spawn('moto_server', ['-p', String(port)], { stdio: 'ignore' });
  const origin = `http://127.0.0.1:${port}`;
  for (;;) {
    const answer = await fetch(`${origin}/moto-api/`).catch(() => undefined);
    if (answer?.ok === true) return origin;
    assert.equal(server.exitCode, null, 'moto has ended');
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

async function call(origin: string, action: string, members: object): Promise<Record<string, Record<string, unknown>>> {
  const headers = {
    'content-type': 'application/x-amz-json-1.1',
    'x-amz-target': `TrentService.${action}`,
    authorization: 'AWS4-HMAC-SHA256 Credential=id/20260101/eu-central-1/kms/aws4_request',
  };
  const answer = await fetch(origin, { method: 'POST', headers, body: JSON.stringify(members) });
  assert.equal(answer.status, 200, action);
  return (await answer.json()) as Record<string, Record<string, unknown>>;
}

const place = { service: 'awsKms', region: 'eu-central-1', deadline: 30_000, queue: 10 } as const;

test('moto signs RS256 and ES256, and has no other key', { skip }, async () => {
  const origin = await startMoto();
  const environment = { AWS_ENDPOINT_URL: origin, AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'secret' };
  for (const [algorithm, KeySpec] of [
    ['RS256', 'RSA_2048'],
    ['ES256', 'ECC_NIST_P256'],
  ] as const) {
    const { KeyMetadata } = await call(origin, 'CreateKey', { KeySpec, KeyUsage: 'SIGN_VERIFY' });
    const key = String(KeyMetadata?.['Arn']);
    const signers = new OutsideSigners({ environment });
    const { publicKey, sign } = await signerFor(signers, { ...place, key }, algorithm);
    for (const size of [1, 1_000, 2_900]) {
      const input = inputOf(algorithm, 'x'.repeat(size));
      await compactVerify(`${input}.${await sign(input)}`, publicKey, { algorithms: [algorithm] });
    }
  }
  const key = 'arn:aws:kms:eu-central-1:123456789012:key/none';
  const answer = await new OutsideSigners({ environment }).ask({ ...place, key });
  assert.equal(answer.kind === 'failed' && answer.code, 'signer.key-unusable');
});
