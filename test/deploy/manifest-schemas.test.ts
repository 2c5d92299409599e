/**
 * @module
 * Every manifest of the samples fits the schema of its kind, and `kubectl kustomize` makes of a sample what the other
 * tests take its pods to find. What a machine has no tool for is skipped, by name.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { parseAllDocuments } from 'yaml';
import { faultsIn, istioCrds } from './samples/manifest-schemas.ts';
import { deployed } from './samples/pods.ts';
import { project, SampleFolder } from './samples/sample-folder.ts';

const scratch = mkdtempSync(join(tmpdir(), 'mintproc-manifests-'));
after(() => rmSync(scratch, { recursive: true }));

interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly data?: Readonly<Record<string, string>>;
}

const manifests = Object.keys(deployed).flatMap(
  (name) => new SampleFolder(join(project, 'deploy', name)).objects as readonly Manifest[],
);
const isOfIstio = ({ apiVersion }: Manifest): boolean => apiVersion.includes('.istio.io/');
const crds = istioCrds();
const needsGo = { skip: crds === undefined && 'no go to fetch the definitions of Istio with' };

/** A good manifest with one thing wrong. */
const wrong: [name: string, kind: string, change: (text: string) => string][] = [
  ['an unknown field', 'Deployment', (text) => text.replace('"spec":', '"specs":{},"spec":')],
  ['an unknown field far below', 'Deployment', (text) => text.replace('"image":', '"images":"x","image":')],
  ['a wrong type', 'Deployment', (text) => text.replace('"replicas":2', '"replicas":"two"')],
  ['an unknown field of Istio', 'EnvoyFilter', (text) => text.replace('"spec":', '"specs":{},"spec":')],
  ['an unknown field of Istio far below', 'EnvoyFilter', (text) => text.replace('"patch":', '"patches":{},"patch":')],
  ['an unknown word of Istio', 'AuthorizationPolicy', (text) => text.replace('"DENY"', '"REFUSE"')],
];

function altered(kind: string, change: (text: string) => string): Manifest {
  const before = JSON.stringify(manifests.find((manifest) => manifest.kind === kind));
  const text = change(before);
  assert.notEqual(text, before);
  return JSON.parse(text);
}

const families: [name: string, options: { skip?: string | false }, belongs: (manifest: Manifest) => boolean][] = [
  ['Kubernetes', {}, (manifest) => !isOfIstio(manifest)],
  ['Istio', needsGo, isOfIstio],
];

for (const [family, options, belongs] of families) {
  test(`the manifests of ${family}'s kinds fit their schemas, and wrong ones do not`, options, async () => {
    const own = manifests.filter(belongs);
    const changed = wrong.map(([name, kind, change]) => ({ name, manifest: altered(kind, change) }));
    const bad = changed.filter(({ manifest }) => belongs(manifest));
    assert.ok(own.length > 0 && bad.length > 0);
    const faults = await faultsIn([...own, ...bad.map(({ manifest }) => manifest)], crds);
    assert.deepEqual(
      own.map(({ kind, metadata }, index) => [kind, metadata.name, faults[index]]),
      own.map(({ kind, metadata }) => [kind, metadata.name, null]),
    );
    for (const [index, { name }] of bad.entries()) assert.notEqual(faults[own.length + index], null, name);
  });
}

const kubectl = spawnSync('kubectl', ['version', '--client'], { encoding: 'utf8' });
const needsKubectl = { skip: kubectl.error !== undefined && 'no kubectl' };

for (const name of Object.keys(deployed)) {
  test(`kubectl kustomize deploy/${name}: what the pods mount is what the other tests lay out`, needsKubectl, () => {
    const sample = SampleFolder.copyOf(name, join(scratch, name));
    sample.runCommands(sample.read('README.md'), 'Apply it');
    const { status, stdout, stderr } = spawnSync('kubectl', ['kustomize', sample.folder], { encoding: 'utf8' });
    assert.equal(status, 0, stderr);
    const built = parseAllDocuments(stdout).map((document) => document.toJS() as Manifest);
    for (const { source, files } of sample.volumes) {
      const found = built.find(({ kind, metadata }) => isSourceOf(source, kind, metadata.name));
      assert.ok(found, `${source} is not made`);
      const data = Object.entries(found.data ?? {}).map(([file, text]) => [file, decoded(found.kind, text)]);
      assert.deepEqual(Object.fromEntries(data), files);
    }
  });
}

/** A ConfigMap may have a hash at the end of its name: Envoy's has. */
function isSourceOf(source: string, kind: string, name: string): boolean {
  return (
    ['ConfigMap', 'Secret'].includes(kind) && (name === source || (source === 'envoy' && name.startsWith('envoy-')))
  );
}

function decoded(kind: string, text: string): string {
  return kind === 'Secret' ? Buffer.from(text, 'base64').toString() : text;
}
