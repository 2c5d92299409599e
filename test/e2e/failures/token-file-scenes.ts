/**
 * @module
 * How tokens in files fail.
 */
import { generateKeyPairSync } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { seenHeader } from '../../../demo/upstream.ts';
import { seenIn } from '../harness/client.ts';
import { tokenFile } from './failing-envoy.ts';
import type { Scene } from './scene.ts';
import type { tokenFiles } from './token-file-table.ts';
import { usualConfiguration } from './usual-configuration.ts';
import type { World } from './world.ts';

const variant = 'sds';

/** @param entry what differs in the entry of the policy */
function settings(entry: object = {}): Readonly<Record<string, unknown>> {
  const constant = { name: 'constant', file: 'policy.yaml', sds: { file: tokenFile }, ...entry };
  return {
    policies: [...usualConfiguration.policies, constant],
    routes: [...usualConfiguration.routes, { match: { routeName: 'constant' }, policies: ['constant'] }],
  };
}

/** Envoy has read a token of this mintproc. */
async function hasToken(world: World): Promise<void> {
  await world.mintproc({ settings: settings() });
  await world.untilSeen('a token', async () => {
    const answer = await world.ask(`ext_proc+${variant}`, '/orders');
    return answer.status === 200 && seenHeader(seenIn(answer), 'authorization').join().startsWith('Bearer ey');
  });
}

function untilRefused(world: World): Promise<void> {
  return world.untilSeen('a refusal', async () => (await world.ask(`ext_proc+${variant}`, '/orders')).status === 401);
}

export const tokenFileScenes: Readonly<Record<keyof typeof tokenFiles, Scene>> = {
  'sds-killed': {
    variant,
    begin: async (world) => {
      await hasToken(world);
      await world.stopMintproc();
    },
  },
  'sds-removed': {
    variant,
    begin: async (world) => {
      await hasToken(world);
      rmSync(join(world.folder, tokenFile));
    },
  },
  'sds-stopped': {
    variant,
    begin: async (world) => {
      await hasToken(world);
      await world.sidecar.stop();
      await untilRefused(world);
    },
  },
  'sds-not-made': {
    variant,
    begin: async (world) => {
      const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
      world.write({ 'ended.pem': String(privateKey.export({ type: 'pkcs8', format: 'pem' })) });
      const ended = { file: 'keyed.yaml', key: { file: 'ended.pem', retireAfter: '2020-01-01T00:00:00Z' } };
      await world.mintproc({ settings: settings(ended) });
      await untilRefused(world);
    },
  },
};
