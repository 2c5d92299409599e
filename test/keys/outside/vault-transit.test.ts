/**
 * The signer of Vault's Transit engine, with a service that answers as its HTTP API describes.
 */

import assert from 'node:assert/strict';
import type { OutsideKey } from '../../../src/keys/outside/outside-key.ts';
import { type FailingContract, testContract, testFailures } from './contract.ts';
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
