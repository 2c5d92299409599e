/**
 * @module
 * The Helm chart: what it renders fits the schemas, wrong values are refused, and the rendered configuration of both
 * modes runs with the real Envoy. Without Helm, all but the comparison of values and schema is skipped, by name.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { parse } from 'yaml';
import { EnvoyConfig } from '../../demo/envoy-config.ts';
import { seenHeader } from '../../demo/upstream.ts';
import { runCommand } from '../cli/captured-terminal.ts';
import { seenIn } from '../e2e/harness/client.ts';
import { makeTlsFiles } from '../e2e/harness/tls-files.ts';
import { chart, findHelm, type Manifest, parentChart, RenderedChart, rendered } from './samples/helm.ts';
import { faultsIn, prometheusCrds } from './samples/manifest-schemas.ts';
import { type Neighbours, startNeighbours } from './samples/neighbours.ts';
import { type Pod, startPod } from './samples/pods.ts';
import { project } from './samples/sample-folder.ts';

const scratch = mkdtempSync(join(tmpdir(), 'mintproc-chart-'));
const helm = findHelm() ?? '';
const needsHelm = { skip: helm === '' && 'no helm' };
let neighbours: Neighbours;
before(async () => {
  neighbours = await startNeighbours();
});
after(async () => {
  await neighbours[Symbol.asyncDispose]();
  rmSync(scratch, { recursive: true });
});

const modes = ['sidecar', 'deployment'] as const;
const valuesFile = (mode: (typeof modes)[number]): string => join(chart, 'ci', `${mode}-values.yaml`);
const valuesOf = (mode: (typeof modes)[number]): object => parse(readFileSync(valuesFile(mode), 'utf8'));

/** As README.md shows it, in a Deployment of one's own. */
function ownDeployment(): string {
  const page = readFileSync(join(chart, 'README.md'), 'utf8');
  const [, shown = ''] = /```yaml\n(spec:\n {2}selector[\s\S]*?)```/.exec(page) ?? [];
  return `apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: own, labels: { mintproc: sidecar } }\n${shown}`;
}

function renderedOf(mode: (typeof modes)[number]): readonly Manifest[] {
  if (mode === 'deployment') return rendered(helm, chart, ['--values', valuesFile(mode)]);
  const folder = mkdtempSync(join(scratch, 'parent-'));
  return rendered(helm, parentChart(folder, ownDeployment(), valuesOf(mode)), []);
}

const kinds = {
  sidecar: ['ConfigMap', 'Deployment', 'Pod', 'PodDisruptionBudget', 'Service'],
  deployment: [
    ...['ConfigMap', 'Deployment', 'HorizontalPodAutoscaler', 'NetworkPolicy', 'Pod', 'PodDisruptionBudget'],
    ...['PodMonitor', 'PrometheusRule', 'Service', 'Service'],
  ],
};

interface ValueSchema {
  readonly additionalProperties?: boolean | object;
  readonly properties?: Readonly<Record<string, ValueSchema>>;
}

/** The paths of the values that one of the two has and the other does not. */
function unmatched(values: unknown, schema: ValueSchema, path: string): readonly string[] {
  const { properties, additionalProperties } = schema;
  if (properties === undefined || additionalProperties !== false) return [];
  const members = Object(values) as Readonly<Record<string, unknown>>;
  const names = new Set([...Object.keys(members), ...Object.keys(properties)]);
  return [...names].flatMap((name) => {
    const [member, inner] = [members[name], properties[name]];
    const at = `${path}/${name}`;
    return member === undefined || inner === undefined ? [at] : unmatched(member, inner, at);
  });
}

test('values.yaml and its schema have the same names', () => {
  const values: unknown = parse(readFileSync(join(chart, 'values.yaml'), 'utf8'));
  const schema: ValueSchema = JSON.parse(readFileSync(join(chart, 'values.schema.json'), 'utf8'));
  // Helm itself adds `global` to the values of a chart within another.
  assert.deepEqual(unmatched(values, schema, ''), ['/global']);
  assert.deepEqual(unmatched({ mode: '', image: { repo: '' } }, schema, '').slice(0, 2), [
    '/image/repo',
    '/image/registry',
  ]);
});

