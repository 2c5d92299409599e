/**
 * @module
 * Draws the samples of a soak as one SVG, a panel for each question. Its colours follow the reader's scheme.
 */
import { bounds, type Verdict, warmUpOf } from './flatness.ts';
import { percentileOf, type Sample } from './sample.ts';

interface Series {
  readonly name: string;
  readonly read: (sample: Sample) => number | null;
}

interface Panel {
  readonly title: string;
  readonly unit: string;
  readonly series: readonly Series[];
  /** The figure that is judged here. */
  readonly judged?: Verdict['figure'];
}

const panels: readonly Panel[] = [
  {
    title: 'Memory',
    unit: 'MB',
    series: [{ name: 'resident', read: ({ resident }) => resident }],
    judged: 'resident',
  },
  {
    title: 'Heap, garbage included',
    unit: 'MB',
    series: [{ name: 'in use', read: ({ heap }) => heap }],
    judged: 'heap',
  },
  {
    title: 'Open descriptors',
    unit: '',
    series: [{ name: 'descriptors', read: ({ descriptors }) => descriptors }],
    judged: 'descriptors',
  },
  {
    title: 'Latency through Envoy',
    unit: 'ms',
    series: [
      { name: '99th percentile', read: ({ p99 }) => p99 },
      { name: 'median', read: ({ p50 }) => p50 },
      { name: 'median without mintproc', read: ({ control }) => control },
    ],
    judged: 'p50',
  },
  {
    title: 'Longest event loop delay',
    unit: 'ms',
    series: [{ name: 'delay', read: ({ lag }) => lag }],
    judged: 'lag',
  },
  {
    title: 'CPU time per request',
    unit: 'µs',
    series: [{ name: 'CPU time', read: ({ cpu }) => cpu }],
    judged: 'cpu',
  },
  {
    title: 'Answers per second',
    unit: '',
    series: [
      { name: 'as expected', read: ({ requests, failures }) => requests - failures },
      { name: 'not as expected', read: ({ failures }) => failures },
    ],
  },
  { title: 'Load average of the machine', unit: '', series: [{ name: 'one minute', read: ({ load }) => load }] },
];

const columns = 2;
const [width, height, gap] = [470, 200, 14];
const plot = { left: 54, right: 14, top: 52, bottom: 26 };
/** Points of a line. Each is the median of its part of the run. */
const points = 240;

function escaped(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}

/** The top of the scale: 1, 2, 2.5 or 5 times a power of ten. */
function topOf(largest: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(largest, 0.1)));
  return power * ([1, 2, 2.5, 5, 10].find((step) => step * power >= largest * 1.02) ?? 10);
}

interface Point {
  /** Seconds. */
  readonly at: number;
  readonly value: number;
}

function binned(samples: readonly Sample[], { read }: Series): readonly Point[] {
  const size = Math.max(1, Math.ceil(samples.length / points));
  const found: Point[] = [];
  for (let index = 0; index < samples.length; index += size) {
    const part = samples.slice(index, index + size);
    const values = part.map(read).filter((value) => value !== null);
    const value = percentileOf(values, 0.5);
    if (value !== null) found.push({ at: part[0]?.at ?? 0, value });
  }
  return found;
}

interface Scale {
  readonly x: (second: number) => number;
  readonly y: (value: number) => number;
}

const number = (value: number): string => String(Number(value.toPrecision(3)));
const withUnit = (value: number, unit: string): string => `${number(value)} ${unit}`.trim();

function grid({ x, y }: Scale, top: number, end: number, unit: string): string {
  const lines = [0, 0.5, 1].map((part) => {
    const at = y(top * part).toFixed(1);
    const label = withUnit(top * part, unit);
    return `<path class="grid" d="M${plot.left} ${at}H${width - plot.right}"/><text class="tick" x="${plot.left - 6}" y="${at}" dy="0.35em" text-anchor="end">${label}</text>`;
  });
  const minutes = end / 60;
  const step = [1, 2, 5, 10, 15, 30, 60, 120, 240].find((each) => minutes / each <= 7) ?? Math.ceil(minutes / 7);
  for (let minute = 0; minute <= minutes; minute += step) {
    const label = minute === 0 ? '0' : `${minute} min`;
    lines.push(
      `<text class="tick" x="${x(minute * 60).toFixed(1)}" y="${height - 10}" text-anchor="middle">${label}</text>`,
    );
  }
  return lines.join('');
}

function verdictText({ figure, from, to, most, result }: Verdict): string {
  const { unit } = bounds[figure];
  const change = to - from;
  const sign = change < 0 ? '−' : '+';
  return `${result}: ${sign}${withUnit(Math.abs(change), unit)} (up to +${withUnit(most, unit)})`;
}

