/**
 * @module
 * Asks a real Prometheus for what each panel of the dashboard shows.
 */
import { sections } from '../../deploy/dashboard/panels.ts';
import type { Drawn, Picture } from './draw.ts';
import type { Prometheus } from './prometheus.ts';

/** What Grafana replaces in a query. @param window a duration of Prometheus, in place of `$__rate_interval` */
export function filledIn(expr: string, window: string): string {
  return expr.replaceAll('$__rate_interval', window).replaceAll('$instance', '.*');
}

function legendOf(template: string, labels: Readonly<Record<string, string>>): string {
  return template.replace(/\{\{(\w+)\}\}/g, (_, label: string) => labels[label] ?? '');
}

/** @returns the picture, and the queries to which there was no data */
export async function dashboardData(
  prometheus: Prometheus,
  from: number,
): Promise<{ readonly picture: Picture; readonly empty: readonly string[] }> {
  const to = Math.floor(Date.now() / 1000);
  const empty: string[] = [];
  const drawn: { title: string; panels: Drawn[] }[] = [];
  for (const { title, panels } of sections) {
    const all: Drawn[] = [];
    for (const panel of panels) {
      const series: Drawn['series'][number][] = [];
      for (const { expr, legend } of panel.queries) {
        const found = await prometheus.range(filledIn(expr, '5s'), Math.ceil(from), to);
        const numbers = found.filter(({ values }) => values.some(([, value]) => Number.isFinite(Number(value))));
        if (numbers.length === 0) empty.push(`${panel.title}: ${expr}`);
        series.push(...numbers.map(({ metric, values }) => ({ legend: legendOf(legend, metric), points: values })));
      }
      all.push({ panel, series });
    }
    drawn.push({ title, panels: all });
  }
  return { picture: { sections: drawn, from, to }, empty };
}