for (const mode of modes) {
  test(`${mode}: helm finds nothing wrong, and every object fits its schema`, needsHelm, async () => {
    const lint = spawnSync(helm, ['lint', '--strict', chart, '--values', valuesFile(mode)], { encoding: 'utf8' });
    assert.equal(lint.status, 0, lint.stdout);
    const manifests = renderedOf(mode);
    assert.deepEqual(manifests.map(({ kind }) => kind).sort(), kinds[mode]);
    const crds = prometheusCrds();
    const known = manifests.filter(({ apiVersion }) => crds !== undefined || !apiVersion.startsWith('monitoring'));
    const faults = await faultsIn(known, crds);
    assert.deepEqual(
      faults.filter((fault) => fault !== null),
      [],
    );
  });

  test(`${mode}: every selector is that of the pods with mintproc, and of no others`, needsHelm, () => {
    const manifests = renderedOf(mode);
    const pods = Object(manifests.find(({ kind }) => kind === 'Deployment')).spec.template.metadata.labels;
    const tester = manifests.find(({ kind }) => kind === 'Pod')?.metadata.labels ?? {};
    const selectors = manifests.flatMap(({ spec }) => {
      const { selector, podSelector } = Object(spec);
      const found = selector ?? podSelector;
      return found === undefined ? [] : [(found.matchLabels ?? found) as Readonly<Record<string, string>>];
    });
    assert.ok(selectors.length >= 2);
    for (const selector of selectors) {
      assert.partialDeepStrictEqual(pods, selector);
      assert.ok(Object.entries(selector).some(([label, value]) => tester[label] !== value));
    }
  });
}

const wrong: readonly [name: string, values: object, message: RegExp][] = [
  ['an unknown name', { modes: 'sidecar' }, /'modes' not allowed/],
  ['an unknown name within', { image: { repo: 'x' } }, /'repo' not allowed/],
  ['a wrong type', { ports: { admin: '9464' } }, /ports\/admin|ports\.admin/],
  ['a version of TLS that there is not', { tls: { minVersion: '1.1' } }, /tls\/minVersion|tls\.minVersion/],
  ['a client without its kind', { tls: { clients: ['envoy'] } }, /tls\/clients|tls\.clients/],
  ['a port that is too large', { ports: { admin: 65_536 } }, /65[,.]?535/],
  ['an unknown mode', { mode: 'daemonset' }, /mode/],
  ['what the chart writes itself', { config: { listen: '0.0.0.0:1' } }, /config[./]listen/],
  ['a file with the name of the configuration', { files: { 'mintproc.yaml': 'x' } }, /propertyName 'mintproc\.yaml'/],
  ['a name of a Secret with a slash', { keys: { existingSecret: 'a/b' } }, /existingSecret/],
  ['a time without its unit', { publisher: { keep: '24' } }, /publisher[./]keep/],
  ['a digest that is too short', { image: { digest: 'sha256:00' } }, /digest/],
];

for (const [name, values, message] of wrong) {
  test(`refused: ${name}`, needsHelm, () => {
    const file = join(scratch, 'wrong.yaml');
    writeFileSync(file, JSON.stringify(values));
    assert.throws(() => rendered(helm, chart, ['--values', valuesFile('sidecar'), '--values', file]), message);
  });
}

test('refused: no configuration', needsHelm, () => {
  assert.throws(() => rendered(helm, chart, []), /Set `config` to your mintproc\.yaml/);
});

const digest = `sha256:${'0'.repeat(64)}`;
const any = { podSelector: {} };

function tokenFile(file: string): object {
  return { policies: [{ name: 'machines', file: 'partner.flex.yaml', sds: { file } }] };
}

