/**
 * @module
 * Horizontal bars as an SVG that needs nothing else: its colours follow the reader's light or dark scheme, and its
 * description has every figure for those who do not see it.
 */

/** A colour by its meaning: mintproc, what it is compared with, and shades for a second series of each. */
export type Tone = 'own' | 'own-light' | 'other' | 'other-light' | 'missed';

export interface Series {
  readonly name: string;
  readonly tone: Tone;
}

export interface BarRow {
  readonly label: string;
  /** One for each series. */
  readonly values: readonly (number | undefined)[];
  /** Instead of the series' own. */
  readonly tone?: Tone;
}

export interface BarPicture {
  readonly title: string;
  readonly unit: string;
  readonly series: readonly Series[];
  readonly rows: readonly BarRow[];
  /** A line across the bars. */
  readonly limit?: { readonly at: number; readonly label: string };
}

const width = 820;
const edge = 20;
/** Room for the figure after the longest bar. */
const figure = 70;
const bar = 15;
const rowGap = 11;
/** Of a character of 13 px in the fonts below, on average. */
const characterWidth = 7;

const style = `text{font:13px Inter,"Segoe UI","Helvetica Neue",Arial,sans-serif;fill:#3c3c43}
.title{font-size:15px;font-weight:600}.tick{font-size:11px;fill:#5f5f65}.figure{stroke:#fff;stroke-width:3;paint-order:stroke}
.page{fill:#fff;stroke:#d8d8de}.grid{stroke:#e4e4e9}.limit{stroke:#3c3c43;stroke-dasharray:4 3}
.own{fill:#0f7f68}.own-light{fill:#6fb8a5}.other{fill:#6b7485}.other-light{fill:#a3acb9}.missed{fill:#c2571a}
@media (prefers-color-scheme:dark){text{fill:#dfdfd6}.tick{fill:#a5a5ad}.figure{stroke:#1b1b1f}
.page{fill:#1b1b1f;stroke:#3c3f44}.grid{stroke:#33363b}.limit{stroke:#dfdfd6}
.own{fill:#4fc7a8}.own-light{fill:#2f8a73}.other{fill:#aab4c3}.other-light{fill:#6b7485}.missed{fill:#e58a4e}}`;

export function barsAsSvg(picture: BarPicture): string {
  const { title, unit, series, rows, limit } = picture;
  const left = edge + Math.max(...rows.map(({ label }) => label.length)) * characterWidth + 12;
  const top = series.length > 1 || limit !== undefined ? 78 : 52;
  const heights = rows.map((row) => shownIn(row).length * bar + rowGap);
  const bottom = top + heights.reduce((sum, height) => sum + height, 0);
  const highest = Math.max(limit?.at ?? 0, ...rows.flatMap((row) => shownIn(row).map(({ value }) => value)));
  const ticks = ticksTo(highest);
  const frame = { left, top, bottom, scale: (width - edge - figure - left) / (ticks.at(-1) ?? 1) };
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${bottom + 30}" width="${width}" ` +
      `height="${bottom + 30}" role="img" aria-labelledby="title description">`,
    `<title id="title">${escaped(title)}</title>`,
    `<desc id="description">${escaped(described(picture))}</desc>`,
    `<style>${style}</style>`,
    `<rect class="page" x=".5" y=".5" width="${width - 1}" height="${bottom + 29}" rx="8"/>`,
    `<text class="title" x="${edge}" y="30">${escaped(title)}</text>`,
    `<text class="tick" x="${width - edge}" y="30" text-anchor="end">${escaped(unit)}</text>`,
    ...(series.length > 1 ? legendOf(series) : []),
    ...ticks.flatMap((tick) => tickOf(tick, frame)),
    ...(limit === undefined ? [] : limitOf(limit, frame)),
    ...rows.flatMap((row, index) => {
      const y = top + heights.slice(0, index).reduce((sum, height) => sum + height, 0);
      return rowOf(row, series, y, frame);
    }),
    '</svg>\n',
  ].join('\n');
}

interface Frame {
  /** Where the bars begin. */
  readonly left: number;
  readonly top: number;
  readonly bottom: number;
  /** Pixels for 1. */
  readonly scale: number;
}

/** The bars of a row: a series without a value takes no room. */
function shownIn({ values }: BarRow): readonly { readonly value: number; readonly index: number }[] {
  return values.flatMap((value, index) => (value === undefined ? [] : [{ value, index }]));
}

function xOf(value: number, { left, scale }: Frame): string {
  return (left + value * scale).toFixed(1);
}

function rowOf(row: BarRow, series: readonly Series[], y: number, frame: Frame): readonly string[] {
  const shown = shownIn(row);
  return [
    `<text x="${(frame.left - 10).toFixed(1)}" y="${y + (shown.length * bar) / 2}" dy=".35em" text-anchor="end">` +
      `${escaped(row.label)}</text>`,
    ...shown.flatMap(({ value, index }, at) => {
      const tone = row.tone ?? series[index]?.tone ?? 'own';
      const top = y + at * bar;
      return [
        `<rect class="${tone}" x="${frame.left.toFixed(1)}" y="${top + 1}" ` +
          `width="${(value * frame.scale).toFixed(1)}" height="${bar - 2}" rx="2"/>`,
        `<text class="tick figure" x="${xOf(value, frame)}" dx="6" y="${top + bar / 2}" dy=".35em">${value}</text>`,
      ];
    }),
  ];
}

function tickOf(value: number, frame: Frame): readonly string[] {
  const x = xOf(value, frame);
  return [
    `<path class="grid" d="M${x} ${frame.top - 6}V${frame.bottom}"/>`,
    `<text class="tick" x="${x}" y="${frame.bottom + 16}" text-anchor="middle">${value}</text>`,
  ];
}

function legendOf(series: readonly Series[]): readonly string[] {
  let x = edge;
  return series.flatMap(({ name, tone }) => {
    const at = x;
    x += 22 + name.length * characterWidth + 18;
    return [
      `<rect class="${tone}" x="${at}" y="46" width="13" height="13" rx="2"/>`,
      `<text x="${at + 20}" y="57">${escaped(name)}</text>`,
    ];
  });
}

function limitOf({ at, label }: NonNullable<BarPicture['limit']>, frame: Frame): readonly string[] {
  const x = xOf(at, frame);
  return [
    `<path class="limit" d="M${x} ${frame.top - 6}V${frame.bottom}"/>`,
    `<text class="tick" x="${x}" y="${frame.top - 12}" text-anchor="middle">${escaped(label)}</text>`,
  ];
}

/** Four to eight round steps from 0 to the value or a little beyond it. */
function ticksTo(highest: number): readonly number[] {
  const rough = highest / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 2.5, 5].find((factor) => factor * power >= rough) ?? 10) * power;
  return Array.from({ length: Math.ceil(highest / step) + 1 }, (_, index) => Number((index * step).toPrecision(6)));
}

function described({ unit, series, rows }: BarPicture): string {
  const lines = rows.map((row) => {
    const figures = shownIn(row).map(({ value, index }) =>
      series.length > 1 ? `${series[index]?.name} ${value}` : String(value),
    );
    return `${row.label}: ${figures.join(', ')}`;
  });
  return `Bars, ${unit}. ${lines.join('; ')}.`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
