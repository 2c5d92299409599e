/**
 * Workers that do not call a service, in `/readyz` and the metrics of the main process.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeVault } from '../../keys/outside/fake-vault.ts';
import { privateKeyFor } from '../../keys/outside/service-keys.ts';
import { plain, startSidecar, until } from '../sidecar.ts';

const policy = JSON.stringify([
  {
    policyRef: { name: 'jwt-generation-flex' },
    config: { signingMethod: 'ES256', iat: true, exp: 300, nbf: 0, customClaims: [], customHeaders: [] },
  },
]);

test('a worker says when it does not call a service, and when it does again or has ended', async () => {
  const vault = new FakeVault();
  vault.add('orders', 'ecdsa-p256', privateKeyFor('ES256'));
  await using server = await vault.start();
  const vaultTransit = { address: server.origin, key: 'orders', token: { file: 'vault.token' } };
  const key = { vaultTransit, kid: 'held', deadline: '10s' };
  await using sidecar = await startSidecar(
    { ...plain, policies: [{ name: 'p', file: 'held.yaml', key, reuse: false }] },
    { 'held.yaml': policy, 'vault.token': 'token-1\n' },
  );
  const paused = async (): Promise<unknown> => JSON.parse((await sidecar.get('/readyz')).body).signersPaused;
  const caller = sidecar.connect();
  const ask = async (times: number): Promise<void> => {
    for (let time = 0; time < times; time++) await caller.token();
  };
  assert.equal(await paused(), undefined);
  vault.tokens.clear();
  await ask(6);
  await until(async () => JSON.stringify(await paused()) === '["held"]');
  assert.equal((await sidecar.get('/readyz')).status, 200);
  assert.equal((await sidecar.metrics()).get('mintproc_signer_circuit_open{key="held"}'), 1);
  vault.tokens.add('token-1');
  await until(async () => (await caller.token())?.kid === 'held');
  await until(async () => (await paused()) === undefined);
  vault.tokens.clear();
  await ask(6);
  await until(async () => JSON.stringify(await paused()) === '["held"]');
  for (const worker of sidecar.workers()) process.kill(worker, 'SIGKILL');
  await until(async () => (await paused()) === undefined);
});
