/**
 * @module
 * Draws the panels of the dashboard from the data of a run, as one SVG with a panel for each.
 */
import type { Panel, Section, Unit } from '../../deploy/dashboard/panels.ts';
import { svgText } from '../../docs/pictures/svg-text.ts';
import type { RangeSeries } from './prometheus.ts';

/** A panel with what a Prometheus answered to its queries. */
export interface Drawn {
  readonly panel: Panel;
  readonly series: readonly { readonly legend: string; readonly points: RangeSeries['values'] }[];
}

/** What a run shows: sections of panels, and the seconds since the epoch that they cover. */
export interface Picture {
  readonly sections: readonly { readonly title: Section['title']; readonly panels: readonly Drawn[] }[];
  readonly from: number;
  readonly to: number;
}

const columns = 3;
const [width, height, gap] = [400, 232, 12];
const plot = { left: 52, top: 34, right: 12, height: 118 };
const legendLines = 4;
const colors = [
  '#73bf69',
  '#f2cc0c',
  '#5794f2',
  '#ff9830',
  '#f2495c',
  '#b877d9',
  '#8ab8ff',
  '#ffa6b0',
  '#96d98d',
  '#ffcb7d',
];

function withPrefix(value: number, suffix: string): string {
  const [factor, prefix] = (
    [
      [1e9, 'G'],
      [1e6, 'M'],
      [1e3, 'k'],
    ] as const
  ).find(([size]) => value >= size) ?? [1, ''];
  return `${short(value / factor)} ${prefix}${suffix}`.trim();
}

function short(value: number): string {
  return String(Number(value.toPrecision(3)));
}

function seconds(value: number): string {
  if (value === 0 || value >= 1) return `${short(value)} s`;
  return value >= 1e-3 ? `${short(value * 1e3)} ms` : `${short(value * 1e6)} µs`;
}

const texts: Readonly<Record<Unit, (value: number) => string>> = {
  reqps: (value) => `${short(value)}/s`,
  cps: (value) => `${short(value)}/s`,
  s: seconds,
  short: (value) => withPrefix(value, ''),
  bytes: (value) => withPrefix(value, 'B'),
  percentunit: (value) => `${short(value * 100)} %`,
  d: (value) => `${short(value)} d`,
};

/** The top of the scale: 1, 2 or 5 times a power of ten, or what is needed for whole numbers. */
function top(largest: number): number {
  if (largest <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(largest));
  return power * ([1, 2, 2.5, 5, 10].find((step) => step * power >= largest * 0.999) ?? 10);
}

interface Scale {
  readonly x: (at: number) => number;
  readonly y: (value: number) => number;
}

/** Where points are missing, the line is interrupted. */
function path(points: RangeSeries['values'], { x, y }: Scale): string {
  let text = '';
  let before = Number.NEGATIVE_INFINITY;
  for (const [at, written] of points) {
    const value = Number(written);
    if (!Number.isFinite(value)) continue;
    text += `${at - before > 1.5 ? 'M' : 'L'}${x(at).toFixed(1)} ${y(value).toFixed(1)}`;
    // A single point is a short line.
    if (at - before > 1.5) text += 'h0.1';
    before = at;
  }
  return text;
}

function axes(scale: Scale, max: number, unit: Unit, { from, to }: Picture): string {
  const { left, right } = plot;
  let text = '';
  for (const part of [0, 0.5, 1]) {
    const at = scale.y(max * part).toFixed(1);
    text += `<path class="grid" d="M${left} ${at}H${width - right}"/>`;
    text += `<text class="tick" x="${left - 6}" y="${at}" dy="0.35em" text-anchor="end">${texts[unit](max * part)}</text>`;
  }
  const step = Math.max(15, Math.ceil((to - from) / 5 / 15) * 15);
  for (let after = 0; after <= to - from; after += step) {
    text += `<text class="tick" x="${scale.x(from + after).toFixed(1)}" y="${plot.top + plot.height + 14}" text-anchor="middle">${after} s</text>`;
  }
  return text;
}

/** As many entries as fit into the lines; the number of the others. */
function legend(names: readonly string[]): string {
  const entries: { readonly x: number; readonly line: number; readonly name: string; readonly i: number }[] = [];
  let [x, line] = [plot.left, 0];
  for (const [i, name] of names.entries()) {
    const shown = name.length > 44 ? `${name.slice(0, 43)}…` : name;
    const size = 22 + shown.length * 5.6;
    if (x + size > width - plot.right && x > plot.left) [x, line] = [plot.left, line + 1];
    entries.push({ x, line, name: shown, i });
    x += size;
  }
  const fitting = entries.filter((entry) => entry.line < legendLines);
  const left = entries.length - fitting.length;
  const y = (at: number): number => plot.top + plot.height + 32 + at * 13;
  const more =
    left === 0 ? '' : `<text class="tick" x="${width - plot.right}" y="22" text-anchor="end">and ${left} more</text>`;
  return (
    fitting
      .map(
        (entry) =>
          `<path d="M${entry.x} ${y(entry.line) - 4}h10" stroke="${colors[entry.i % colors.length]}" stroke-width="3"/>` +
          `<text class="name" x="${entry.x + 14}" y="${y(entry.line)}">${svgText(entry.name)}</text>`,
      )
      .join('') + more
  );
}

function drawn({ panel, series }: Drawn, picture: Picture): string {
  const values = series.flatMap(({ points }) => points.map(([, value]) => Number(value)).filter(Number.isFinite));
  const max = top(Math.max(0, ...values));
  const scale: Scale = {
    x: (at) => plot.left + ((at - picture.from) / (picture.to - picture.from)) * (width - plot.left - plot.right),
    y: (value) => plot.top + plot.height * (1 - value / max),
  };
  const lines = series.map(
    ({ points }, i) => `<path class="line" d="${path(points, scale)}" stroke="${colors[i % colors.length]}"/>`,
  );
  return (
    `<rect class="panel" width="${width}" height="${height}" rx="3"/>` +
    `<text class="title" x="12" y="21">${svgText(panel.title)}</text>` +
    axes(scale, max, panel.unit, picture) +
    lines.join('') +
    legend(series.map((each) => each.legend))
  );
}

const style = `
  text { font-family: Inter, "Helvetica Neue", Arial, sans-serif; fill: #ccccdc; font-size: 10px }
  .section { font-size: 15px; font-weight: 600 } .title { font-size: 13px; font-weight: 600 }
  .tick { fill: #9fa7b3 } .panel { fill: #181b1f; stroke: #2c3036 } .grid { stroke: #2c3036 }
  .line { fill: none; stroke-width: 1.6; stroke-linejoin: round; stroke-linecap: round }`;

export function draw(picture: Picture): string {
  let y = gap;
  let body = '';
  for (const { title, panels } of picture.sections) {
    body += `<text class="section" x="${gap}" y="${y + 18}">${svgText(title)}</text>`;
    y += 30;
    for (const [i, panel] of panels.entries()) {
      const x = gap + (i % columns) * (width + gap);
      body += `<g transform="translate(${x} ${y})">${drawn(panel, picture)}</g>\n`;
      if (i % columns === columns - 1 || i === panels.length - 1) y += height + gap;
    }
  }
  const whole = columns * (width + gap) + gap;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${whole} ${y}" width="${whole}" height="${y}">\n` +
    `<title>The dashboard of mintproc, drawn from a run in which the fault of each alert was made</title>\n` +
    `<style>${style}\n</style>\n<rect width="100%" height="100%" fill="#111217"/>\n${body}</svg>\n`
  );
}
