/**
 * @module
 * The results of a run, as `--json` writes them. A part that was not measured is absent.
 */
import type { Compared } from './against.ts';
import type { Machine } from './machine.ts';
import { median, ratioOf } from './paired.ts';
import type { Measured, Round } from './rounds.ts';
import type { Over } from './rows.ts';
import type { StolenShares } from './stolen.ts';

/** The figures of a row: medians over the rounds that count. */
export interface Figures {
  readonly name: string;
  readonly title: string;
  readonly over: Over;
  /** CPU time of the server per request, in microseconds. */
  readonly cpu: number;
  /** The same in the cheapest, least disturbed round. */
  readonly min: number;
  /** CPU time of the signature or the encryption alone, in microseconds, measured before and after each round. */
  readonly bare?: number;
  /** The ratio of `cpu` to `bare`: the median over the rounds. */
  readonly overBare?: number;
  /** Requests per second through Envoy. */
  readonly rate: number;
  /** Latency for the caller, in milliseconds. */
  readonly p50: number;
  readonly p99: number;
  /**
   * Resident memory in megabytes: before the first request, after the first round, after the last, and the maximum
   * after any.
   */
  readonly resident: { readonly idle: number; readonly first: number; readonly last: number; readonly max: number };
  /** Total requests of all rounds. */
  readonly requests: number;
  /** The rounds that count. */
  readonly rounds: readonly Round[];
}

export interface Latency {
  /** The share of the saturation rate of RS256 reused. */
  readonly load: 'half' | 'a quarter';
  /** Requests per second. */
  readonly rate: number;
  readonly plain: LatencyRow;
  readonly rows: readonly LatencyRow[];
}

/** Latency for the caller in milliseconds: the median of the rounds' percentiles, and the worst of them. */
export interface LatencyRow {
  readonly name: string;
  readonly p50: number;
  readonly p99: number;
  readonly worstP99: number;
  /** The median of the differences to the same round without the filter. */
  readonly added: { readonly p50: number; readonly p99: number };
  /** The share of time in which Envoy, with one worker thread, was busy. */
  readonly envoyBusy: number;
}

export interface PoliciesRow {
  readonly policies: number;
  /** CPU time per request in microseconds: the median, and each round. */
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

/** Milliseconds, like `ready` of `PoliciesRow`. */
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
  /** The comparison with another commit. */
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
    min: Math.min(...costs),
    ...(bare.length === 0 ? {} : { bare: median(bare), overBare: ratioOf(costs, bare) }),
    rate: of('rate'),
    p50: of('p50'),
    p99: of('p99'),
    resident: { idle, first, last, max: Math.max(...residents) },
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
