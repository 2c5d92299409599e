/**
 * @module
 * The files of samples that `mintproc gen` writes are what it writes today, and the sample's own objects take the place
 * of those that are left out. The sidecar of the injection template is that of the Deployment.
 */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse, parseAllDocuments } from 'yaml';
import { runCommand } from '../cli/captured-terminal.ts';
import { project, SampleFolder } from './samples/sample-folder.ts';

const envoy = ['--port', '8080', '--issuer', 'https://issuer.example.com', '--audience', 'orders'];
const upstream = ['--upstream', 'host.docker.internal:8081'];

/** The kind that the sample writes itself, more completely. */
const written: readonly [sample: string, file: string, line: readonly string[], own?: string][] = [
  ['envoy', 'config/envoy.yaml', ['envoy', ...envoy, ...upstream]],
  ['istio', 'envoyfilter.yaml', ['istio']],
  ['istio-sidecar', 'envoyfilter.yaml', ['istio', '--context', 'sidecar', '--selector', 'app=orders']],
  ['istio-outbound', 'envoyfilter.yaml', ['istio', '--context', 'outbound', '--selector', 'app=orders']],
  ['istio-waypoint', 'envoyfilter.yaml', ['istio', '--context', 'waypoint']],
  ['envoy-gateway', 'mintproc.yaml', ['envoy-gateway'], 'EnvoyProxy'],
  ['kgateway', 'mintproc.yaml', ['kgateway'], 'GatewayParameters'],
];

for (const [name, file, line, own] of written) {
  test(`deploy/${name}/${file} is what \`mintproc gen ${line.join(' ')}\` writes`, async () => {
    const sample = new SampleFolder(join(project, 'deploy', name));
    const { code, out } = await runCommand(['gen', ...line, '--config', join(sample.folder, 'config/mintproc.yaml')]);
    assert.equal(code, 0);
    const documents = out.split(/^---\n/m);
    const kept = documents.filter((text) => own === undefined || !text.includes(`\nkind: ${own}\n`));
    assert.equal(documents.length - kept.length, own === undefined ? 0 : 1);
    assert.equal(sample.read(file), kept.join('---\n'));
  });
}

test('the EnvoyProxy of deploy/envoy-gateway has the order of filters that gen writes', async () => {
  const sample = new SampleFolder(join(project, 'deploy', 'envoy-gateway'));
  const { out } = await runCommand(['gen', 'envoy-gateway', '--config', join(sample.folder, 'config/mintproc.yaml')]);
  const made = parseAllDocuments(out).map((document) => document.toJS() as { kind: string; spec: object });
  const proxies = [...sample.objects, ...made].filter(({ kind }) => kind === 'EnvoyProxy');
  const [own, generated] = proxies.map((proxy) => Object(proxy).spec.filterOrder);
  assert.ok(own);
  assert.deepEqual(own, generated);
});

test('the injection template of Istio has the sidecar of the Deployment', () => {
  const sample = new SampleFolder(join(project, 'deploy', 'istio-sidecar'));
  const { sidecarInjectorWebhook } = parse(sample.read('injection.yaml'));
  const { initContainers, volumes, securityContext } = parse(sidecarInjectorWebhook.templates.mintproc).spec;
  const pod = sample.deployment.spec.template.spec;
  assert.deepEqual([initContainers, volumes], [pod.initContainers, pod.volumes]);
  assert.partialDeepStrictEqual(pod.securityContext, securityContext);
});

for (const name of ['istio-sidecar', 'istio-outbound']) {
  test(`deploy/${name}: mintproc starts before istio-proxy, which has its socket, and its ports are its own`, () => {
    const sample = new SampleFolder(join(project, 'deploy', name));
    const { annotations } = sample.deployment.spec.template.metadata;
    const [mintproc] = sample.deployment.spec.template.spec.initContainers;
    assert.equal(annotations['sidecar.istio.io/init-containers-before-proxy'], mintproc?.name);
    const [mount] = JSON.parse(annotations['sidecar.istio.io/userVolumeMount'] ?? '[]');
    const own = mintproc?.volumeMounts.find((one) => one.name === mount.name);
    assert.equal(mount.mountPath, own?.mountPath);
    const excluded = annotations['traffic.sidecar.istio.io/excludeInboundPorts']?.split(',').map(Number);
    assert.deepEqual(
      mintproc?.ports?.map(({ containerPort }) => containerPort),
      excluded,
    );
  });
}
