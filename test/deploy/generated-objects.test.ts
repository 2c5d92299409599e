/**
 * @module
 * The API servers accept what `mintproc gen` writes for Istio, Envoy Gateway and kgateway, over many parts, and refuse
 * what it refuses to write. Skipped without Go, which fetches the definitions of the first two.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parse, parseAllDocuments } from 'yaml';
import { type EnvoyPart, patience } from '../../src/envoy/envoy-part.ts';
import type { GeneratedFile, PlatformValues } from '../../src/envoy/platform.ts';
import { type PlatformName, platforms } from '../../src/envoy/platforms.ts';
import { uncommented } from '../e2e/harness/generated-part.ts';
import { defaultsOf, envoyPart, withinKgateway } from '../envoy/envoy-parts.ts';
import { envoyGatewayCrds, faultsIn, istioCrds, kgatewayCrds } from './samples/manifest-schemas.ts';
import { MeshDefinitions } from './samples/mesh-config.ts';

interface Definitions {
  /** Undefined without Go. */
  readonly crds: readonly string[] | undefined;
  /** The part without what the platform refuses. */
  possible(part: EnvoyPart): EnvoyPart;
}

const anyPart = (part: EnvoyPart): EnvoyPart => part;
const definitions: Partial<Record<PlatformName, Definitions>> = {
  istio: { crds: istioCrds(), possible: anyPart },
  'envoy-gateway': { crds: envoyGatewayCrds(), possible: anyPart },
  kgateway: { crds: kgatewayCrds, possible: withinKgateway },
};

function generatedBy(platform: PlatformName, part: EnvoyPart, given: PlatformValues): readonly GeneratedFile[] {
  return platforms[platform].generate(part, { ...defaultsOf(platforms[platform]), ...given }).files;
}

function objectsOf(platform: PlatformName, part: EnvoyPart, given: PlatformValues = {}): readonly unknown[] {
  return generatedBy(platform, part, given).flatMap(({ text }) =>
    parseAllDocuments(text).map((document) => document.toJS() as unknown),
  );
}

const parts = fc.sample(envoyPart, { numRuns: 60, seed: 7 });
const noGo = 'no go to fetch the definitions with';

for (const [platform, { crds, possible }] of Object.entries(definitions) as [PlatformName, Definitions][]) {
  test(`${platform}: the objects fit their schemas`, { skip: crds === undefined && noGo }, async () => {
    const objects = parts.flatMap((part) => objectsOf(platform, possible(part)));
    assert.ok(objects.length >= parts.length);
    const faults = await faultsIn(objects, crds);
    assert.deepEqual(
      faults.filter((fault) => fault !== null),
      [],
    );
  });
}

test('istio: so do those of every context', { skip: definitions.istio?.crds === undefined && noGo }, async () => {
  const [part] = parts;
  assert.ok(part);
  const contexts = ['gateway', 'sidecar', 'outbound', 'waypoint'];
  const objects = contexts.flatMap((context) => objectsOf('istio', part, { context }));
  assert.deepEqual(
    await faultsIn(objects, definitions.istio?.crds),
    contexts.map(() => null),
  );
});

/** A part for ext_authz, without what its platforms refuse. */
function byAuthz(part: EnvoyPart): EnvoyPart {
  const address = { kind: 'tcp', host: 'mintproc.default.svc.cluster.local', port: 50_051 } as const;
  return { ...part, filter: 'ext_authz', address, tls: undefined, routeNames: [], reads: noMetadata(part) };
}

function noMetadata({ reads }: EnvoyPart): EnvoyPart['reads'] {
  return { ...reads, namespaces: new Map() };
}

const authzPlatforms: readonly [name: PlatformName, values: readonly PlatformValues[]][] = [
  ['istio', ['gateway', 'sidecar', 'waypoint'].map((context) => ({ context, namespace: 'istio-system' }))],
  ['envoy-gateway', [{}]],
];
for (const [platform, values] of authzPlatforms) {
  const { crds } = definitions[platform] ?? {};
  test(`${platform}: the objects for ext_authz fit their schemas`, { skip: crds === undefined && noGo }, async () => {
    const all = parts.map(byAuthz);
    for (const part of all) assert.deepEqual(platforms[platform].refusals(part, defaultsOf(platforms[platform])), []);
    const objects = all.flatMap((part) => values.flatMap((given) => objectsOf(platform, part, given)));
    const manifests = objects.filter((object) => Object(object).meshConfig === undefined);
    assert.ok(manifests.length >= parts.length);
    const faults = await faultsIn(manifests, crds);
    assert.deepEqual(
      faults.filter((fault) => fault !== null),
      [],
    );
  });
}

