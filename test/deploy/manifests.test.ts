/**
 * @module
 * The manifests of the samples: what they name exists, what they promise is there.
 */
import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { parse, parseAllDocuments } from 'yaml';
import type { EnvoyConfig } from '../../demo/envoy-config.ts';
import { envoyFilter, istioEnvoy, kubernetesEnvoy } from './samples/envoy-parts.ts';
import { type Container, project, SampleFolder } from './samples/sample-folder.ts';

const read = (path: string): string => readFileSync(join(project, path), 'utf8');

interface Configuration {
  readonly listen: string;
  readonly admin: string;
  readonly jwks: { readonly listen: string };
  readonly drain: { readonly delay: string; readonly timeout: string };
  readonly unmatched: string;
  readonly policies: readonly { readonly file: string; readonly key: string; readonly requireCaller: boolean }[];
  readonly keys: Readonly<Record<string, { readonly versions: readonly { readonly file: string }[] }>>;
}
interface Service {
  readonly kind: 'Service';
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly selector: Readonly<Record<string, string>>;
    readonly ports: readonly { readonly targetPort: number | string }[];
  };
}

/** Helm's templates are no YAML before Helm has rendered them. */
const plain = globSync('deploy/**/*.yaml', { cwd: project }).filter((file) => !file.includes('/templates/'));

for (const file of plain) {
  test(`${file} is YAML and holds no key`, () => {
    const text = read(file);
    for (const document of parseAllDocuments(text))
      assert.deepEqual([...('errors' in document ? document.errors : [])], []);
    assert.doesNotMatch(text, /PRIVATE KEY|privateKey/);
  });
}

interface Sample {
  readonly name: string;
  readonly sample: SampleFolder;
  /** The container that Envoy runs in. */
  readonly envoy: string;
  readonly config: (sample: SampleFolder) => EnvoyConfig;
  /** Seconds for which Envoy goes on after it was asked to stop. */
  readonly wait: (sample: SampleFolder) => number;
}

const samples: readonly Sample[] = [
  {
    name: 'kubernetes',
    sample: new SampleFolder(join(project, 'deploy', 'kubernetes')),
    envoy: 'envoy',
    config: kubernetesEnvoy,
    wait: ({ deployment }) => deployment.spec.template.spec.containers[0]?.lifecycle?.preStop.sleep.seconds ?? 0,
  },
  {
    name: 'istio',
    sample: new SampleFolder(join(project, 'deploy', 'istio')),
    envoy: 'istio-proxy',
    config: (sample) => istioEnvoy(sample, '{"keys":[]}'),
    wait: ({ deployment }) => {
      const settings = deployment.spec.template.metadata.annotations['proxy.istio.io/config'] ?? '';
      return Number.parseInt(parse(settings).terminationDrainDuration, 10);
    },
  },
];

