/**
 * @module
 * The Kubernetes manifests and the Dockerfile: what they name exists, what they promise is there.
 */
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { parse, parseAllDocuments } from 'yaml';
import { EnvoyConfig } from '../../demo/envoy-config.ts';
import { diskFiles } from '../../src/runtime/files.ts';
import { loadConfiguration } from '../../src/runtime/load.ts';

const project = join(import.meta.dirname, '..', '..');
const kubernetes = join(project, 'deploy', 'kubernetes');
const read = (path: string): string => readFileSync(join(project, path), 'utf8');

interface Probe {
  readonly httpGet?: { readonly path: string; readonly port: number };
}
interface Container {
  readonly name: string;
  readonly restartPolicy?: string;
  readonly ports: readonly { readonly name: string; readonly containerPort: number }[];
  readonly securityContext: object;
  readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
  readonly startupProbe?: Probe;
  readonly livenessProbe?: Probe;
  readonly readinessProbe?: Probe;
}
interface Deployment {
  readonly spec: {
    readonly template: {
      readonly metadata: { readonly annotations: Readonly<Record<string, string>> };
      readonly spec: {
        readonly initContainers: readonly Container[];
        readonly containers: readonly Container[];
        readonly securityContext: object;
        readonly terminationGracePeriodSeconds: number;
        readonly volumes: readonly {
          readonly name: string;
          readonly configMap?: { name: string };
          readonly secret?: { secretName: string };
          readonly emptyDir?: object;
        }[];
      };
    };
  };
}
interface Generator {
  readonly name: string;
  readonly files: readonly string[];
}
interface Kustomization {
  readonly resources: readonly string[];
  readonly configMapGenerator: readonly Generator[];
  readonly secretGenerator: readonly Generator[];
}

const { template }: Deployment['spec'] = (parse(read('deploy/kubernetes/deployment.yaml')) as Deployment).spec;
const pod = template.spec;
const kustomization: Kustomization = parse(read('deploy/kubernetes/kustomization.yaml'));
const mintproc = pod.initContainers[0];

for (const file of globSync('deploy/**/*.yaml', { cwd: project })) {
  test(`${file} is YAML and holds no key`, () => {
    const text = read(file);
    for (const document of parseAllDocuments(text))
      assert.deepEqual([...('errors' in document ? document.errors : [])], []);
    assert.doesNotMatch(text, /PRIVATE KEY|privateKey/);
  });
}

test('mintproc is a sidecar that outlives Envoy', () => {
  assert.equal(mintproc?.name, 'mintproc');
  assert.equal(mintproc.restartPolicy, 'Always');
  assert.deepEqual(
    pod.containers.map(({ name }) => name),
    ['envoy'],
  );
  assert.ok(pod.terminationGracePeriodSeconds >= 10 + 25 + 5, 'the wait, the drain, and some time');
});

test('probes and Prometheus ask at the admin address, which is reachable from outside the pod', () => {
  const { admin }: { admin: string } = parse(read('deploy/kubernetes/config/mintproc.yaml'));
  const [host, port] = admin.split(':');
  assert.equal(host, '0.0.0.0');
  assert.deepEqual(
    [mintproc?.startupProbe, mintproc?.livenessProbe, mintproc?.readinessProbe].map((probe) => probe?.httpGet),
    ['/readyz', '/healthz', '/readyz'].map((path) => ({ path, port: Number(port) })),
  );
  assert.deepEqual(template.metadata.annotations, {
    'prometheus.io/scrape': 'true',
    'prometheus.io/port': port,
    'prometheus.io/path': '/metrics',
  });
});

