/**
 * @module
 * The rules that we ship name metrics and labels that exist, have what a person needs, and are rules of Prometheus. Each
 * alert has its entry in the runbook and its test in deploy/prometheus/tests.yaml. What promtool judges is skipped
 * without it, by name.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { parse, stringify } from 'yaml';
import { type MetricRow, metricTable } from '../../src/observe/metric-table.ts';
import { publisherTable } from '../../src/publishing/publisher/publisher-metrics.ts';
import { faults, unprovoked } from '../e2e/alerts/faults.ts';
import { scaledRules } from '../e2e/alerts/scaled-rules.ts';
import { promQlError, seriesIn } from './dashboard/promql.ts';
import { alertNames, rules, rulesFile, rulesText } from './dashboard/rules.ts';
import { project } from './samples/sample-folder.ts';

/** Not ours: what Prometheus itself writes. */
const foreign = ['up', 'ALERTS'];

/** Of `serve` and of `publish`. */
const metrics = { ...metricTable, ...publisherTable };

const recorded = new Map(rules.flatMap(({ record, expr }) => (record === undefined ? [] : [[record, expr] as const])));

/** The metrics of the table behind a name in an expression. */
function metricsBehind(name: string): readonly string[] {
  const expr = recorded.get(name);
  return expr === undefined ? [name] : seriesIn(expr).flatMap(metricsBehind);
}

for (const { alert, record, expr, labels = {}, annotations = {} } of rules) {
  const name = alert ?? record ?? '';
  test(`${name} names what exists`, () => {
    assert.equal(promQlError(expr), undefined);
    const named = seriesIn(expr).flatMap(metricsBehind);
    const known = Object.entries<MetricRow>(metrics).flatMap(([metric, row]) =>
      row.type === 'histogram' ? ['_bucket', '_sum', '_count'].map((end) => metric + end) : [metric],
    );
    assert.deepEqual(
      named.filter((metric) => ![...known, ...foreign].includes(metric)),
      [],
    );
    const plain = named.map((metric) => metric.replace(/_(?:bucket|sum|count)$/, ''));
    const given = Object.entries<MetricRow>(metrics).flatMap(([metric, row]) =>
      plain.includes(metric) || named.includes(metric) ? row.labels : [],
    );
    const used = Array.from((annotations['description'] ?? '').matchAll(/\$labels\.(\w+)/g), ([, label = '']) => label);
    assert.deepEqual(
      used.filter((label) => ![...given, 'instance'].includes(label)),
      [],
    );
    if (alert === undefined) return;
    assert.match(labels['severity'] ?? '', /^(?:warning|critical)$/);
    assert.ok((annotations['summary'] ?? '').length > 0);
    assert.equal(annotations['runbook_url'], `docs/runbook.md#${alert.toLowerCase()}`);
  });
}

test('an aggregation keeps the labels that a description names', () => {
  for (const { alert, expr, annotations = {} } of rules) {
    const description = annotations['description'] ?? '';
    const whole = expr.replace(/\b[a-z_]+:[\w:]+/g, (name) => recorded.get(name) ?? name);
    for (const [, label = ''] of description.matchAll(/\$labels\.(\w+)/g)) {
      const isDropped = /\bby \(/.test(whole) && !new RegExp(`\\bby \\([^)]*\\b${label}\\b`).test(whole);
      assert.ok(!isDropped, `${alert}: ${label}`);
    }
  }
});

test('each alert has its entry in the runbook, with what a person needs, and each entry its alert', () => {
  const page = readFileSync(join(project, 'docs', 'runbook.md'), 'utf8');
  const entries = page.split(/^## /m).slice(1);
  assert.deepEqual(entries.map((entry) => entry.split('\n', 1)[0] ?? '').sort(), [...alertNames].sort());
  for (const entry of entries) {
    for (const part of ['Means', 'The client sees', 'Look first', 'Do']) {
      assert.match(entry, new RegExp(`^- \\*\\*${part}\\*\\*: \\S`, 'm'), entry);
    }
  }
});

interface RuleTest {
  readonly promql_expr_test: readonly { readonly exp_samples: readonly { readonly labels: string }[] }[];
}

test('each alert fires in a test of promtool, and does not fire at another time of it', () => {
  const text = readFileSync(join(dirname(rulesFile), 'tests.yaml'), 'utf8');
  const { tests }: { readonly tests: readonly RuleTest[] } = parse(text);
  const fired = tests.flatMap(({ promql_expr_test: checks }) => {
    const names = checks.flatMap(({ exp_samples: samples }) =>
      samples.map(({ labels }) => /alertname="(\w+)"/.exec(labels)?.[1] ?? ''),
    );
    return checks.some(({ exp_samples: samples }) => samples.length === 0) ? names : [];
  });
  assert.deepEqual([...new Set(fired)].sort(), [...alertNames].sort());
});

test('the fault of each alert is made in `npm run alerts`, or is named as one that is not', () => {
  const made = faults.map(({ alert }) => alert);
  assert.deepEqual([...made, 'MintprocAbsent', ...unprovoked].sort(), [...alertNames].sort());
});

test('faster rules have other durations only', () => {
  const durations = /(?<=^ *for: )\d+m?s?[smhd]?$|(?<=\[)\w+(?=\])/gm;
  const faster = scaledRules(60);
  assert.equal(faster.replace(durations, ''), rulesText.replace(durations, ''));
  assert.match(faster, /rate\(mintproc_requests_total\[5000ms\]\)/);
  assert.match(faster, /for: 60000ms/);
  assert.doesNotMatch(faster, /\[\d+[smhd]\]/);
});

const promtool = spawnSync('promtool', ['--version']);
const needsPromtool = { skip: promtool.error !== undefined && 'no promtool' };

function askPromtool(...args: readonly string[]): { readonly status: number | null; readonly output: string } {
  const { status, stdout, stderr } = spawnSync('promtool', args, { encoding: 'utf8' });
  return { status, output: stdout + stderr };
}

test('promtool finds nothing wrong with the rules', needsPromtool, () => {
  const { status, output } = askPromtool('check', 'rules', rulesFile);
  assert.equal(status, 0, output);
  assert.match(output, new RegExp(`\\b${rules.length} rules found`));
});

test('the tests of the rules pass', needsPromtool, () => {
  const { status, output } = askPromtool('test', 'rules', join(dirname(rulesFile), 'tests.yaml'));
  assert.equal(status, 0, output);
});

/** An alert that never fires, and one that always does. */
const broken = ['vector(0) > 1', 'vector(1)'];

for (const alert of ['MintprocStalls', 'MintprocIsNotAsked', 'MintprocAway']) {
  test(`the tests of ${alert} fail if it never fires, or always`, needsPromtool, () => {
    const folder = mkdtempSync(join(tmpdir(), 'mintproc-rules-'));
    try {
      const file: { readonly tests: readonly { readonly name: string }[] } = parse(
        readFileSync(join(dirname(rulesFile), 'tests.yaml'), 'utf8'),
      );
      const own = file.tests.filter(({ name }) => name.startsWith(alert));
      assert.equal(own.length, 1);
      writeFileSync(join(folder, 'tests.yaml'), stringify({ ...file, tests: own }));
      const place = new RegExp(`(alert: ${alert}\\n\\s+expr: )(?:>-\\n(?: {10}.*\\n)+|.*\\n)`);
      assert.match(rulesText, place);
      for (const expr of broken) {
        writeFileSync(join(folder, 'rules.yaml'), rulesText.replace(place, `$1${expr}\n`));
        assert.notEqual(askPromtool('test', 'rules', join(folder, 'tests.yaml')).status, 0, expr);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
}
