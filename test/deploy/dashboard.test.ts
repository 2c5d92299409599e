/**
 * @module
 * deploy/grafana/mintproc.json: each query parses and selects what mintproc or Prometheus writes, each panel has its
 * place, and the metrics that only an operator can judge are shown.
 */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { type MetricRow, metricTable } from '../../src/observe/metric-table.ts';
import { filledIn } from '../e2e/alerts/dashboard-data.ts';
import { draw } from '../e2e/alerts/draw.ts';
import { sections } from './dashboard/panels.ts';
import { promQlError, seriesIn } from './dashboard/promql.ts';
import { project } from './samples/sample-folder.ts';

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly { readonly refId: string; readonly expr: string }[];
}

const { panels }: { readonly panels: readonly Panel[] } = JSON.parse(
  readFileSync(join(project, 'deploy', 'grafana', 'mintproc.json'), 'utf8'),
);

const registry = new Registry();
collectDefaultMetrics({ register: registry });
const known = new Set([
  ...registry.getMetricsAsArray().map(({ name }) => name),
  'ALERTS',
  ...Object.entries<MetricRow>(metricTable).flatMap(([name, { type }]) =>
    type === 'histogram' ? ['_bucket', '_sum', '_count'].map((end) => name + end) : [name],
  ),
]);

for (const { title, targets = [] } of panels) {
  if (targets.length === 0) continue;
  test(`the queries of "${title}" are PromQL over metrics that exist`, () => {
    for (const { expr } of targets) {
      const query = filledIn(expr, '5m');
      assert.equal(promQlError(query), undefined);
      assert.doesNotMatch(query, /\$/);
      const series = seriesIn(query);
      assert.ok(series.length > 0);
      assert.deepEqual(
        series.filter((name) => !known.has(name)),
        [],
      );
    }
  });
}

test('an expression that is not PromQL is found', () => {
  for (const wrong of ['sum by (a (b)', 'rate(x[5m)', 'x{a=b}', 'x +']) assert.ok(promQlError(wrong), wrong);
});

test('each panel has an id and a place of its own', () => {
  assert.equal(new Set(panels.map(({ id }) => id)).size, panels.length);
  for (const [i, { gridPos: one, title }] of panels.entries()) {
    assert.ok(one.x + one.w <= 24, title);
    for (const { gridPos: other } of panels.slice(i + 1)) {
      const isApart =
        one.x + one.w <= other.x ||
        other.x + other.w <= one.x ||
        one.y + one.h <= other.y ||
        other.y + other.h <= one.y;
      assert.ok(isApart, title);
    }
  }
});

test('the picture has every panel', () => {
  const picture = readFileSync(join(project, 'docs', 'dashboard.svg'), 'utf8');
  const titles = Array.from(picture.matchAll(/<text class="title"[^>]*>([^<]*)</g), ([, title]) => title);
  assert.deepEqual(
    titles,
    sections.flatMap(({ panels: all }) => all.map(({ title }) => title)),
  );
  assert.ok(existsSync(join(project, 'docs', 'runbook.md')));
});

test('a line is drawn through its points, and is interrupted where some are missing', () => {
  const [section] = sections;
  const [panel] = section?.panels ?? [];
  assert.ok(section && panel);
  const points = [
    [0, '1'],
    [1, '2'],
    [5, '2'],
    [6, 'NaN'],
  ] as const;
  const svg = draw({
    sections: [{ title: 'a < b', panels: [{ panel, series: [{ legend: '"x" & <y>', points }] }] }],
    from: 0,
    to: 10,
  });
  const line = /<path class="line" d="([^"]*)"/.exec(svg)?.[1] ?? '';
  assert.equal(line.match(/M/g)?.length, 2);
  assert.doesNotMatch(line, /NaN/);
  assert.match(svg, /a &lt; b/);
  assert.match(svg, /&quot;x&quot; &amp; &lt;y&gt;/);
});
