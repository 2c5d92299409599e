/**
 * @module
 * The Helm chart with each pair of its values: what it renders is what the values ask for, fits the schemas, and mounts
 * what is there. Skipped without Helm, by name.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { parse } from 'yaml';
import { type Combination, ordered } from '../search/pairwise.ts';
import { chart, findHelm, type Manifest, rendered } from './samples/helm.ts';
import { faultsIn, prometheusCrds } from './samples/manifest-schemas.ts';
import type { PodSpec } from './samples/sample-folder.ts';

const scratch = mkdtempSync(join(tmpdir(), 'mintproc-values-'));
after(() => rmSync(scratch, { recursive: true }));
const helm = findHelm() ?? '';
const needsHelm = { skip: helm === '' && 'no helm' };

const factors = {
  ownConfigMap: [false, true],
  keys: ['existing', 'create', 'projected'],
  jwks: [true, false],
  budget: [true, false],
  policy: [false, true],
  monitor: [false, true],
  rule: [false, true],
  publisher: [false, true],
} as const;
const ofDeployment = { ...factors, autoscaling: [false, true], headless: [true, false] } as const;

type Chosen = Combination<typeof factors> & Partial<Combination<typeof ofDeployment>>;
type Mode = 'sidecar' | 'deployment';

const { config, files } = parse(readFileSync(join(chart, 'ci', 'sidecar-values.yaml'), 'utf8'));
const keysOf = {
  existing: { existingSecret: 'own-keys' },
  create: { create: { 'partner-1.pem': 'x' } },
  projected: { projected: [{ secret: { name: 'own-keys' } }] },
};
const peers = [{ podSelector: { matchLabels: { app: 'x' } } }];

/** Without public keys, it is refused. */
const hasPublisher = ({ jwks, publisher }: Chosen): boolean => jwks && publisher;

function valuesOf(mode: Mode, chosen: Chosen): object {
  const { ownConfigMap, keys, jwks, budget, policy, monitor, rule, autoscaling = false, headless = true } = chosen;
  const envoy = mode === 'deployment' ? peers : [];
  return {
    mode,
    ...(ownConfigMap ? { existingConfigMap: 'own' } : { config, files }),
    keys: keysOf[keys],
    jwks: { enabled: jwks },
    publisher: { enabled: hasPublisher(chosen) },
    disruptionBudget: { enabled: budget },
    networkPolicy: { enabled: policy, prometheus: peers, envoy },
    podMonitor: { enabled: monitor },
    prometheusRule: { enabled: rule },
    autoscaling: { enabled: autoscaling },
    service: { headless },
  };
}

/** The kinds of the objects, in any order. */
function expectedKinds(mode: Mode, chosen: Chosen): readonly string[] {
  const { ownConfigMap, keys, jwks, budget, policy, monitor, rule, autoscaling = false } = chosen;
  const publisher = hasPublisher(chosen);
  const made: readonly [kind: string, isMade: boolean][] = [
    ['ConfigMap', !ownConfigMap],
    ['Deployment', mode === 'deployment'],
    ['HorizontalPodAutoscaler', autoscaling],
    ['NetworkPolicy', policy],
    ['Pod', jwks],
    ['PodDisruptionBudget', budget],
    ['PodMonitor', monitor],
    ['PrometheusRule', rule],
    ['Secret', keys === 'create'],
    ['NetworkPolicy', publisher && policy],
    ['PodMonitor', publisher && monitor],
    ['StatefulSet', publisher],
    ['Service', publisher],
    ['Service', jwks],
    ['Service', mode === 'deployment'],
  ];
  return made
    .filter(([, isMade]) => isMade)
    .map(([kind]) => kind)
    .sort();
}

/** What the pods of a Deployment of its own mount and no object is, but for what the values name. */
function missingSources(manifests: readonly Manifest[]): readonly string[] {
  const deployment = manifests.find(({ kind }) => kind === 'Deployment');
  const pod: PodSpec | undefined = Object(deployment?.spec)['template']?.spec;
  const named = (pod?.volumes ?? []).flatMap(({ configMap, secret }) => configMap?.name ?? secret?.secretName ?? []);
  const given = ['own', 'own-keys', 'mintproc-tls', ...manifests.map(({ metadata }) => metadata.name)];
  return named.filter((name) => !given.includes(name));
}

for (const [mode, all] of [
  ['sidecar', factors],
  ['deployment', ofDeployment],
] as const) {
  test(`${mode}: each pair of values`, needsHelm, async () => {
    const { combinations, pairwise } = ordered<typeof factors>(all, 1);
    const chosen: readonly Chosen[] = combinations.slice(0, pairwise);
    assert.ok(chosen.length >= 6);
    const results = chosen.map((one) => {
      const file = join(scratch, 'values.yaml');
      writeFileSync(file, JSON.stringify(valuesOf(mode, one)));
      return rendered(helm, chart, ['--values', file]);
    });
    for (const [index, one] of chosen.entries()) {
      const manifests = results[index] ?? [];
      const said = JSON.stringify(one);
      assert.deepEqual(manifests.map(({ kind }) => kind).sort(), expectedKinds(mode, one), said);
      assert.deepEqual(missingSources(manifests), [], said);
    }
    const crds = prometheusCrds();
    const objects = results.flat().filter(({ apiVersion }) => crds !== undefined || !apiVersion.startsWith('monit'));
    const faults = await faultsIn(objects, crds);
    assert.deepEqual(
      faults.filter((fault) => fault !== null),
      [],
    );
  });
}