function drawn(panel: Panel, samples: readonly Sample[], verdict: Verdict | undefined): string {
  const lines = panel.series.map((series) => binned(samples, series));
  const end = samples.at(-1)?.at ?? 1;
  const top = topOf(Math.max(0, ...lines.flat().map(({ value }) => value)));
  const scale: Scale = {
    x: (second) => plot.left + (second / end) * (width - plot.left - plot.right),
    y: (value) => plot.top + (1 - value / top) * (height - plot.top - plot.bottom),
  };
  const warm = scale.x(warmUpOf(samples));
  const paths = lines.map((line, index) => {
    const d = line.map(
      ({ at, value }, i) => `${i === 0 ? 'M' : 'L'}${scale.x(at).toFixed(1)} ${scale.y(value).toFixed(1)}`,
    );
    return `<path class="line s${index}" d="${d.join('')}"/>`;
  });
  let x = plot.left;
  const legend = panel.series.map(({ name }, index) => {
    const at = x;
    x += 30 + name.length * 6;
    return `<path class="line s${index}" d="M${at} 37h14"/><text class="name" x="${at + 19}" y="41">${escaped(name)}</text>`;
  });
  const judged = verdict === undefined ? '' : verdictText(verdict);
  return [
    `<rect class="panel" width="${width}" height="${height}" rx="6"/>`,
    `<rect class="warm" x="${plot.left}" y="${plot.top}" width="${(warm - plot.left).toFixed(1)}" height="${height - plot.top - plot.bottom}"/>`,
    `<text class="title" x="14" y="21">${escaped(panel.title)}</text>`,
    `<text class="name" x="${width - plot.right}" y="21" text-anchor="end">${escaped(judged)}</text>`,
    grid(scale, top, end, panel.unit),
    ...legend,
    ...paths,
  ].join('');
}

const style = `
  svg { --back: #ffffff; --panel: #f7f8fa; --edge: #d5dae1; --ink: #1b1f24; --soft: #545d69; --warm: #e9ecf1;
    --a: #1d5fc4; --b: #b3530a; --c: #137752 }
  @media (prefers-color-scheme: dark) {
    svg { --back: #0e1116; --panel: #161b22; --edge: #30363d; --ink: #e6edf3; --soft: #a3adb9; --warm: #1f2630;
      --a: #6ea8ff; --b: #f0a15c; --c: #5fcf9f } }
  text { font-family: system-ui, "Segoe UI", "Helvetica Neue", Arial, sans-serif; fill: var(--soft); font-size: 11px }
  .head { font-size: 16px; font-weight: 600; fill: var(--ink) } .title { font-size: 13px; font-weight: 600; fill: var(--ink) }
  .back { fill: var(--back) } .panel { fill: var(--panel); stroke: var(--edge) } .warm { fill: var(--warm) }
  .grid { stroke: var(--edge) } .line { fill: none; stroke-width: 1.6; stroke-linejoin: round }
  .s0 { stroke: var(--a) } .s1 { stroke: var(--b) } .s2 { stroke: var(--c) }`;

/** What the picture says of the run. */
interface Caption {
  /** The first line. */
  readonly title: string;
  readonly subtitle: string;
}

/** All figures that are judged, for those who do not see the picture. */
function described(subtitle: string, verdicts: readonly Verdict[]): string {
  const figures = verdicts.map((verdict) => `${bounds[verdict.figure].name} ${verdictText(verdict)}`);
  return `${subtitle} After the warm-up: ${figures.join('; ')}.`;
}

function captionOf(samples: readonly Sample[]): Caption {
  const minutes = Math.round((samples.at(-1)?.at ?? 0) / 60);
  const requests = samples.reduce((sum, sample) => sum + sample.requests, 0);
  const failures = samples.reduce((sum, sample) => sum + sample.failures, 0);
  return {
    title: `mintproc under ${minutes} minutes of mixed load`,
    subtitle: `${requests.toLocaleString('en')} answers, ${failures} not as expected. Grey: warm-up, which is not judged.`,
  };
}

export function draw(samples: readonly Sample[], verdicts: readonly Verdict[]): string {
  const { title, subtitle } = captionOf(samples);
  const head = 62;
  const rows = Math.ceil(panels.length / columns);
  const [wide, high] = [columns * (width + gap) + gap, head + rows * (height + gap)];
  const groups = panels.map((panel, index) => {
    const x = gap + (index % columns) * (width + gap);
    const y = head + Math.floor(index / columns) * (height + gap);
    const verdict = verdicts.find(({ figure }) => figure === panel.judged);
    return `<g transform="translate(${x} ${y})">${drawn(panel, samples, verdict)}</g>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${wide} ${high}" width="${wide}" height="${high}" role="img" aria-labelledby="title description">
<title id="title">${escaped(title)}</title>
<desc id="description">${escaped(described(subtitle, verdicts))}</desc>
<style>${style}
</style>
<rect class="back" width="100%" height="100%"/>
<text class="head" x="${gap}" y="28">${escaped(title)}</text>
<text x="${gap}" y="47">${escaped(subtitle)}</text>
${groups.join('\n')}
</svg>
`;
}