test('no container runs as root or can write to its image', () => {
  assert.partialDeepStrictEqual(pod.securityContext, { runAsNonRoot: true });
  for (const { securityContext } of [...pod.initContainers, ...pod.containers]) {
    assert.partialDeepStrictEqual(securityContext, {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
  }
});

test('every volume is empty or made by the kustomization, every mount is a volume', () => {
  const maps = kustomization.configMapGenerator.map(({ name }) => name);
  const secrets = kustomization.secretGenerator.map(({ name }) => name);
  for (const { configMap, secret, emptyDir } of pod.volumes) {
    if (emptyDir !== undefined) continue;
    assert.ok(configMap === undefined ? secrets.includes(secret?.secretName ?? '') : maps.includes(configMap.name));
  }
  const volumes = pod.volumes.map(({ name }) => name);
  for (const { volumeMounts } of [...pod.initContainers, ...pod.containers]) {
    assert.deepEqual(
      volumeMounts.filter(({ name }) => !volumes.includes(name)),
      [],
    );
  }
});

test('Envoy opens the socket that mintproc listens at, in a volume of both and of their group', () => {
  const { listen }: { listen: string } = parse(read('deploy/kubernetes/config/mintproc.yaml'));
  const envoy = new EnvoyConfig(read('deploy/kubernetes/config/envoy.yaml'));
  const path = listen.replace(/^unix:/, '');
  const endpoint = ['load_assignment', 'endpoints', 0, 'lb_endpoints', 0, 'endpoint', 'address'];
  assert.deepEqual(envoy.get([...envoy.cluster('mintproc'), ...endpoint]), { pipe: { path } });
  const shared = [...pod.initContainers, ...pod.containers].map(
    ({ volumeMounts }) => volumeMounts.find(({ mountPath }) => mountPath === dirname(path))?.name,
  );
  assert.deepEqual(shared, ['socket', 'socket']);
  assert.partialDeepStrictEqual(pod.securityContext, { fsGroup: 1000 });
});

test('the kustomization names files that exist; the key alone is to be brought', () => {
  const named = [...kustomization.resources, ...kustomization.configMapGenerator.flatMap(({ files }) => files)];
  assert.deepEqual(
    named.filter((file) => !existsSync(join(kubernetes, file))),
    [],
  );
  assert.deepEqual(
    kustomization.secretGenerator.flatMap(({ files }) => files),
    ['keys/partner.pem'],
  );
  assert.match(read('deploy/kubernetes/.gitignore'), /^keys\/$/m);
});

test('the configuration finds its policy and its key where the pod mounts them', () => {
  const { policies }: { policies: { file: string; key: { file: string } }[] } = parse(
    read('deploy/kubernetes/config/mintproc.yaml'),
  );
  const files = kustomization.configMapGenerator.flatMap(({ files }) => files);
  const mounts = mintproc?.volumeMounts.map(({ mountPath }) => mountPath) ?? [];
  for (const { file, key } of policies) {
    assert.ok(files.includes(`config/${file}`));
    assert.ok(mounts.includes(dirname(key.file)));
  }
});

test('mintproc takes the configuration of the ConfigMap with the key of the Secret', () => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const bytes = Buffer.from(privateKey.export({ type: 'pkcs8', format: 'pem' }));
  const mounted = '/etc/mintproc-keys/partner.pem';
  const { snapshot, problems } = loadConfiguration(join(kubernetes, 'config', 'mintproc.yaml'), {
    files: { ...diskFiles, read: (path) => (path === mounted ? { kind: 'bytes', bytes } : diskFiles.read(path)) },
    wrapSign: (_algorithm, sign) => sign,
  });
  assert.deepEqual(problems, []);
  assert.deepEqual([...(snapshot?.policies.keys() ?? [])], ['partner']);
});

test('the Dockerfile copies what exists and nothing of the demo, and starts the command', () => {
  const dockerfile = read('deploy/Dockerfile');
  const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, sources = '']) =>
    sources.split(' '),
  );
  assert.deepEqual(
    copied.filter((path) => !existsSync(join(project, path))),
    [],
  );
  assert.deepEqual(
    copied.filter((path) => /^(?:demo|config|test|envoy)/.test(path)),
    [],
  );
  const admitted = read('deploy/Dockerfile.dockerignore').split('\n');
  assert.deepEqual(
    copied.filter((path) => !admitted.includes(`!${path}`)),
    [],
  );
  // What is started is what `npm install` of the package starts; test/cli/installed.test.ts runs it.
  const entry: string[] = JSON.parse(/^ENTRYPOINT (.+)$/m.exec(dockerfile)?.[1] ?? '[]');
  assert.deepEqual(entry, [`/app/${JSON.parse(read('package.json')).bin.mintproc}`]);
  assert.match(dockerfile, /^CMD \["serve", "--config", "\/etc\/mintproc\/mintproc\.yaml"\]$/m);
  assert.match(dockerfile, /^USER 1000:1000$/m);
});
