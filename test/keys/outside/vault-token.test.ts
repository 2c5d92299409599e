/**
 * The token of Vault: from a file that changes, from the environment, and by a login.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { VaultLogin, VaultTransitKey } from '../../../src/keys/outside/outside-key.ts';
import { OutsideSigners } from '../../../src/keys/outside/outside-signers.ts';
import { maxSecretBytes, readSecret } from '../../../src/keys/outside/secret-file.ts';
import { VaultToken } from '../../../src/keys/outside/vault-token.ts';
import { inputOf, signerFor } from './contract.ts';
import { FakeVault } from './fake-vault.ts';
import { privateKeyFor } from './service-keys.ts';

const folder = mkdtempSync(join(tmpdir(), 'mintproc-vault-'));
after(() => rmSync(folder, { recursive: true }));
const path = join(folder, 'token');

async function world(login: VaultLogin, more: Partial<VaultTransitKey> = {}) {
  const vault = new FakeVault();
  vault.add('key', 'ecdsa-p256', privateKeyFor('ES256'));
  vault.namespace = more.namespace;
  const server = await vault.start();
  const key: VaultTransitKey = {
    ...{ service: 'vaultTransit', address: server.origin, mount: 'transit', key: 'key', version: undefined },
    ...{ namespace: undefined, login, ca: undefined, deadline: 30_000, queue: 10, ...more },
  };
  const signers = new OutsideSigners({ environment: { MY_TOKEN: 'token-1' } });
  return { vault, server, key, signers, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

const input = inputOf('ES256');

test('a token file that changes is read again when its token is refused: no request fails', async () => {
  writeFileSync(path, 'token-1\n');
  await using it = await world({ kind: 'file', path });
  const { sign } = await signerFor(it.signers, it.key, 'ES256');
  await sign(input);
  it.vault.tokens.clear();
  it.vault.tokens.add('token-2');
  writeFileSync(path, 'token-2');
  await sign(input);
});

test('the environment', async () => {
  await using it = await world({ kind: 'environment', variable: 'MY_TOKEN' });
  const { sign } = await signerFor(it.signers, it.key, 'ES256');
  await sign(input);
});

test('a login with the service account of a pod, which is kept for its lease, in a namespace', async () => {
  writeFileSync(path, 'a service account');
  const login = { kind: 'kubernetes', role: 'mintproc', mount: 'kubernetes', path } as const;
  await using it = await world(login, { namespace: 'team' });
  const { sign } = await signerFor(it.signers, it.key, 'ES256');
  await Promise.all([sign(input), sign(input), sign(input)]);
  // One for the description of the key, and one for the signatures.
  assert.equal(it.vault.logins, 2);
  // Its lease ends early.
  it.vault.tokens.clear();
  it.vault.tokens.add('token-2');
  it.vault.lease = ['token-2', 3600];
  await sign(input);
  assert.equal(it.vault.logins, 3);
});

test('a login whose token does not end is not repeated for each signature', async () => {
  writeFileSync(path, 'a service account');
  await using it = await world({ kind: 'kubernetes', role: 'mintproc', mount: 'kubernetes', path });
  it.vault.lease = ['token-1', 0];
  const { sign } = await signerFor(it.signers, it.key, 'ES256');
  for (let count = 0; count < 3; count++) await sign(input);
  assert.equal(it.vault.logins, 2);
});

const { signal } = new AbortController();

test('a login is repeated when two thirds of its lease have passed', async (t) => {
  writeFileSync(path, 'a service account');
  let [now, logins] = [0, 0];
  t.mock.method(performance, 'now', () => now);
  const login = { kind: 'kubernetes', role: 'mintproc', mount: 'kubernetes', path } as const;
  const call = async () => {
    logins++;
    return { status: 200, text: JSON.stringify({ auth: { client_token: `token-${logins}`, lease_duration: 3600 } }) };
  };
  const token = new VaultToken(login, { call }, { environment: {} });
  assert.equal(await token.get(signal), 'token-1');
  now = 2_399_999;
  assert.equal(await token.get(signal), 'token-1');
  now = 2_400_000;
  assert.equal(await token.get(signal), 'token-2');
});

test('a token file is read again after a second', async (t) => {
  let now = 0;
  t.mock.method(performance, 'now', () => now);
  const token = new VaultToken({ kind: 'file', path }, { call: () => assert.fail() }, { environment: {} });
  writeFileSync(path, 'first');
  assert.equal(await token.get(signal), 'first');
  writeFileSync(path, 'second');
  now = 999;
  assert.equal(await token.get(signal), 'first');
  now = 1_000;
  assert.equal(await token.get(signal), 'second');
});

test('a refused token is forgotten, though each of several requests says so', async () => {
  const token = new VaultToken({ kind: 'file', path }, { call: () => assert.fail() }, { environment: {} });
  writeFileSync(path, 'first');
  assert.equal(await token.get(signal), 'first');
  writeFileSync(path, 'second');
  token.forget('another');
  assert.equal(await token.get(signal), 'first');
  token.forget('first');
  token.forget('first');
  assert.equal(await token.get(signal), 'second');
});

const refused: readonly [name: string, login: VaultLogin][] = [
  ['no file', { kind: 'file', path: join(folder, 'none') }],
  ['an empty file', { kind: 'file', path: join(folder, 'empty') }],
  ['no variable', { kind: 'environment', variable: 'NONE' }],
  ['another role', { kind: 'kubernetes', role: 'other', mount: 'kubernetes', path }],
];

for (const [name, login] of refused) {
  test(`no token: ${name}`, async () => {
    writeFileSync(join(folder, 'empty'), '\n');
    await using it = await world(login);
    const answer = await it.signers.ask(it.key);
    assert.equal(answer.kind === 'failed' && answer.code, 'signer.denied');
  });
}

test('a secret file of the longest length is read, and a longer one is not', async () => {
  writeFileSync(path, 'x'.repeat(maxSecretBytes));
  assert.equal((await readSecret(path)).length, maxSecretBytes);
  writeFileSync(path, 'x'.repeat(maxSecretBytes + 1));
  await assert.rejects(readSecret(path), RangeError);
});

test('a pipe that nobody writes to is not waited for', { timeout: 30_000 }, async () => {
  const pipe = join(folder, 'pipe');
  execFileSync('mkfifo', [pipe]);
  assert.equal(await readSecret(pipe), '');
});
