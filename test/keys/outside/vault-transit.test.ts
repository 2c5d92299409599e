/**
 * The signer of Vault's Transit engine, with a service that answers as its HTTP API describes.
 */

import assert from 'node:assert/strict';
import { sign } from 'node:crypto';
import { test } from 'node:test';
import type { OutsideKey } from '../../../src/keys/outside/outside-key.ts';
import { OutsideSigners } from '../../../src/keys/outside/outside-signers.ts';
import { vaultError } from '../../../src/keys/outside/vault-error.ts';
import { type FailingContract, inputOf, signerFor, testContract, testFailures } from './contract.ts';
import { FakeVault } from './fake-vault.ts';
import { privateKeyFor } from './service-keys.ts';

const types: Readonly<Record<string, string>> = {
  ES256: 'ecdsa-p256',
  ES384: 'ecdsa-p384',
  ES512: 'ecdsa-p521',
  RS256: 'rsa-2048',
  RS384: 'rsa-2048',
  RS512: 'rsa-2048',
  PS256: 'rsa-2048',
  PS384: 'rsa-2048',
  PS512: 'rsa-2048',
  EdDSA: 'ed25519',
};

function vaultKey(address: string, key: string, deadline: number): OutsideKey {
  return {
    ...{ service: 'vaultTransit', address, mount: 'transit', key, version: undefined },
    ...{ namespace: undefined, login: { kind: 'environment', variable: 'VAULT_TOKEN' }, ca: undefined },
    ...{ deadline, queue: 10 },
  };
}

async function start(): ReturnType<FailingContract['start']> {
  const vault = new FakeVault();
  for (const [algorithm, type] of Object.entries(types)) vault.add(algorithm, type, privateKeyFor(algorithm));
  const server = await vault.start();
  return {
    environment: { VAULT_TOKEN: 'token-1' },
    keyFor: (key, deadline) => vaultKey(server.origin, key, deadline),
    failures: {
      fail: (fault, always) => {
        server.faults = [fault];
        server.repeats = always !== undefined;
      },
      heal: () => {
        server.faults = [];
        server.repeats = false;
      },
      disable: (name) => {
        const key = vault.keys.get(name);
        if (key !== undefined) key.minimum = 2;
      },
      exchange: (name) => {
        const key = vault.keys.get(name);
        if (key !== undefined) key.signsWith = privateKeyFor(name, 'second');
      },
      lock: () => vault.tokens.clear(),
      get signatures() {
        return server.requests.filter(({ path }) => path.startsWith('/v1/transit/sign/')).length;
      },
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

const contract: FailingContract = { name: 'Vault', algorithms: Object.keys(types), start };
testContract(contract);
testFailures(contract);

test('Vault: a key that derives others signs no tokens', async () => {
  await using service = await start();
  const data = { type: 'ed25519', derived: true, latest_version: 1, keys: { 1: { public_key: 'AAAA' } } };
  service.failures.fail({ status: 200, body: JSON.stringify({ data }) });
  const answer = await new OutsideSigners({ environment: service.environment }).ask(service.keyFor('EdDSA', 1_000));
  assert.equal(answer.kind === 'failed' && answer.code, 'signer.key-unusable');
});

test('Vault: a signature that names another version is not used, even if it verifies', async () => {
  await using service = await start();
  const signers = new OutsideSigners({ environment: service.environment });
  const { sign: ask } = await signerFor(signers, service.keyFor('ES256', 30_000), 'ES256');
  const input = inputOf('ES256');
  const key = { key: privateKeyFor('ES256'), dsaEncoding: 'ieee-p1363' } as const;
  const signature = sign('sha256', Buffer.from(input), key).toString('base64url');
  service.failures.fail({ status: 200, body: JSON.stringify({ data: { signature: `vault:v2:${signature}` } }) });
  await assert.rejects(ask(input), { code: 'signer.wrong-signature' });
});

const statuses: readonly [code: string, ...statuses: number[]][] = [
  ['signer.key-unusable', 400, 404],
  ['signer.denied', 401, 403],
  ['signer.throttled', 429],
  ['signer.unreachable', 412, 472, 473, 500, 502, 503],
  ['signer.refused', 204, 307, 405],
];

for (const [code, ...found] of statuses) {
  test(`Vault: status ${found.join(', ')} is ${code}`, () => {
    assert.deepEqual(
      found.map((status) => vaultError(status).code),
      found.map(() => code),
    );
  });
}

/** A Vault or OpenBao with the Transit engine, such as `vault server -dev`: its address, and a token for keys. */
const { MINTPROC_VAULT_ADDR: address, MINTPROC_VAULT_TOKEN: token = '' } = process.env;

async function makeKey(name: string, type: string): Promise<void> {
  const headers = { 'x-vault-token': token };
  const body = JSON.stringify({ type });
  const { ok, status } = await fetch(`${address}/v1/transit/keys/${name}`, { method: 'POST', headers, body });
  assert.ok(ok, `status ${status}`);
}

testContract({
  name: 'a real Transit engine',
  algorithms: Object.keys(types),
  skip: address === undefined && 'no MINTPROC_VAULT_ADDR',
  async start() {
    for (const [algorithm, type] of Object.entries(types)) await makeKey(`mintproc-${algorithm}`, type);
    return {
      environment: { VAULT_TOKEN: token },
      keyFor: (algorithm, deadline) => vaultKey(address ?? '', `mintproc-${algorithm}`, deadline),
      [Symbol.asyncDispose]: async () => undefined,
    };
  },
});
