/**
 * Calls over HTTPS: which certificate is trusted, how much is read, and how many connections there are.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { HttpServer, maxConnections, maxReplyBytes } from '../../../src/keys/outside/https-call.ts';
import { isSafeAddress } from '../../../src/net/safe-address.ts';
import { FakeServer } from './fake-server.ts';

const signal = new AbortController().signal;
const get = { method: 'GET', path: '/a?b=c', headers: {} } as const;

/** A key and a certificate of 127.0.0.1 that nobody else has signed. */
function certificate(): { readonly key: string; readonly cert: string } {
  const folder = mkdtempSync(join(tmpdir(), 'mintproc-tls-'));
  try {
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
    const made = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', key, '-out', cert];
    const named = ['-subj', '/CN=test', '-addext', 'subjectAltName=IP:127.0.0.1', '-days', '1'];
    execFileSync('openssl', ['req', '-x509', ...made, ...named], { stdio: 'ignore' });
    return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('the certificate of the server must be of an authority that is named, or that Node knows', async () => {
  const { key, cert } = certificate();
  const server = createServer({ key, cert }, (_, response) => response.end('fine'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = new URL(`https://127.0.0.1:${(server.address() as AddressInfo).port}`);
  try {
    assert.deepEqual(await new HttpServer(origin, 'S', cert).call(get, signal), { status: 200, text: 'fine' });
    await assert.rejects(new HttpServer(origin, 'S').call(get, signal), { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
    await assert.rejects(new HttpServer(origin, 'S', certificate().cert).call(get, signal));
  } finally {
    server.closeAllConnections();
    server.close();
  }
});

test('an answer of the largest size is read, and one more byte is refused', async () => {
  let size = maxReplyBytes;
  await using fake = await FakeServer.start(() => ({ status: 200, body: 'x'.repeat(size) }));
  const server = new HttpServer(new URL(fake.origin), 'S');
  assert.equal((await server.call(get, signal)).text.length, maxReplyBytes);
  size++;
  await assert.rejects(server.call(get, signal), { code: 'signer.refused' });
  assert.equal(fake.requests[0]?.path, '/a?b=c');
});

test('there are no more connections than the maximum', async () => {
  await using fake = await FakeServer.start(() => ({ status: 200, body: '' }));
  fake.delay = 50;
  const server = new HttpServer(new URL(fake.origin), 'S');
  await Promise.all(Array.from({ length: maxConnections + 10 }, () => server.call(get, signal)));
  assert.equal(fake.maxAtOnce, maxConnections);
});

const addresses: readonly [address: string, isSafe: boolean][] = [
  ['https://vault.example.com', true],
  ['http://vault.example.com', false],
  ['http://127.0.0.1:8200', true],
  ['http://127.1', true],
  ['http://[::1]:8200', true],
  ['http://localhost:8200', true],
  ['http://localhost.example.com', false],
  ['http://127.0.0.1.example.com', false],
  ['http://10.0.0.1', false],
  ['ftp://127.0.0.1', false],
];

for (const [address, isSafe] of addresses) {
  test(`an address: ${address}`, () => assert.equal(isSafeAddress(new URL(address)), isSafe));
}