test('envoy-gateway: the proposals of a SecurityPolicy fit its schema too', {
  skip: definitions['envoy-gateway']?.crds === undefined && noGo,
}, async () => {
  const [any] = parts;
  assert.ok(any);
  const [{ text = '' } = {}] = generatedBy('envoy-gateway', { ...byAuthz(any), routePolicy: 'partner' }, {});
  const policy = text.split('---\n').find((one) => one.includes('kind: SecurityPolicy')) ?? '';
  const whole = ['jwt:', 'contextExtensions:'].reduce(uncommented, policy);
  const { spec } = parse(whole);
  assert.deepEqual(spec.extAuth.contextExtensions, [{ name: 'x-mintproc-policy', type: 'Value', value: 'partner' }]);
  assert.equal(spec.jwt.providers.length, 1);
  assert.deepEqual(await faultsIn([parse(whole)], definitions['envoy-gateway']?.crds), [null]);
});

const mesh = MeshDefinitions.load();
test('istio: the extension provider fits the definition of MeshConfig', { skip: mesh === undefined && noGo }, () => {
  for (const part of parts.map(byAuthz)) {
    const [{ text = '' } = {}] = generatedBy('istio', part, {});
    const { meshConfig } = parse(text);
    assert.deepEqual(mesh?.faultsIn('MeshConfig', meshConfig), []);
    const [{ name, envoyExtAuthzGrpc }] = meshConfig.extensionProviders;
    const { service, port, timeout, failOpen } = envoyExtAuthzGrpc;
    assert.deepEqual([name, timeout, failOpen], ['mintproc', patience(part), false]);
    assert.deepEqual([service, port], ['mintproc.default.svc.cluster.local', 50_051]);
  }
});

const gatewayCrds = definitions['envoy-gateway']?.crds;
const needsGo = { skip: gatewayCrds === undefined && noGo };
test('envoy-gateway: what is refused has no place in the objects', needsGo, async () => {
  const [plain] = fc.sample(envoyPart, { numRuns: 1, seed: 1 });
  assert.ok(plain);
  const { reads, copies } = plain;
  const headers = Array.from({ length: 65 }, (_, index) => `x-${index}`);
  const refused: EnvoyPart[] = [
    ...['xds.virtual_host_name', 'xds.cluster_name', 'xds.route_0'].map((name) => ({
      ...plain,
      reads: { ...reads, attributes: new Map([[name, ['a policy']]]) },
    })),
    { ...plain, copies: { ...copies, removed: headers, uncertain: [] } },
  ];
  const platform = platforms['envoy-gateway'];
  for (const part of refused) assert.equal(platform.refusals(part, defaultsOf(platform)).length, 1);
  const most = { ...plain, copies: { ...copies, removed: headers.slice(1), uncertain: [] } };
  assert.deepEqual(platform.refusals(most, defaultsOf(platform)), []);
  const objects = [...refused, most].map((part) => objectsOf('envoy-gateway', part));
  // One call: the definitions are megabytes.
  const faults = await faultsIn(objects.flat(), gatewayCrds);
  const owners = objects.flatMap((list, owner) => list.map(() => owner));
  const counts = objects.map((_, part) => faults.filter((fault, at) => fault !== null && owners[at] === part).length);
  assert.deepEqual(counts, [1, 1, 1, 1, 0]);
});

test('kgateway: what is refused has no place in the objects', async () => {
  const [any] = fc.sample(envoyPart, { numRuns: 1, seed: 1 });
  assert.ok(any);
  const plain: EnvoyPart = { ...withinKgateway(any), tls: undefined };
  const { copies, reads } = plain;
  const removed = Array.from({ length: 9 }, (_, index) => `x-${index}`);
  const platform = platforms.kgateway;
  const refused: EnvoyPart[] = [
    ...['connection.mtls', 'xds.route_name', 'source.address'].map((name) => ({
      ...plain,
      reads: { ...reads, attributes: new Map([[name, ['a policy']]]) },
    })),
    { ...plain, address: { kind: 'unix', path: '/run/m.sock' } },
    { ...plain, publishesVariables: true },
    { ...plain, copies: { ...copies, removed, uncertain: [] } },
    ...['10.0.0.7', 'spiffe://cluster.local/ns/default/sa/mintproc'].map((name) => ({
      ...plain,
      tls: { name, folder: '/etc/envoy', needsClientCertificate: true },
    })),
  ];
  for (const part of refused) assert.equal(platform.refusals(part, defaultsOf(platform)).length, 1);
  const spare = new Map(['request.scheme', 'request.id'].map((name) => [name, ['a policy']]));
  const most = { ...plain, reads: { ...reads, attributes: spare }, copies: { ...copies, removed: removed.slice(1) } };
  assert.deepEqual(platform.refusals(most, defaultsOf(platform)), []);
  const tooMany = refused.filter((part) => part.copies.removed.length === removed.length);
  const objects = [most, ...tooMany].map((part) => objectsOf('kgateway', part));
  const faults = await faultsIn(objects.flat(), kgatewayCrds);
  const first = objects[0]?.length ?? 0;
  assert.deepEqual(
    faults.slice(0, first).filter((fault) => fault !== null),
    [],
  );
  assert.equal(faults.slice(first).filter((fault) => fault !== null).length, 1);
});
