/**
 * @module
 * What was measured of each way, and how the ways compare. A comparison is made within each turn, in which every way was
 * measured once.
 */
import type { Machine } from '../machine.ts';
import { intervalOf, type MedianInterval, median } from '../paired.ts';
import type { StolenShares } from '../stolen.ts';
import { type Way, withoutFilter } from './ways.ts';

/** The result of one way in one turn. CPU times are microseconds for each request. */
export interface Round {
  readonly envoy: number;
  /** The process beside Envoy; 0 without one. */
  readonly server: number;
  /** Requests per second. */
  readonly rate: number;
  /** Latency for the caller, in milliseconds. */
  readonly p50: number;
  readonly p99: number;
  /** The share of time in which Envoy, with one worker thread, was busy. */
  readonly envoyBusy: number;
  /** The share of the requests for which mintproc gave the token; undefined without its counter. */
  readonly asked: number | undefined;
  readonly requests: number;
}

export interface MeasuredWay {
  readonly way: Pick<Way, 'name' | 'title' | 'token' | 'comparedWith'>;
  /** The turns that count, the same for all ways. */
  readonly rounds: readonly Round[];
}

/** Whether callers got the tokens of others, with tokens that Envoy keeps. */
export interface Interleaved {
  readonly requests: number;
  /** Answers with another token than the caller's own. */
  readonly wrong: number;
  /** The share of the requests for which mintproc gave the token. */
  readonly asked: number;
  /** How often the policy or the key was replaced. */
  readonly replaced: number;
  /** Different tokens. */
  readonly seen: number;
}

export interface WholeCost {
  readonly quick: boolean;
  readonly machine: Machine;
  readonly stolen: StolenShares;
  /** Requests per second at which the latency was measured: half of what ext_proc with reuse can do. */
  readonly halfRate: number;
  readonly saturated: readonly MeasuredWay[];
  readonly halfLoad: readonly MeasuredWay[];
  readonly interleaved?: Interleaved;
  /** What was not measured and why, one sentence each. */
  readonly skipped: readonly string[];
}

/** What a figure is compared by. */
export type Figure = (round: Round) => number;

export const together: Figure = ({ envoy, server }) => envoy + server;
export const p50: Figure = (round) => round.p50;
export const p99: Figure = (round) => round.p99;

export function medianOf({ rounds }: MeasuredWay, figure: Figure): number {
  return median(rounds.map(figure));
}

/** What the way adds to the same requests without a filter, in each turn. */
export function addedBy(way: MeasuredWay, all: readonly MeasuredWay[], figure: Figure): number[] {
  const without = wayNamed(all, withoutFilter[way.way.token]);
  return way.rounds.flatMap((round, turn) => {
    const other = without?.rounds[turn];
    return other === undefined ? [] : [figure(round) - figure(other)];
  });
}

/**
 * What the way adds, as a ratio to what the way adds that it is compared with.
 *
 * @returns undefined if it is compared with none, or that one was not measured
 */
export function comparedAdded(
  way: MeasuredWay,
  all: readonly MeasuredWay[],
  figure: Figure,
): MedianInterval | undefined {
  const other = wayNamed(all, way.way.comparedWith);
  if (other === undefined) return undefined;
  const [added, others] = [addedBy(way, all, figure), addedBy(other, all, figure)];
  return intervalOf(added.map((value, turn) => value / (others[turn] ?? Number.NaN)));
}

export function wayNamed(all: readonly MeasuredWay[], name: string | undefined): MeasuredWay | undefined {
  return all.find(({ way }) => way.name === name);
}
