/**
 * @module
 * Whether a soak is flat: a straight line is fitted to each figure after the warm-up, and what it rises by from the
 * beginning to the end must stay within a bound.
 */
import { percentileOf, type Sample } from './sample.ts';

export type Figure = 'resident' | 'heap' | 'descriptors' | 'p50' | 'lag' | 'cpu';

/** The least number of minutes of which anything is judged. */
export const fewestMinutes = 1;

/** The share of the run at its beginning in which caches fill and code is compiled. */
const warmUp = 0.25;
/** Medians of so many parts are fitted: single collections and stalls do not count. */
const parts = 60;

interface Bound {
  readonly name: string;
  readonly unit: string;
  /** A share of the median. */
  readonly share: number;
  /** What is always allowed, in its unit. */
  readonly least: number;
  /** Whether a busy machine makes it larger. Then it is judged only as far as the control is flat. */
  readonly depends: boolean;
}

export const bounds: Readonly<Record<Figure, Bound>> = {
  resident: { name: 'resident memory', unit: 'MB', share: 0.05, least: 2, depends: false },
  heap: { name: 'heap', unit: 'MB', share: 0.1, least: 2, depends: false },
  descriptors: { name: 'descriptors', unit: '', share: 0, least: 4, depends: false },
  lag: { name: 'delay of the event loop', unit: 'ms', share: 0.5, least: 5, depends: true },
  p50: { name: 'latency, median', unit: 'ms', share: 0.5, least: 2, depends: true },
  cpu: { name: 'CPU time per request', unit: 'µs', share: 0.25, least: 20, depends: true },
};

export interface Line {
  /** Its value at the end of the warm-up, and at the end. */
  readonly from: number;
  readonly to: number;
  readonly median: number;
}

export interface Verdict extends Line {
  readonly figure: Figure;
  /** The most that it may rise by. */
  readonly most: number;
  /** Not judged: the machine was too uneven. */
  readonly result: 'flat' | 'rises' | 'not judged';
}

/** Seconds after which samples count. */
export function warmUpOf(samples: readonly Sample[]): number {
  return (samples.at(-1)?.at ?? 0) * warmUp;
}

/** @returns undefined if there is nothing to fit */
export function lineOf(samples: readonly Sample[], read: (sample: Sample) => number | null): Line | undefined {
  const from = warmUpOf(samples);
  const counted = samples.filter(({ at }) => at >= from);
  const size = Math.max(1, Math.ceil(counted.length / parts));
  const points: { x: number; y: number }[] = [];
  for (let index = 0; index < counted.length; index += size) {
    const values = counted.slice(index, index + size).map(read);
    const y = percentileOf(
      values.filter((value) => value !== null),
      0.5,
    );
    const x = counted[index]?.at;
    if (y !== null && x !== undefined) points.push({ x, y });
  }
  return fitted(points);
}

/** Least squares. */
function fitted(points: readonly { readonly x: number; readonly y: number }[]): Line | undefined {
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined || first === last) return undefined;
  const mean = (read: (point: { x: number; y: number }) => number): number =>
    points.reduce((sum, point) => sum + read(point), 0) / points.length;
  const [x, y] = [mean((point) => point.x), mean((point) => point.y)];
  const slope = mean((point) => (point.x - x) * (point.y - y)) / mean((point) => (point.x - x) ** 2);
  const at = (second: number): number => y + slope * (second - x);
  const ys = points.map((point) => point.y);
  return { from: at(first.x), to: at(last.x), median: percentileOf(ys, 0.5) ?? y };
}

/** How much the machine itself became slower: what Envoy alone answers late, as a share. 0 if it did not. */
function driftOf(samples: readonly Sample[]): number {
  const [control, load] = [lineOf(samples, (sample) => sample.control), lineOf(samples, (sample) => sample.load)];
  const shares = [control, load].map((line) => (line === undefined ? 0 : (line.to - line.from) / line.median));
  return Math.max(0, ...shares);
}

/** Beyond this, the machine changes more than what is judged. */
const uneven = 0.25;

export function judge(samples: readonly Sample[]): readonly Verdict[] {
  const drift = driftOf(samples);
  const verdicts: Verdict[] = [];
  for (const figure of Object.keys(bounds) as Figure[]) {
    const { share, least, depends } = bounds[figure];
    const line = lineOf(samples, (sample) => sample[figure]);
    if (line === undefined) continue;
    const most = Math.max(least, line.median * share);
    const rises = line.to - line.from > most;
    const result = !rises ? 'flat' : depends && drift > uneven ? 'not judged' : 'rises';
    verdicts.push({ figure, ...line, most, result });
  }
  return verdicts;
}
