/**
 * @module
 * `deploy/publisher`: its objects fit the schemas of their kinds and each other, and its command line runs.
 */
import assert from 'node:assert/strict';
import { createPublicKey } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { parse, parseAllDocuments } from 'yaml';
import { ec } from '../configuration/key-world.ts';
import { kidsAt, Program } from '../publishing/program.ts';
import { faultsIn } from './samples/manifest-schemas.ts';
import { project } from './samples/sample-folder.ts';

const folder = join(project, 'deploy', 'publisher');
const scratch = mkdtempSync(join(tmpdir(), 'mintproc-publisher-'));
after(() => rmSync(scratch, { recursive: true }));

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly selector?: unknown;
    readonly serviceName?: string;
    readonly template?: {
      readonly metadata: { readonly labels: object };
      readonly spec: { readonly containers: readonly { readonly args: readonly string[] }[] };
    };
  };
}

const read = (name: string): string => readFileSync(join(folder, name), 'utf8');
const { resources } = parse(read('kustomization.yaml')) as { readonly resources: readonly string[] };
const manifests = resources.flatMap((name) =>
  parseAllDocuments(read(name)).map((document) => document.toJS() as Manifest),
);

test('the objects fit the schemas of their kinds', async () => {
  assert.deepEqual(
    (await faultsIn(manifests, undefined)).filter((fault) => fault !== null),
    [],
  );
});

const set = manifests.find(({ kind }) => kind === 'StatefulSet');
const args = set?.spec.template?.spec.containers[0]?.args ?? [];

test('the Services select the pods of the publisher, and those that it asks', () => {
  const services = manifests.filter(({ kind }) => kind === 'Service');
  const [own, pods] = services;
  assert.deepEqual(own?.spec.selector, set?.spec.template?.metadata.labels);
  assert.equal(set?.spec.serviceName, own?.metadata.name);
  assert.ok(args.includes(`http://${pods?.metadata.name}:9465`));
  assert.deepEqual(pods?.spec.selector, { mintproc: 'sidecar' });
});

test('its command line publishes the keys of a peer', async () => {
  const jwk = { ...createPublicKey(ec()).export({ format: 'jwk' }), kid: 'pod' };
  await using peer = createServer((_, response) => void response.end(JSON.stringify({ keys: [jwk] })));
  peer.listen(0, '127.0.0.1');
  await once(peer, 'listening');
  const { port } = peer.address() as AddressInfo;
  const here = args.map((text) =>
    text
      .replace(/0\.0\.0\.0:\d+/, '127.0.0.1:0')
      .replace('/var/lib/mintproc', scratch)
      .replace('mintproc-pods:9465', `127.0.0.1:${port}`),
  );
  await using program = new Program(here, scratch);
  assert.deepEqual(await kidsAt(await program.keysUrl()), ['pod']);
  assert.match(readFileSync(join(scratch, 'keys.json'), 'utf8'), /"kid":"pod"/);
});