for (const { name, sample, envoy, config, wait } of samples) {
  const { template } = sample.deployment.spec;
  const pod = template.spec;
  const { kustomization } = sample;
  const configuration: Configuration = parse(sample.read('config/mintproc.yaml'));
  const mintproc = pod.initContainers[0];
  const containers: readonly Container[] = [...pod.initContainers, ...pod.containers];
  const services = sample.objects.filter((object): object is Service => object.kind === 'Service');

  test(`${name}: mintproc is a sidecar that outlives Envoy`, () => {
    assert.equal(mintproc?.name, 'mintproc');
    assert.equal(mintproc.restartPolicy, 'Always');
    assert.deepEqual(
      pod.containers.map((container) => container.name),
      [envoy],
    );
    assert.ok(wait(sample) >= 5, 'Services still send requests to a pod for some seconds');
  });

  test(`${name}: the pod has time for Envoy's wait, the delay and the drain, and the delay covers the wait`, () => {
    const [delay, timeout] = [configuration.drain.delay, configuration.drain.timeout].map((time) => {
      assert.match(time, /^\d+s$/);
      return Number.parseInt(time, 10);
    });
    assert.ok(delay !== undefined && timeout !== undefined);
    assert.ok(delay >= wait(sample));
    assert.ok(pod.terminationGracePeriodSeconds >= wait(sample) + delay + timeout + 5);
    const [, comment = ''] = /#(.*)\n +terminationGracePeriodSeconds/.exec(sample.read('deployment.yaml')) ?? [];
    const told = Array.from(comment.matchAll(/(\d+) s\b/g), ([, seconds]) => Number(seconds));
    assert.deepEqual(told, [wait(sample), delay, timeout]);
  });

  test(`${name}: probes and Prometheus ask at the admin address, which is reachable from outside the pod`, () => {
    const [host, port] = configuration.admin.split(':');
    assert.equal(host, '0.0.0.0');
    assert.deepEqual(
      [mintproc?.startupProbe, mintproc?.livenessProbe, mintproc?.readinessProbe].map((probe) => probe?.httpGet),
      ['/readyz', '/healthz', '/readyz'].map((path) => ({ path, port: Number(port) })),
    );
    assert.partialDeepStrictEqual(template.metadata.annotations, {
      'prometheus.io/scrape': 'true',
      'prometheus.io/port': port,
      'prometheus.io/path': '/metrics',
    });
  });

  test(`${name}: nothing goes on without a caller or without a route`, () => {
    assert.equal(configuration.unmatched, 'deny');
    assert.deepEqual(
      configuration.policies.filter(({ requireCaller }) => !requireCaller),
      [],
    );
  });

  test(`${name}: a Service leads to the JWKS`, () => {
    const [host, port] = configuration.jwks.listen.split(':');
    assert.equal(host, '0.0.0.0');
    assert.ok(mintproc?.ports?.some(({ containerPort }) => containerPort === Number(port)));
    const found = services.filter(({ spec }) => spec.ports.some(({ targetPort }) => targetPort === Number(port)));
    assert.deepEqual(
      found.map(({ metadata }) => metadata.name),
      ['gateway-jwks'],
    );
    for (const { spec } of services) assert.partialDeepStrictEqual(template.metadata.labels, spec.selector);
  });

  test(`${name}: no container runs as root or can write to its image`, () => {
    for (const { securityContext } of containers) {
      assert.partialDeepStrictEqual(
        { ...pod.securityContext, ...securityContext },
        {
          runAsNonRoot: true,
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        },
      );
    }
  });

  test(`${name}: every volume is empty or made by the kustomization, every mount is a volume`, () => {
    const maps = kustomization.configMapGenerator.map((generator) => generator.name);
    const secrets = kustomization.secretGenerator.map((generator) => generator.name);
    for (const { configMap, secret, emptyDir } of pod.volumes) {
      if (emptyDir !== undefined) continue;
      assert.ok(configMap === undefined ? secrets.includes(secret?.secretName ?? '') : maps.includes(configMap.name));
    }
    const volumes = pod.volumes.map((volume) => volume.name);
    for (const { volumeMounts } of containers) {
      assert.deepEqual(
        volumeMounts.filter((mount) => !volumes.includes(mount.name)),
        [],
      );
    }
  });

  test(`${name}: what mintproc reloads has a name without a hash, so that a change restarts no pod`, () => {
    const read = [...kustomization.configMapGenerator, ...kustomization.secretGenerator].filter(
      (generator) => generator.options?.disableNameSuffixHash === true,
    );
    assert.deepEqual(
      read.map((generator) => generator.name),
      ['mintproc', 'mintproc-keys'],
    );
  });

  test(`${name}: Envoy opens the socket that mintproc listens at, in a volume of both and of their group`, () => {
    const path = configuration.listen.replace(/^unix:/, '');
    const endpoint = ['load_assignment', 'endpoints', 0, 'lb_endpoints', 0, 'endpoint', 'address'];
    const whole = config(sample);
    assert.deepEqual(whole.get([...whole.cluster('mintproc'), ...endpoint]), { pipe: { path } });
    const shared = containers.map(
      ({ volumeMounts }) => volumeMounts.find(({ mountPath }) => mountPath === dirname(path))?.name,
    );
    assert.deepEqual(shared, ['socket', 'socket']);
    // Token files (`sds`) are there, too.
    const mounted = mintproc?.volumeMounts.find(({ name: volume }) => volume === 'socket');
    assert.notEqual(mounted?.readOnly, true);
    assert.ok('fsGroup' in pod.securityContext);
  });

  test(`${name}: the kustomization names files that exist; the key alone is to be brought`, () => {
    const named = [...kustomization.resources, ...kustomization.configMapGenerator.flatMap(({ files }) => files)];
    assert.deepEqual(
      named.filter((file) => !existsSync(join(sample.folder, file))),
      [],
    );
    assert.deepEqual(
      kustomization.secretGenerator.flatMap(({ files }) => files),
      ['keys/partner-1.pem'],
    );
    assert.match(sample.read('.gitignore'), /^keys\/$/m);
  });

  test(`${name}: the configuration finds its policy and its keys where the pod mounts them`, () => {
    const files = kustomization.configMapGenerator.flatMap((generator) => generator.files);
    const mounts = mintproc?.volumeMounts.map(({ mountPath }) => mountPath) ?? [];
    for (const { file, key } of configuration.policies) {
      assert.ok(files.includes(`config/${file}`));
      for (const version of configuration.keys[key]?.versions ?? []) assert.ok(mounts.includes(dirname(version.file)));
      // A policy with a `kid` of its own would give all its keys one name.
      assert.doesNotMatch(sample.read(`config/${file}`), /name: "?kid/);
    }
  });
}

test('istio: the filter and the rules select the pods that have mintproc, and no others', () => {
  const sample = new SampleFolder(join(project, 'deploy', 'istio'));
  const labels = { istio: 'mintproc-gateway' };
  assert.partialDeepStrictEqual(sample.deployment.spec.template.metadata.labels, labels);
  assert.deepEqual(envoyFilter(sample).spec.workloadSelector.labels, labels);
  const selectors = sample.objects.flatMap((object) => ('spec' in object ? selectorOf(object.spec) : []));
  assert.deepEqual(new Set(selectors.map((selector) => JSON.stringify(selector))), new Set([JSON.stringify(labels)]));
});

/** `selector: { a: b }` of a Service or a Gateway, `selector: { matchLabels: { a: b } }` of the others. */
function selectorOf(spec: unknown): readonly object[] {
  const { selector }: { selector?: { matchLabels?: object } } = Object(spec);
  return selector === undefined ? [] : [selector.matchLabels ?? selector];
}
