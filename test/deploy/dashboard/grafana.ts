/**
 * @module
 * The table of panels as a dashboard of Grafana (its JSON model, schema version 39: Grafana 10.1 and later).
 */
import { type Panel, sections } from './panels.ts';

const source = { type: 'prometheus', uid: '$source' };

/** Columns of Grafana's grid. */
const columns = 24;
const [panelWidth, panelHeight] = [8, 8];

interface Place {
  readonly h: number;
  readonly w: number;
  readonly x: number;
  readonly y: number;
}

function timeSeries({ title, description, unit, queries }: Panel, id: number, gridPos: Place): object {
  return {
    id,
    type: 'timeseries',
    title,
    description,
    gridPos,
    datasource: source,
    fieldConfig: { defaults: { unit, min: 0, custom: { fillOpacity: 8, showPoints: 'never' } }, overrides: [] },
    options: { legend: { displayMode: 'list', placement: 'bottom' }, tooltip: { mode: 'multi', sort: 'desc' } },
    targets: queries.map(({ expr, legend }, i) => ({
      refId: String.fromCharCode(65 + i),
      datasource: source,
      expr,
      legendFormat: legend,
      exemplar: expr.includes('_seconds_bucket'),
    })),
  };
}

function panels(): object[] {
  const all: object[] = [];
  let y = 0;
  for (const section of sections) {
    all.push({
      id: all.length + 1,
      type: 'row',
      title: section.title,
      collapsed: false,
      gridPos: { h: 1, w: columns, x: 0, y },
      panels: [],
    });
    y++;
    for (const [i, panel] of section.panels.entries()) {
      const x = (i * panelWidth) % columns;
      if (i > 0 && x === 0) y += panelHeight;
      all.push(timeSeries(panel, all.length + 1, { h: panelHeight, w: panelWidth, x, y }));
    }
    y += panelHeight;
  }
  return all;
}

/** The text of deploy/grafana/mintproc.json. */
export function dashboardText(): string {
  const dashboard = {
    uid: 'mintproc',
    title: 'mintproc',
    description: 'Tokens, callers, keys and processes of mintproc. docs/metrics.md explains the metrics.',
    tags: ['mintproc', 'envoy'],
    schemaVersion: 39,
    editable: true,
    graphTooltip: 1,
    refresh: '30s',
    time: { from: 'now-3h', to: 'now' },
    timezone: 'browser',
    templating: {
      list: [
        { name: 'source', label: 'Prometheus', type: 'datasource', query: 'prometheus' },
        {
          name: 'instance',
          label: 'Instance',
          type: 'query',
          datasource: source,
          query: { query: 'label_values(mintproc_build_info, instance)', refId: 'instances' },
          refresh: 2,
          multi: true,
          includeAll: true,
          allValue: '.*',
          current: { text: 'All', value: '$__all' },
        },
      ],
    },
    annotations: { list: [] },
    panels: panels(),
  };
  return `${JSON.stringify(dashboard, undefined, 2)}\n`;
}