/** What one can hardly mean: a value without effect, or that keeps everyone out. Each is named, and nothing else. */
const unmeant: readonly [mode: (typeof modes)[number], values: object, named: readonly string[]][] = [
  ['sidecar', { autoscaling: { enabled: true } }, ['autoscaling.enabled']],
  ['sidecar', { replicas: 3, service: { headless: false } }, ['service.headless', 'replicas']],
  ['sidecar', { service: { annotations: { a: 'b' } } }, ['service.annotations']],
  ['sidecar', { tls: { clients: ['dns:envoy.example.com'], minVersion: '1.2' } }, ['tls.clients', 'tls.minVersion']],
  ['sidecar', { networkPolicy: { envoy: [any] } }, ['networkPolicy.envoy']],
  ['sidecar', { podLabels: { a: 'b' }, podAnnotations: { a: 'b' } }, ['podAnnotations', 'podLabels']],
  ['sidecar', { nodeSelector: { a: 'b' }, tolerations: [{}] }, ['nodeSelector', 'tolerations']],
  ['sidecar', { affinity: { a: {} }, topologySpreadConstraints: [{}] }, ['affinity', 'topologySpreadConstraints']],
  ['sidecar', { networkPolicy: { enabled: true }, podMonitor: { enabled: true } }, ['podMonitor.enabled']],
  ['sidecar', { existingConfigMap: 'own' }, ['config', 'files']],
  ['sidecar', { image: { tag: '1', digest } }, ['image.tag']],
  ['sidecar', { keys: { create: { 'a.pem': 'x' }, projected: [{ secret: { name: 'a' } }] } }, ['keys.create']],
  ['sidecar', { publisher: { enabled: true }, jwks: { enabled: false } }, ['publisher.enabled']],
  [
    'sidecar',
    { publisher: { replicas: 3, keep: '1h', storage: '1Gi' } },
    ['publisher.keep', 'publisher.replicas', 'publisher.storage'],
  ],
  ['sidecar', { keys: { existingSecret: '' } }, ['keys.existingSecret']],
  ['sidecar', { config: { policies: [{ name: 'p', file: 'policies/partner.flex.yaml' }] } }, ['files']],
  ['sidecar', { config: tokenFile('tokens/machines.json') }, ['config.policies.sds']],
  ['deployment', { config: tokenFile('/run/mintproc/machines.json') }, ['config.policies.sds']],
  ['deployment', { tls: { existingSecret: '' } }, ['tls.existingSecret']],
  ['deployment', { ports: { grpc: 9464 } }, ['ports.grpc']],
  ['deployment', { podSelector: { a: 'b' } }, ['podSelector']],
  ['deployment', { drain: { envoy: 20 } }, ['drain.envoy']],
  ['deployment', { networkPolicy: { envoy: [] } }, ['networkPolicy.enabled']],
  ['deployment', { networkPolicy: { prometheus: [] } }, ['podMonitor.enabled']],
  [
    'deployment',
    { existingConfigMap: 'own', tls: { clients: ['dns:envoy.example.com'] } },
    ['config', 'files', 'tls.clients'],
  ],
];

for (const [mode, values, named] of unmeant) {
  test(`${mode}, refused: ${named.join(' and ')} of ${JSON.stringify(values)}`, needsHelm, () => {
    const file = join(scratch, 'unmeant.yaml');
    writeFileSync(file, JSON.stringify(values));
    const args = ['--values', valuesFile(mode), '--values', file];
    assert.throws(
      () => rendered(helm, chart, args),
      ({ message }: Error) => {
        const found = Array.from(message.matchAll(/^`([\w.]+)` .*[:.] \S.*\.$/gm), ([, name]) => name);
        assert.deepEqual(found.sort(), [...named].sort(), message);
        return true;
      },
    );
  });
}

interface RenderedPod {
  readonly initContainers?: readonly ProbedContainer[];
  readonly containers: readonly (ProbedContainer & { readonly command?: readonly string[] })[];
}
interface ProbedContainer {
  readonly name: string;
  readonly [probe: `${string}Probe`]: { readonly httpGet: { readonly path: string; readonly port: number } };
}

/** What the kubelet asks mintproc for. */
function probesOf(manifests: readonly Manifest[]): readonly { readonly path: string; readonly port: number }[] {
  const pod: RenderedPod = Object(manifests.find(({ kind }) => kind === 'Deployment')).spec.template.spec;
  const container = [...(pod.initContainers ?? []), ...pod.containers].find(({ name }) => name === 'mintproc');
  const probes = (['startupProbe', 'livenessProbe', 'readinessProbe'] as const).map((probe) => container?.[probe]);
  return probes.flatMap((probe) => probe?.httpGet ?? []);
}

/** The command of `helm test`, which asks the Service of the public keys; here, that Service is mintproc itself. */
function helmTest(manifests: readonly Manifest[], keySet: string): { status: number | null; output: string } {
  const { containers }: RenderedPod = Object(manifests.find(({ kind }) => kind === 'Pod')).spec;
  const service = manifests.find(({ kind, metadata }) => kind === 'Service' && metadata.name.endsWith('-jwks'));
  const [file = '', ...args] = containers[0]?.command ?? [];
  assert.equal(file, 'node');
  const url = `http://${service?.metadata.name}/.well-known/jwks.json`;
  const here = args.map((text) => text.replace(url, keySet));
  assert.notDeepEqual(here, args);
  const { status, stdout, stderr } = spawnSync(process.execPath, here, { encoding: 'utf8' });
  return { status, output: stdout + stderr };
}

