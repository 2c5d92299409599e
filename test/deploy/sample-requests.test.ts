/**
 * @module
 * Each sample's own mintproc.yaml with that sample's own Envoy part, both for real, and a request through them: the
 * upstream gets a token that verifies by the JWKS which the sample itself publishes.
 */
import assert from 'node:assert/strict';
import { createPublicKey } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { seenHeader } from '../../demo/upstream.ts';
import { seenIn } from '../e2e/harness/client.ts';
import { type Neighbours, startNeighbours } from './samples/neighbours.ts';
import { deployed, type Pod, startLocal, startPod } from './samples/pods.ts';
import { project, SampleFolder } from './samples/sample-folder.ts';

const scratch = mkdtempSync(join(tmpdir(), 'mintproc-samples-'));
let neighbours: Neighbours;
before(async () => {
  neighbours = await startNeighbours();
});
after(async () => {
  await neighbours[Symbol.asyncDispose]();
  rmSync(scratch, { recursive: true });
});

/** What the token says that the upstream got. */
async function mintedFor(pod: Pod, issuer: string): Promise<Awaited<ReturnType<typeof jwtVerify>>> {
  const authorization = `Bearer ${await neighbours.callerToken(issuer)}`;
  const answer = await pod.ask({ path: '/orders/7', headers: [['authorization', authorization]] });
  const [value = '', ...more] = seenHeader(seenIn(answer), 'authorization');
  assert.deepEqual(more, []);
  assert.notEqual(value, authorization);
  const token = value.replace('Bearer ', '');
  const options = { audience: 'https://upstream.example.com', algorithms: ['RS256'] };
  if (pod.keySet !== undefined) return await jwtVerify(token, createRemoteJWKSet(new URL(pod.keySet)), options);
  return await jwtVerify(token, createPublicKey(readFileSync(join(neighbours.demoFolder, 'partner.pem'))), options);
}

test('every folder of deploy/ is tried here', () => {
  const folders = readdirSync(join(project, 'deploy'), { withFileTypes: true }).filter((entry) => entry.isDirectory());
  assert.deepEqual(folders.map(({ name }) => name).sort(), Object.keys(deployed).sort());
});

for (const [name, part] of Object.entries(deployed)) {
  test(`deploy/${name}: a request gets a token that verifies by the sample's own JWKS`, async () => {
    const sample = SampleFolder.copyOf(name, join(scratch, name));
    sample.runCommands(sample.read('README.md'), 'Apply it');
    await using pod = await startPod(sample, part, neighbours);
    assert.ok(pod.keySet, 'it publishes its keys');
    const { payload, protectedHeader } = await mintedFor(pod, 'https://issuer.example.com');
    assert.equal(payload['client_id'], 'partner-42');
    assert.ok(protectedHeader.kid);
    for (const headers of [[], [['authorization', 'Bearer none']]] as [string, string][][]) {
      const { status } = await pod.ask({ headers });
      assert.ok(status === 401 || status === 403, `without a token: ${status}`);
    }
  });
}

test('envoy.yaml and config/mintproc.yaml: a request gets a token', async () => {
  await using pod = await startLocal(neighbours);
  const { payload } = await mintedFor(pod, 'demo');
  assert.equal(payload['client_id'], 'partner-42');
});
