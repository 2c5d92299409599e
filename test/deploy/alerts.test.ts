/**
 * @module
 * The alerts that we ship name metrics and labels that exist, have what a person needs, and are rules of Prometheus.
 * The last is skipped without promtool, by name.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { type MetricRow, metricTable } from '../../src/observe/metric-table.ts';
import { project } from './samples/sample-folder.ts';

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string; readonly description: string };
}

const file = join(project, 'deploy', 'helm', 'mintproc', 'files', 'alerts.yaml');
const { groups }: { groups: readonly { readonly rules: readonly Rule[] }[] } = parse(readFileSync(file, 'utf8'));
const rules = groups.flatMap((group) => group.rules);

for (const { alert, expr, labels, annotations } of rules) {
  test(`${alert} names what exists`, () => {
    const named = [...expr.matchAll(/\bmintproc_\w+/g)].map(([name]) => name.replace(/_bucket$/, ''));
    assert.ok(named.length > 0);
    const known = Object.entries<MetricRow>(metricTable).filter(([name]) => named.includes(name));
    assert.deepEqual(known.map(([name]) => name).sort(), [...new Set(named)].sort());
    const given = known.flatMap(([, metric]) => metric.labels);
    const used = [...annotations.description.matchAll(/\$labels\.(\w+)/g)].map(([, label = '']) => label);
    assert.deepEqual(
      used.filter((label) => ![...given, 'instance'].includes(label)),
      [],
    );
    assert.match(labels.severity, /^(?:warning|critical)$/);
    assert.ok(annotations.summary.length > 0);
  });
}

const promtool = spawnSync('promtool', ['--version']);
const needsPromtool = { skip: promtool.error !== undefined && 'no promtool' };

test('promtool finds nothing wrong with the rules', needsPromtool, () => {
  const { status, stdout, stderr } = spawnSync('promtool', ['check', 'rules', file], { encoding: 'utf8' });
  assert.equal(status, 0, stdout + stderr);
  assert.match(stdout, new RegExp(`\\b${rules.length} rules found`));
});
