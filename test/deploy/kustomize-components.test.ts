/**
 * @module
 * The parts of `deploy/kubernetes` for a kustomization of one's own, built by `kubectl kustomize` onto a plain
 * Deployment, fit the schemas of their kinds. What a machine has no tool for is skipped, by name.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { parse, parseAllDocuments, stringify } from 'yaml';
import { rulesText } from './dashboard/rules.ts';
import { faultsIn, prometheusCrds } from './samples/manifest-schemas.ts';
import { type Deployment, project, SampleFolder } from './samples/sample-folder.ts';

const scratch = mkdtempSync(join(tmpdir(), 'mintproc-components-'));
after(() => rmSync(scratch, { recursive: true }));

const own = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'gateway', labels: { mintproc: 'sidecar' } },
  spec: {
    selector: { matchLabels: { mintproc: 'sidecar' } },
    template: {
      metadata: { labels: { mintproc: 'sidecar' } },
      spec: {
        containers: [
          { name: 'envoy', image: 'envoy:1', volumeMounts: [{ name: 'socket', mountPath: '/run/mintproc' }] },
        ],
      },
    },
  },
};

interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec?: { readonly selector?: object; readonly podSelector?: object };
}

const sample = new SampleFolder(join(project, 'deploy', 'kubernetes'));
const components = readdirSync(join(sample.folder, 'components'));
const needsKubectl = { skip: spawnSync('kubectl', ['version', '--client']).error !== undefined && 'no kubectl' };

function built(): readonly Manifest[] {
  cpSync(join(sample.folder, 'components'), join(scratch, 'components'), { recursive: true });
  writeFileSync(join(scratch, 'deployment.yaml'), stringify(own));
  writeFileSync(
    join(scratch, 'kustomization.yaml'),
    stringify({ resources: ['deployment.yaml'], components: components.map((name) => `components/${name}`) }),
  );
  const { status, stdout, stderr } = spawnSync('kubectl', ['kustomize', scratch], { encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  return parseAllDocuments(stdout).map((document) => document.toJS() as Manifest);
}

test('a Deployment of one’s own gets the sidecar of the sample, and keeps its containers', needsKubectl, () => {
  const made = built().find((object): object is Manifest & Deployment => object.kind === 'Deployment');
  const pod = made?.spec.template.spec;
  assert.deepEqual(pod?.initContainers, sample.pod.initContainers);
  assert.deepEqual(
    pod?.containers.map(({ name }) => name),
    ['envoy'],
  );
  const volumes = sample.pod.volumes.filter(({ name }) => name !== 'envoy');
  assert.deepEqual(pod?.volumes, volumes);
});

test('each component adds its object, for the same pods', needsKubectl, async () => {
  const all = built();
  assert.deepEqual(all.map(({ kind }) => kind).sort(), [
    'ConfigMap',
    'CronJob',
    'Deployment',
    'HorizontalPodAutoscaler',
    'NetworkPolicy',
    'PodDisruptionBudget',
    'PodMonitor',
    'PrometheusRule',
    'Role',
    'RoleBinding',
    'Service',
    'ServiceAccount',
  ]);
  const selectors = all.flatMap(({ spec }) => [spec?.selector ?? spec?.podSelector ?? []].flat());
  for (const selector of selectors) assert.match(JSON.stringify(selector), /"mintproc":"sidecar"/);
  const crds = prometheusCrds();
  const known = all.filter(({ apiVersion }) => crds !== undefined || !apiVersion.startsWith('monitoring'));
  assert.deepEqual(
    (await faultsIn(known, crds)).filter((fault) => fault !== null),
    [],
  );
});

test('the rules are those of deploy/prometheus, which kustomize takes from no other folder', () => {
  const file = join(sample.folder, 'components', 'prometheus-rule', 'rule.yaml');
  assert.deepEqual(parse(readFileSync(file, 'utf8')).spec, parse(rulesText));
});
