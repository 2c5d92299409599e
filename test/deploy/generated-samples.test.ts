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

const gateway = ['--selector', 'istio=ingressgateway', '--namespace', 'istio-system'];
const provider = ['--mintproc', 'mintproc.default.svc.cluster.local:50051'];

/** The files that `gen` writes, and the kinds that the sample writes itself, more completely. */
const written: readonly [sample: string, files: readonly string[], line: readonly string[], own?: readonly string[]][] =
  [
    ['envoy', ['config/envoy.yaml'], ['envoy', ...envoy, ...upstream]],
    ['istio', ['envoyfilter.yaml'], ['istio']],
    ['istio-sidecar', ['envoyfilter.yaml'], ['istio', '--context', 'sidecar', '--selector', 'app=orders']],
    ['istio-outbound', ['envoyfilter.yaml'], ['istio', '--context', 'outbound', '--selector', 'app=orders']],
    ['istio-waypoint', ['envoyfilter.yaml'], ['istio', '--context', 'waypoint']],
    [
      'istio-ext-authz',
      ['mesh-config.yaml', 'authorization.yaml'],
      ['istio', '--filter', 'ext_authz', ...gateway, ...provider],
    ],
    ['envoy-gateway', ['mintproc.yaml'], ['envoy-gateway'], ['EnvoyProxy']],
    [
      'envoy-gateway-ext-authz',
      ['mintproc.yaml'],
      ['envoy-gateway', '--filter', 'ext_authz'],
      ['EnvoyProxy', 'SecurityPolicy'],
    ],
    ['kgateway', ['mintproc.yaml'], ['kgateway'], ['GatewayParameters']],
  ];

for (const [name, files, line, own = []] of written) {
  test(`deploy/${name}/${files.join(' and ')}: what \`mintproc gen ${line.join(' ')}\` writes`, async () => {
    const sample = new SampleFolder(join(project, 'deploy', name));
    const { code, out } = await runCommand(['gen', ...line, '--config', join(sample.folder, 'config/mintproc.yaml')]);
    assert.equal(code, 0);
    const documents = out.split(/^---\n/m);
    const kept = documents.filter((text) => !own.some((kind) => text.includes(`\nkind: ${kind}\n`)));
    assert.equal(documents.length - kept.length, own.length);
    assert.equal(files.map((file) => sample.read(file)).join('---\n'), kept.join('---\n'));
  });
}

const ofGateways: readonly [sample: string, filter: string][] = [
  ['envoy-gateway', 'ext_proc'],
  ['envoy-gateway-ext-authz', 'ext_authz'],
];
for (const [name, filter] of ofGateways) {
  test(`deploy/${name} has the order of filters and the call of mintproc that gen writes`, async () => {
    const sample = new SampleFolder(join(project, 'deploy', name));
    const line = ['gen', 'envoy-gateway', '--filter', filter];
    const { out } = await runCommand([...line, '--config', join(sample.folder, 'config/mintproc.yaml')]);
    const made = parseAllDocuments(out).map((document) => document.toJS() as { kind: string });
    const [own, generated] = [sample.objects, made].map((objects) => {
      const specs = objects.map((object) => Object(object).spec);
      const filterOrder = specs.find((spec) => spec?.filterOrder)?.filterOrder;
      return { filterOrder, call: specs.find((spec) => spec?.extAuth ?? spec?.extProc) };
    });
    assert.ok(own?.filterOrder.length > 0);
    assert.deepEqual(own?.filterOrder, generated?.filterOrder);
    assert.deepEqual([own?.call.extAuth, own?.call.extProc], [generated?.call.extAuth, generated?.call.extProc]);
  });
}

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