test('sidecar: a token file is in the folder that mintproc may write and Envoy reads', needsHelm, () => {
  const file = join(scratch, 'token-file.yaml');
  writeFileSync(file, JSON.stringify({ config: tokenFile('/run/mintproc/machines.json') }));
  rendered(helm, chart, ['--values', valuesFile('sidecar'), '--values', file]);
  const pod = Object(renderedOf('sidecar').find(({ kind }) => kind === 'Deployment')).spec.template.spec;
  const mounts = [...pod.initContainers, ...pod.containers].flatMap(({ volumeMounts }) => volumeMounts);
  const shared = mounts.filter(({ mountPath }) => mountPath === '/run/mintproc');
  assert.deepEqual(shared, [
    { name: 'mintproc-socket', mountPath: '/run/mintproc' },
    { name: 'mintproc-socket', mountPath: '/run/mintproc', readOnly: true },
  ]);
  assert.equal(pod.securityContext.fsGroup, 1000);
});

test('a Secret is made only if its content is given, and the image has its registry and digest', needsHelm, () => {
  const args = [
    '--values',
    valuesFile('sidecar'),
    '--set-string',
    'keys.create.a\\.pem=x',
    '--set',
    'image.registry=r.io/t',
  ];
  const manifests = rendered(helm, chart, args);
  const secret = manifests.find(({ kind }) => kind === 'Secret');
  assert.equal(secret?.metadata.name, 'release-mintproc-keys');
  const pod = Object(manifests.find(({ kind }) => kind === 'Pod')).spec;
  assert.equal(pod.containers[0].image, 'r.io/t/mintproc:0.1.0');
  const pinned = rendered(helm, chart, [...args, '--set', `image.digest=${digest}`]);
  const { containers } = Object(pinned.find(({ kind }) => kind === 'Pod')).spec;
  assert.equal(containers[0].image, `r.io/t/mintproc@${digest}`);
});

for (const mode of modes) {
  test(`${mode}: the publisher asks all pods with mintproc, and verifiers ask the publisher`, needsHelm, () => {
    const args = ['--values', valuesFile(mode), '--set', 'publisher.enabled=true', '--set', 'publisher.keep=2h'];
    const manifests = rendered(helm, chart, args);
    const named = (kind: string, end: string) =>
      Object(manifests.find((one) => one.kind === kind && one.metadata.name.endsWith(end))).spec;
    const set = named('StatefulSet', '-publisher');
    const { labels } = set.template.metadata;
    const pods = named('Service', '-pods').selector;
    assert.deepEqual(named('Service', '-jwks').selector, labels);
    assert.deepEqual(set.selector.matchLabels, labels);
    assert.ok(Object.entries(pods).some(([label, value]) => labels[label] !== value));
    assert.deepEqual(pods, named('PodDisruptionBudget', '').selector.matchLabels);
    const own = parse(readFileSync(join(project, 'deploy', 'publisher', 'publisher.yaml'), 'utf8'));
    const [container] = set.template.spec.containers;
    const [theirs] = own.spec.template.spec.containers;
    const expected = theirs.args.join(' ').replace('=24h', '=2h').replace('//mintproc', '//release-mintproc');
    assert.equal(container.args.join(' '), expected);
    for (const part of [
      'startupProbe',
      'livenessProbe',
      'readinessProbe',
      'securityContext',
      'volumeMounts',
      'ports',
      'resources',
    ]) {
      assert.deepEqual(container[part], theirs[part], part);
    }
  });
}

test('the names of clients are in the TLS of a Deployment', needsHelm, () => {
  const written = (...args: readonly string[]) => {
    const manifests = rendered(helm, chart, ['--values', valuesFile('deployment'), ...args]);
    return parse(manifests.find(({ kind }) => kind === 'ConfigMap')?.data?.['mintproc.yaml'] ?? '').tls;
  };
  const named = written('--set', 'tls.clients={spiffe://cluster.local/ns/*/sa/envoy}');
  assert.deepEqual([named.clients, named.minVersion], [['spiffe://cluster.local/ns/*/sa/envoy'], '1.3']);
  assert.equal(written('--set-string', 'tls.minVersion=1.2').minVersion, '1.2');
});

