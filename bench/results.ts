/**
 * @module
 * What a run brought. This is the JSON that `--json` writes; a part that was not asked for is absent.
 */
import type { Compared } from './against.ts';
import type { Machine } from './machine.ts';
import { median, ratioOf } from './paired.ts';
import type { Measured, Round } from './rounds.ts';
import type { Over } from './rows.ts';
import type { StolenShares } from './stolen.ts';

/** A row's figures, the medians of the rounds that count. */
export interface Figures {
  readonly name: string;
  readonly title: string;
  readonly over: Over;
  /** Microseconds of CPU time of the server for each request. */
  readonly cpu: number;
  /** The same in the cheapest round, the one that was least disturbed. */
  readonly least: number;
  /** Microseconds of CPU time of the signature alone, or the encryption alone, measured before and after each round. */
  readonly bare?: number;
  /** `cpu` as a ratio to `bare`: the median of the rounds' ratios. */
  readonly overBare?: number;
  /** Requests a second through Envoy. */
  readonly rate: number;
  /** Milliseconds that the caller waited. */
  readonly p50: number;
  readonly p99: number;
  /** Megabytes of resident memory: before the first request, after the first round, after the last, and the most after any. */
  readonly resident: { readonly idle: number; readonly first: number; readonly last: number; readonly most: number };
  /** Requests of all rounds. */
  readonly requests: number;
  /** Those that count. */
  readonly rounds: readonly Round[];
}

export interface Latency {
  /** How much of what RS256 reused brings at saturation. */
  readonly load: 'half' | 'a quarter';
  /** Requests a second. */
  readonly rate: number;
  readonly plain: LatencyRow;
  readonly rows: readonly LatencyRow[];
}

/** Milliseconds that the caller waited: the median of the percentiles of the rounds that count, and the worst of those. */
export interface LatencyRow {
  readonly name: string;
  readonly p50: number;
  readonly p99: number;
  readonly worstP99: number;
  /** The median of the rounds' differences to the same round without the filter. */
  readonly added: { readonly p50: number; readonly p99: number };
  /** The part of the time in which Envoy, which has one worker, was at work. */
  readonly envoyBusy: number;
}

export interface PoliciesRow {
  readonly policies: number;
  /** Microseconds of CPU time for each request: the median of the rounds, and each. */
  readonly cpu: number;
  readonly rounds: readonly number[];
  readonly resident: number;
  /** Milliseconds from the start of the process to its first 200 of `/readyz`. */
  readonly ready: number;
}

export interface StreamsRow {
  readonly name: string;
  /** In flight on one connection. */
  readonly streams: number;
  readonly cpu: number;
  readonly spread: number;
  readonly p50: number;
  readonly p99: number;
}

/** Milliseconds, as `ready` of `PoliciesRow`. */
export interface StartUp {
  readonly times: readonly number[];
  readonly median: number;
}

export interface Results {
  readonly quick: boolean;
  readonly machine: Machine;
  readonly stolen: StolenShares;
  readonly saturated: readonly Figures[];
  readonly fixedRate?: { readonly perSecond: number; readonly rows: readonly Figures[] };
  readonly latency?: readonly Latency[];
  readonly policies?: readonly PoliciesRow[];
  readonly streams?: readonly StreamsRow[];
  readonly startUp?: StartUp;
  /** Another commit beside this one. */
  readonly against?: { readonly commit: string; readonly rows: readonly Compared[] };
}

export function figuresOf({ subject: { row, idle }, all, calm: rounds }: Measured): Figures {
  const residents = all.map(({ resident }) => resident);
  const [first, last] = [residents[0], residents.at(-1)];
  if (first === undefined || last === undefined) throw new TypeError(`${row.name} was not measured`);
  const of = (figure: 'rate' | 'p50' | 'p99'): number => median(rounds.map((round) => round[figure]));
  const costs = costsOf(rounds);
  const bare = rounds.flatMap((round) => round.bare ?? []);
  return {
    name: row.name,
    title: row.title,
    over: row.over,
    cpu: median(costs),
    least: Math.min(...costs),
    ...(bare.length === 0 ? {} : { bare: median(bare), overBare: ratioOf(costs, bare) }),
    rate: of('rate'),
    p50: of('p50'),
    p99: of('p99'),
    resident: { idle, first, last, most: Math.max(...residents) },
    requests: all.reduce((sum, { requests }) => sum + requests, 0),
    rounds,
  };
}

export function costsOf(rounds: readonly Round[]): number[] {
  return rounds.map(({ cpu }) => cpu);
}

/** The largest as a ratio to the smallest. */
export function spreadOf(values: readonly number[]): number {
  return Math.max(...values) / Math.min(...values);
}
