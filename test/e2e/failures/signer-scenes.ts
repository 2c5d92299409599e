/**
 * @module
 * How a service that holds a key fails.
 */
import assert from 'node:assert/strict';
import type { Answer } from '../harness/client.ts';
import type { StartedVault } from '../harness/started-vault.ts';
import type { Filter, Scene } from './scene.ts';
import { usualConfiguration, withKey } from './usual-configuration.ts';
import type { World } from './world.ts';

const path = '/held';

/** Calls to Vault at the same time. */
const concurrency = 64;

function holds(address: string, limits: object): Readonly<Record<string, unknown>> {
  const vaultTransit = { address, key: 'orders', token: { file: 'vault.token' } };
  return { ...withKey({ vaultTransit, kid: 'held', ...limits }, 'held') };
}

/** A mintproc whose service works. */
async function signs(world: World, limits: object = { deadline: '2s' }, more: object = {}): Promise<StartedVault> {
  const vault = await world.vault();
  vault.heal();
  world.write({ 'vault.token': 'token-1\n' });
  await world.mintproc({ settings: { ...holds(vault.server.origin, limits), ...more } });
  // A circuit that the fault before has opened closes again.
  await world.untilSeen('a signature', async () => (await world.ask('ext_proc', path)).status === 200);
  return vault;
}

function fails(how: (vault: StartedVault) => void): Scene {
  return {
    begin: async (world) => {
      const vault = await signs(world);
      how(vault);
      return () => vault.heal();
    },
    path,
  };
}

/** As many requests as can wait do so. */
async function full(world: World): Promise<() => Promise<void>> {
  const vault = await signs(
    world,
    { deadline: '50s', queue: 1 },
    { limits: { ...usualConfiguration.limits, inFlight: 200 } },
  );
  vault.fail('hang');
  const waiting = Array.from({ length: concurrency + 1 }, () => world.ask('ext_proc+patient', path));
  await world.untilSeen(
    'a full queue',
    async () => (await world.figures()).get('mintproc_signer_queue{key="held"}') === 1,
  );
  return async () => {
    vault.heal();
    await world.stopMintproc();
    await Promise.allSettled(waiting);
  };
}

/** Each time that the circuit has been open for a while, one request calls the service. The next one does not. */
async function notCalled(world: World, filter: Filter): Promise<Answer> {
  const { server } = await world.vault();
  for (let attempt = 0; attempt < 50; attempt++) {
    const calls = server.requests.length;
    const answer = await world.ask(filter, path);
    if (!answer.body.includes('signer.paused')) continue;
    assert.equal(server.requests.length, calls, 'the service is not called');
    return answer;
  }
  throw new Error('the circuit stays closed');
}

export const signerScenes = {
  'signer-slow': fails((vault) => vault.fail('hang')),
  'signer-unreachable': fails((vault) => vault.fail('reset')),
  'signer-throttles': fails((vault) => vault.fail({ status: 429, body: '{}' })),
  'signer-queue-full': { begin: full, path },
  'signer-paused': { ...fails((vault) => vault.lock()), send: notCalled },
  'signer-denied': fails((vault) => vault.lock()),
  'signer-key-disabled': fails((vault) => vault.disable()),
  'signer-other-key': fails((vault) => vault.exchange()),
  'signer-away-at-start': {
    begin: (world) => world.mintproc({ settings: holds(`http://127.0.0.1:${world.ports.nobody}`, {}), fails: true }),
    path,
  },
  'signer-away-at-reload': {
    begin: async (world) => {
      const vault = await signs(world);
      vault.fail('reset');
      const settings = { ...holds(vault.server.origin, { deadline: '3s' }) };
      await world.reload(() => world.write({ 'mintproc.yaml': world.configuration(settings) }));
      vault.heal();
      world.forget();
    },
    path,
  },
} as const satisfies Record<string, Scene>;
