/**
 * @module
 * The API servers accept what `mintproc gen` writes for Istio and Envoy Gateway, over many parts, and refuse what it
 * refuses to write. Skipped without Go, which fetches the definitions.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseAllDocuments } from 'yaml';
import type { EnvoyPart } from '../../src/envoy/envoy-part.ts';
import { type PlatformName, platforms } from '../../src/envoy/platforms.ts';
import { defaultsOf, envoyPart } from '../envoy/envoy-parts.ts';
import { envoyGatewayCrds, faultsIn, istioCrds } from './samples/manifest-schemas.ts';

const definitions: Partial<Record<PlatformName, readonly string[] | undefined>> = {
  istio: istioCrds(),
  'envoy-gateway': envoyGatewayCrds(),
};

function objectsOf(platform: PlatformName, part: EnvoyPart): readonly unknown[] {
  const { files } = platforms[platform].generate(part, defaultsOf(platforms[platform]));
  return files.flatMap(({ text }) => parseAllDocuments(text).map((document) => document.toJS() as unknown));
}

const parts = fc.sample(envoyPart, { numRuns: 60, seed: 7 });
const needsGo = { skip: definitions.istio === undefined && 'no go to fetch the definitions with' };

for (const [platform, crds] of Object.entries(definitions) as [PlatformName, readonly string[] | undefined][]) {
  test(`${platform}: the objects fit their schemas`, needsGo, async () => {
    const objects = parts.flatMap((part) => objectsOf(platform, part));
    assert.ok(objects.length >= parts.length);
    const faults = await faultsIn(objects, crds);
    assert.deepEqual(
      faults.filter((fault) => fault !== null),
      [],
    );
  });
}

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
  for (const part of refused) {
    assert.equal(platform.refusals(part, defaultsOf(platform)).length, 1);
    const faults = await faultsIn(objectsOf('envoy-gateway', part), definitions['envoy-gateway']);
    assert.equal(faults.filter((fault) => fault !== null).length, 1);
  }
  const most = { ...plain, copies: { ...copies, removed: headers.slice(1), uncertain: [] } };
  assert.deepEqual(platform.refusals(most, defaultsOf(platform)), []);
  const faults = await faultsIn(objectsOf('envoy-gateway', most), definitions['envoy-gateway']);
  assert.deepEqual(
    faults.filter((fault) => fault !== null),
    [],
  );
});
