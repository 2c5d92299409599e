/**
 * @module
 * Every manifest of the samples fits the schema of its kind, and `kubectl kustomize` makes of a sample what the other
 * tests take its pods to find. What a machine has no tool for is skipped, by name.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { after, test } from 'node:test';
import { parseAllDocuments } from 'yaml';
import { envoyGatewayCrds, faultsIn, istioCrds, kgatewayCrds } from './samples/manifest-schemas.ts';
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
const groupOf = ({ apiVersion }: Manifest): string => apiVersion.replace(/\/.*/, '');
const isOfIstio = (manifest: Manifest): boolean => groupOf(manifest).endsWith('.istio.io');
const isOfKgateway = (manifest: Manifest): boolean => groupOf(manifest) === 'gateway.kgateway.dev';
const isOfGateways = (manifest: Manifest): boolean =>
  ['gateway.envoyproxy.io', 'gateway.networking.k8s.io'].includes(groupOf(manifest));
const [crds, gatewayCrds] = [istioCrds(), envoyGatewayCrds()];
const needsGo = { skip: crds === undefined && 'no go to fetch the definitions of Istio and Envoy Gateway with' };

/** A good manifest with one thing wrong. */
const wrong: [name: string, kind: string, change: (text: string) => string][] = [
  ['an unknown field', 'Deployment', (text) => text.replace('"spec":', '"specs":{},"spec":')],
  ['an unknown field far below', 'Deployment', (text) => text.replace('"image":', '"images":"x","image":')],
  ['a wrong type', 'Deployment', (text) => text.replace('"replicas":2', '"replicas":"two"')],
  ['an unknown field of Istio', 'EnvoyFilter', (text) => text.replace('"spec":', '"specs":{},"spec":')],
  ['an unknown field of Istio far below', 'EnvoyFilter', (text) => text.replace('"patch":', '"patches":{},"patch":')],
  ['an unknown word of Istio', 'AuthorizationPolicy', (text) => text.replace('"DENY"', '"REFUSE"')],
  ['a wrong type of Envoy Gateway', 'EnvoyProxy', (text) => text.replace('"replicas":2', '"replicas":"two"')],
  [
    'an unknown field of Envoy Gateway',
    'SecurityPolicy',
    (text) => text.replace('"issuer":', '"issuers":"x","issuer":'),
  ],
  ['an unknown field of the Gateway API', 'HTTPRoute', (text) => text.replace('"rules":', '"rule":[],"rules":')],
  [
    'two sources of certificates of kgateway',
    'BackendConfigPolicy',
    (text) => text.replace('"sni":', '"secretRef":{"name":"x"},"sni":'),
  ],
  ['an unknown field of kgateway', 'ListenerPolicy', (text) => text.replace('"default":', '"defaults":{},"default":')],
];

function altered(kind: string, change: (text: string) => string): Manifest {
  const before = JSON.stringify(manifests.find((manifest) => manifest.kind === kind));
  const text = change(before);
  assert.notEqual(text, before);
  return JSON.parse(text);
}

interface Family {
  readonly name: string;
  readonly options: { readonly skip?: string | false };
  readonly definitions: readonly string[];
  readonly belongs: (manifest: Manifest) => boolean;
}

const isOfKubernetes = (manifest: Manifest): boolean =>
  ![isOfIstio, isOfGateways, isOfKgateway].some((belongs) => belongs(manifest));
const families: readonly Family[] = [
  { name: 'Kubernetes', options: {}, definitions: [], belongs: isOfKubernetes },
  { name: 'Istio', options: needsGo, definitions: crds ?? [], belongs: isOfIstio },
  { name: 'Envoy Gateway', options: needsGo, definitions: gatewayCrds ?? [], belongs: isOfGateways },
  { name: 'kgateway', options: {}, definitions: kgatewayCrds, belongs: isOfKgateway },
];

for (const { name: family, options, definitions, belongs } of families) {
  test(`the manifests of ${family}'s kinds fit their schemas, and wrong ones do not`, options, async () => {
    const own = manifests.filter(belongs);
    const changed = wrong.map(([name, kind, change]) => ({ name, manifest: altered(kind, change) }));
    const bad = changed.filter(({ manifest }) => belongs(manifest));
    assert.ok(own.length > 0 && bad.length > 0);
    const faults = await faultsIn([...own, ...bad.map(({ manifest }) => manifest)], definitions);
    assert.deepEqual(
      own.map(({ kind, metadata }, index) => [kind, metadata.name, faults[index]]),
      own.map(({ kind, metadata }) => [kind, metadata.name, null]),
    );
    for (const [index, { name }] of bad.entries()) assert.notEqual(faults[own.length + index], null, name);
  });
}

/** Where files are checked that no kustomization names. */
const elsewhere: Readonly<Record<string, string>> = {
  'istio-ext-authz/mesh-config.yaml': 'mesh-config.test.ts',
  'istio-sidecar/injection.yaml': 'generated-samples.test.ts',
};

test('every file of a sample is applied by its kustomization, or checked elsewhere', () => {
  const left = Object.keys(deployed).flatMap((name) => {
    const sample = new SampleFolder(join(project, 'deploy', name));
    const { resources, configMapGenerator, secretGenerator } = sample.kustomization;
    const applied = [...resources, ...[...configMapGenerator, ...secretGenerator].flatMap(({ files }) => files)];
    const files = globSync('{*,config/*}.yaml', { cwd: sample.folder });
    return files.filter((file) => ![...applied, 'kustomization.yaml'].includes(file)).map((file) => `${name}/${file}`);
  });
  assert.deepEqual(left.sort(), Object.keys(elsewhere));
  for (const [file, by] of Object.entries(elsewhere)) {
    assert.match(readFileSync(join(import.meta.dirname, by), 'utf8'), new RegExp(basename(file, '.yaml')));
  }
});

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
