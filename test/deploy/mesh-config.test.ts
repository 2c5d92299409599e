/**
 * @module
 * What the samples write into the configuration of Istio itself and of its proxies: an extension provider in MeshConfig,
 * and ProxyConfig in the annotations of pods. Skipped without Go, which fetches the definitions.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { MeshDefinitions, type MeshMessage } from './samples/mesh-config.ts';
import { deployed } from './samples/pods.ts';
import { type Deployment, project, SampleFolder } from './samples/sample-folder.ts';

const definitions = MeshDefinitions.load();
const needsGo = { skip: definitions === undefined && 'no go to fetch the definitions of MeshConfig with' };
const faultsIn = (name: MeshMessage, value: unknown) => definitions?.faultsIn(name, value);

const text = readFileSync(join(project, 'deploy', 'istio-ext-authz', 'mesh-config.yaml'), 'utf8');
const meshOf = (yaml: string): unknown => parse(yaml).meshConfig;

test('mesh-config.yaml is a MeshConfig, with and without what it proposes', needsGo, () => {
  assert.deepEqual(faultsIn('MeshConfig', meshOf(text)), []);
  const whole = text.replace('# pathNormalization:', 'pathNormalization:');
  assert.notEqual(whole, text);
  assert.deepEqual(faultsIn('MeshConfig', meshOf(whole)), []);
});

const wrong: readonly [name: string, from: string, to: string, at: RegExp][] = [
  ['an unknown field', 'extensionProviders:', 'extensionProvider:', /^MeshConfig\.extensionProvider: is unknown$/],
  ['an unknown field far below', 'failOpen:', 'failsOpen:', /Grpc\.failsOpen: is unknown$/],
  ['text for a switch', 'failOpen: false', 'failOpen: "false"', /failOpen: is not a TYPE_BOOL$/],
  ['text for a number', 'port: 50051', 'port: "50051"', /port: is not a TYPE_UINT32$/],
  ['minutes', 'timeout: 1s', 'timeout: 1m', /timeout: is not of google\.protobuf\.Duration$/],
  ['an object for a list', '    - name: mintproc\n', '      name: mintproc\n', /extensionProviders: is not a list$/],
  [
    'an unknown word',
    '# pathNormalization: { normalization: DECODE_',
    'pathNormalization: { normalization: D',
    /is not a value of/,
  ],
];
for (const [name, from, to, at] of wrong) {
  test(`not a MeshConfig: one with ${name}`, needsGo, () => {
    const changed = text.replace(from, to);
    assert.notEqual(changed, text);
    const [fault, ...others] = faultsIn('MeshConfig', meshOf(changed)) ?? [];
    assert.match(fault ?? '', at);
    assert.deepEqual(others, []);
  });
}

const annotation = 'proxy.istio.io/config';
const annotated = Object.keys(deployed).flatMap((name) => {
  const { objects } = new SampleFolder(join(project, 'deploy', name));
  const found = objects.filter((object): object is Deployment => object.kind === 'Deployment');
  const texts = found.map((object) => object.spec.template.metadata.annotations?.[annotation]);
  return texts.filter((one) => one !== undefined).map((one): [string, unknown] => [name, parse(one)]);
});

test('the annotations of pods are ProxyConfigs', needsGo, () => {
  assert.deepEqual(annotated.map(([name]) => name).sort(), [
    'istio',
    'istio-ext-authz',
    'istio-outbound',
    'istio-sidecar',
  ]);
  assert.deepEqual(
    annotated.map(([name, config]) => [name, faultsIn('ProxyConfig', config)]),
    annotated.map(([name]) => [name, []]),
  );
  const [[, first] = []] = annotated;
  assert.equal(faultsIn('ProxyConfig', { ...Object(first), terminationDrain: '10s' })?.length, 1);
  assert.equal(faultsIn('ProxyConfig', { ...Object(first), runtimeValues: { a: true } })?.length, 1);
});
