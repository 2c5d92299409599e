/**
 * What the configurations of one process share of a key that a service holds, and how asking for it ends.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { VaultTransitKey } from '../../../src/keys/outside/outside-key.ts';
import { OutsideSigners } from '../../../src/keys/outside/outside-signers.ts';
import { inputOf, signerFor } from './contract.ts';
import { FakeVault } from './fake-vault.ts';
import { privateKeyFor } from './service-keys.ts';

const input = inputOf('ES256');

async function world(token = 'token-1') {
  const vault = new FakeVault();
  const transit = vault.add('key', 'ecdsa-p256', privateKeyFor('ES256'));
  const server = await vault.start();
  const key: VaultTransitKey = {
    ...{ service: 'vaultTransit', address: server.origin, mount: 'transit', key: 'key', version: 1 },
    ...{ namespace: undefined, login: { kind: 'environment', variable: 'TOKEN' }, ca: undefined },
    ...{ deadline: 30_000, queue: 10 },
  };
  const signers = new OutsideSigners({ environment: { TOKEN: token } });
  return { transit, server, key, signers, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

test('a key that took the place of another signs from the next load on, while the old configuration does not', async () => {
  await using it = await world();
  const before = await signerFor(it.signers, it.key, 'ES256');
  await before.sign(input);
  // Deleted and made anew, restored, or an alias that was moved: the name and the version are the same.
  it.transit.versions[0] = privateKeyFor('ES256', 'second');
  await assert.rejects(before.sign(input), { code: 'signer.wrong-signature' });
  const after = await signerFor(it.signers, it.key, 'ES256');
  await after.sign(input);
  await assert.rejects(before.sign(input), { code: 'signer.wrong-signature' });
});

test('a token that cannot be sent is an answer, not a defect of the program', async () => {
  await using it = await world('two\nlines');
  const answer = await it.signers.ask(it.key);
  assert.equal(answer.kind === 'failed' && answer.code, 'signer.denied');
});