async function envoyFor(folder: string, options: readonly string[]): Promise<EnvoyConfig> {
  const issuer = ['--issuer', 'https://issuer.example.com', '--audience', 'orders'];
  const line = ['gen', 'envoy', '--config', join(folder, 'config', 'mintproc.yaml'), ...issuer, ...options];
  const { code, out, errors } = await runCommand(line);
  assert.equal(code, 0, errors);
  return new EnvoyConfig(out);
}

/** Keys and certificates, where the pod would have those of its Secrets. */
async function secretsIn(folder: string): Promise<void> {
  mkdirSync(join(folder, 'keys'));
  mkdirSync(join(folder, 'tls'));
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  writeFileSync(join(folder, 'keys', 'partner-1.pem'), pem, { mode: 0o600 });
  const tls = await makeTlsFiles();
  const files = { 'tls.crt': 'server.crt', 'tls.key': 'server.key', 'ca.crt': 'authority.crt' } as const;
  for (const [name, made] of Object.entries(files)) {
    writeFileSync(join(folder, 'tls', name), String(tls[made as keyof typeof tls]), { mode: 0o600 });
  }
  const own = { 'tls.crt': 'client.crt', 'tls.key': 'client.key', 'ca.crt': 'authority.crt' } as const;
  mkdirSync(join(folder, 'envoy-tls'));
  for (const [name, made] of Object.entries(own)) {
    writeFileSync(join(folder, 'envoy-tls', name), String(tls[made as keyof typeof tls]), { mode: 0o600 });
  }
}

async function statusOf(pod: Pod): Promise<number> {
  const authorization = `Bearer ${await neighbours.callerToken('https://issuer.example.com')}`;
  return (await pod.ask({ path: '/orders/7', headers: [['authorization', authorization]] })).status;
}

for (const mode of modes) {
  test(
    `${mode}: the rendered configuration runs with Envoy: a token, no caller, mintproc away`,
    needsHelm,
    async () => {
      const folder = mkdtempSync(join(scratch, 'run-'));
      await secretsIn(folder);
      const manifests = renderedOf(mode);
      const sample = new RenderedChart(folder, manifests);
      const reached = [
        '--mintproc',
        '127.0.0.1:50051',
        '--tls-name',
        'localhost',
        '--tls-files',
        join(folder, 'envoy-tls'),
      ];
      const envoy = await envoyFor(folder, mode === 'sidecar' ? [] : reached);
      await using pod = await startPod(sample, () => envoy, neighbours);
      const authorization = `Bearer ${await neighbours.callerToken('https://issuer.example.com')}`;
      const seen = seenIn(await pod.ask({ path: '/orders/7', headers: [['authorization', authorization]] }));
      const [token = ''] = seenHeader(seen, 'authorization');
      const keys = createRemoteJWKSet(new URL(pod.keySet ?? ''));
      const { payload } = await jwtVerify(token.replace('Bearer ', ''), keys, { algorithms: ['RS256'] });
      assert.equal(payload['client_id'], 'partner-42');
      assert.equal((await pod.ask({})).status, 401);
      const probes = probesOf(manifests);
      assert.equal(probes.length, 3);
      for (const { path, port } of probes) {
        assert.equal((await fetch(`http://127.0.0.1:${pod.portOf(port)}${path}`)).status, 200, path);
      }
      assert.deepEqual(helmTest(manifests, pod.keySet ?? ''), { status: 0, output: '1 public keys\n' });
      pod.sidecar.signal('SIGKILL');
      await pod.sidecar.ended;
      assert.equal(await statusOf(pod), 500);
      assert.equal(helmTest(manifests, pod.keySet ?? '').status, 1);
    },
  );
}

test('deployment: mintproc takes no Envoy without a certificate', needsHelm, async () => {
  const folder = mkdtempSync(join(scratch, 'run-'));
  await secretsIn(folder);
  const sample = new RenderedChart(folder, renderedOf('deployment'));
  const reached = [
    '--mintproc',
    '127.0.0.1:50051',
    '--tls-name',
    'localhost',
    '--tls-files',
    join(folder, 'envoy-tls'),
  ];
  const envoy = await envoyFor(folder, reached);
  const context = ['transport_socket', 'typed_config', 'common_tls_context', 'tls_certificates'];
  envoy.delete([...envoy.cluster('mintproc'), ...context]);
  await using pod = await startPod(sample, () => envoy, neighbours);
  assert.equal(await statusOf(pod), 500);
});
