/**
 * The signer of Vault's Transit engine, with a service that answers as its HTTP API describes.
 */
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

async function start(): ReturnType<FailingContract['start']> {
  const vault = new FakeVault();
  for (const [algorithm, type] of Object.entries(types)) vault.add(algorithm, type, privateKeyFor(algorithm));
  const server = await vault.start();
  return {
    environment: { VAULT_TOKEN: 'token-1' },
    keyFor: (key, deadline) => ({
      ...{ service: 'vaultTransit', address: server.origin, mount: 'transit', key, version: undefined },
      ...{ namespace: undefined, login: { kind: 'environment', variable: 'VAULT_TOKEN' }, ca: undefined },
      ...{ deadline, queue: 10 },
    }),
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
