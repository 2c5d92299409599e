/**
 * @module
 * A JWK whose `alg` is another one than that of the policy: what is published names the algorithm that signs, and jose
 * verifies with it.
 */
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { loadConfiguration } from '../../../src/configuration/load.ts';
import { proveKeys } from '../../../src/configuration/prove-keys.ts';
import { keySetsAt } from '../../../src/keys/key-set.ts';
import { memoryFiles } from '../../configuration/memory-files.ts';

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const jwk = JSON.stringify({ ...privateKey.export({ format: 'jwk' }), kid: 'one', alg: 'RS512' });

test('the published key has the algorithm of the policy', async () => {
  const files = memoryFiles({
    'mintproc.yaml': `variables: { iss.claim: issuer }
policies: [{ name: p, file: p.yaml }]
routes: [{ match: {}, policies: [p] }]
`,
    'p.yaml': `- set-variable: { actions: [{ set: jwk, value: '${jwk}' }] }
- jwt-generate: { version: 2.0.0, jws-alg: RS256, jws-jwk: jwk }
`,
  });
  const { snapshot, problems } = await proveKeys(loadConfiguration('mintproc.yaml', { files }));
  assert.deepEqual(
    problems.filter(({ severity }) => severity !== 'note').map(({ code }) => code),
    ['datapower.key-algorithm'],
  );
  const { classic } = keySetsAt(snapshot?.keys.rings.values() ?? [], Date.now());
  assert.deepEqual(
    classic.map(({ kid, alg }) => [kid, alg]),
    [['one', 'RS256']],
  );
});
