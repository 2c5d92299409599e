/**
 * @module
 * Each sample's own mintproc.yaml with that sample's own Envoy part, both for real, and requests through them: the
 * upstream gets a token that verifies by the JWKS which the sample itself publishes; without a caller, and without
 * mintproc, it gets nothing.
 */
import assert from 'node:assert/strict';
import { createPublicKey } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { EnvoyConfig } from '../../demo/envoy-config.ts';
import { seenHeader } from '../../demo/upstream.ts';
import { seenIn } from '../e2e/harness/client.ts';
import { type Neighbours, startNeighbours } from './samples/neighbours.ts';
import { deployed, type EnvoyPart, type Pod, startLocal, startPod } from './samples/pods.ts';
import { ComposeFolder, project, SampleFolder } from './samples/sample-folder.ts';

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

/**
 * An own Envoy is started by deploy/compose.yaml; the others have tests of their own.
 */
const others = ['envoy', 'github', 'grafana', 'helm', 'prometheus', 'publisher'];

test('every folder of deploy/ is tried here', () => {
  const folders = readdirSync(join(project, 'deploy'), { withFileTypes: true }).filter((entry) => entry.isDirectory());
  assert.deepEqual(folders.map(({ name }) => name).sort(), [...Object.keys(deployed), ...others].sort());
});

interface Expected {
  readonly clientId: string;
  /** What Envoy answers to a request without a caller's token, or with none that it knows. */
  readonly withoutToken: readonly number[];
  /** What Envoy answers while mintproc is away; default: 500. */
  readonly away?: number;
}

const ofCallers: Expected = { clientId: 'partner-42', withoutToken: [401, 403] };
const expected: Readonly<Record<string, Expected>> = {
  // The application's own requests: the token says who the application is.
  'istio-outbound': { clientId: 'orders', withoutToken: [200] },
  'istio-ext-authz': { ...ofCallers, away: 403 },
  'envoy-gateway-ext-authz': { ...ofCallers, away: 403 },
};

type Copy = (name: string, target: string) => SampleFolder;

const composed: EnvoyPart = (sample) => new EnvoyConfig(sample.read('config/envoy.yaml'));
const tried: readonly [name: string, copy: Copy, part: EnvoyPart][] = [
  ...Object.entries(deployed).map(([name, part]): [string, Copy, EnvoyPart] => [name, SampleFolder.copyOf, part]),
  ['envoy', ComposeFolder.copyOf, composed],
];

for (const [name, copyOf, part] of tried) {
  const { clientId, withoutToken, away = 500 } = expected[name] ?? ofCallers;
  test(`deploy/${name}: a token that verifies by the sample's own JWKS, no caller, mintproc away`, async () => {
    const sample = copyOf(name, join(scratch, name));
    sample.runCommands(sample.read('README.md'), 'Apply it');
    await using pod = await startPod(sample, part, neighbours);
    assert.ok(pod.keySet, 'it publishes its keys');
    const { payload, protectedHeader } = await mintedFor(pod, 'https://issuer.example.com');
    assert.equal(payload['client_id'], clientId);
    assert.ok(protectedHeader.kid);
    for (const headers of [[], [['authorization', 'Bearer none']]] as [string, string][][]) {
      const { status } = await pod.ask({ headers });
      assert.ok(withoutToken.includes(status), `without a token: ${status}`);
    }
    pod.sidecar.signal('SIGKILL');
    await pod.sidecar.ended;
    const authorization = `Bearer ${await neighbours.callerToken('https://issuer.example.com')}`;
    const { status } = await pod.ask({ path: '/orders/7', headers: [['authorization', authorization]] });
    assert.equal(status, away);
  });
}

test('envoy.yaml and config/mintproc.yaml: a request gets a token', async () => {
  await using pod = await startLocal(neighbours);
  const { payload } = await mintedFor(pod, 'demo');
  assert.equal(payload['client_id'], 'partner-42');
});
