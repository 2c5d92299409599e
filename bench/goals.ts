/**
 * @module
 * The goals, one row each, and the result of a run: its own ratios, on its own machine.
 */
import { differenceOf, ratioOf } from './paired.ts';
import { costsOf, type Figures, type Results } from './results.ts';
import { ownRowFor } from './rows.ts';
import {
  comparedAdded,
  type Figure,
  type MeasuredWay,
  p99,
  together,
  type WholeCost,
  wayNamed,
} from './whole-cost/results.ts';

interface Goal<R> {
  readonly goal: string;
  readonly limit: number;
  readonly unit: string;
  /** @returns undefined if the run did not measure it */
  measure(results: R): number | undefined;
}

export interface Verdict {
  readonly goal: string;
  readonly limit: number;
  readonly unit: string;
  readonly measured: number | undefined;
  readonly verdict: 'met' | 'missed' | 'not measured';
}

const row = ({ saturated }: Results, name: string): Figures | undefined =>
  saturated.find((figures) => figures.name === name);

const costs = (results: Results, name: string): number[] | undefined => {
  const found = row(results, name);
  return found && costsOf(found.rounds);
};

type Comparison = (ones: readonly number[], others: readonly number[]) => number;

const compared =
  (compare: Comparison) =>
  (name: string, other: string) =>
  (results: Results): number | undefined => {
    const [ones, others] = [costs(results, name), costs(results, other)];
    return ones && others && compare(ones, others);
  };
const difference = compared(differenceOf);

/** The ratio of a row to a compared server, for the row that is reached in the same way. */
const against =
  (name: string, server: string) =>
  (results: Results): number | undefined => {
    const other = row(results, server);
    return other && compared(ratioOf)(ownRowFor(name, other), server)(results);
  };

const againstBare = (name: string) => (results: Results) => row(results, name)?.overBare;

const goals: readonly Goal<Results>[] = [
  {
    goal: 'RS256 reused compared with a minimal Rust server',
    limit: 0.8,
    unit: '',
    measure: against('RS256-reused', 'rust'),
  },
  {
    goal: 'RS256 reused compared with a minimal Go server',
    limit: 0.5,
    unit: '',
    measure: against('RS256-reused', 'go'),
  },
  {
    goal: 'constant token, transport alone, compared with a minimal Go server',
    limit: 0.35,
    unit: '',
    measure: against('constant', 'go'),
  },
  { goal: 'ES256 fresh compared with the bare signature', limit: 2, unit: '', measure: againstBare('ES256') },
  { goal: 'RS256 fresh compared with the bare signature', limit: 1.1, unit: '', measure: againstBare('RS256') },
  {
    goal: 'RS256 reused in addition to the constant token',
    limit: 5,
    unit: 'µs',
    measure: difference('RS256-reused', 'constant'),
  },
  { goal: '10 additional expression claims', limit: 10, unit: 'µs', measure: difference('claims-10', 'HS256') },
  { goal: '1,000 policies and routes compared with 1', limit: 1.1, unit: '', measure: manyPolicies },
  {
    goal: 'resident memory under load',
    limit: 80,
    unit: 'MB',
    measure: (results) => row(results, 'RS256-reused')?.resident.max,
  },
  { goal: 'resident memory after the last round compared with the first', limit: 1.05, unit: '', measure: growth },
  { goal: 'ready after start', limit: 400, unit: 'ms', measure: ({ startUp }) => startUp?.median },
  {
    goal: 'p99 added latency at half of saturation',
    limit: 2,
    unit: 'ms',
    measure: addedP99,
  },
];

function manyPolicies({ policies }: Results): number | undefined {
  const roundsOf = (count: number) => policies?.find((entry) => entry.policies === count)?.rounds;
  const [many, one] = [roundsOf(1000), roundsOf(1)];
  return many && one && ratioOf(many, one);
}

function addedP99({ latency }: Results): number | undefined {
  const half = latency?.find(({ load }) => load === 'half');
  return half?.rows.find(({ name }) => name === 'RS256-reused')?.added.p99;
}

function growth(results: Results): number | undefined {
  const resident = row(results, 'RS256-reused')?.resident;
  return resident && resident.last / resident.first;
}

/** The goals of tokens that Envoy holds: what Envoy and mintproc cost together. */
const wholeCostGoals: readonly Goal<WholeCost>[] = [
  {
    goal: 'reuse in Envoy compared with ext_proc and reuse in mintproc, beyond no filter',
    limit: 0.35,
    unit: '',
    measure: ({ saturated }) => added(saturated, 'envoy', together),
  },
  {
    goal: 'constant token by SDS compared with ext_proc and reuse in mintproc, beyond no filter',
    limit: 0.1,
    unit: '',
    measure: ({ saturated }) => added(saturated, 'sds', together),
  },
  {
    goal: "p99 added at half of ext_proc's saturation, reuse in Envoy compared with ext_proc",
    limit: 0.5,
    unit: '',
    measure: ({ halfLoad }) => added(halfLoad, 'envoy', p99),
  },
  {
    goal: 'wrong tokens for a caller in a million interleaved requests with reloads and rotations',
    limit: 0,
    unit: '',
    measure: ({ interleaved }) => (interleaved && interleaved.requests >= 1e6 ? interleaved.wrong : undefined),
  },
];

function added(all: readonly MeasuredWay[], name: string, figure: Figure): number | undefined {
  const way = wayNamed(all, name);
  return way && comparedAdded(way, all, figure)?.median;
}

export const judge = judging(goals);
export const judgeWholeCost = judging(wholeCostGoals);

function judging<R>(asked: readonly Goal<R>[]): (results: R) => Verdict[] {
  return (results) =>
    asked.map(({ goal, limit, unit, measure }) => {
      const measured = measure(results);
      const verdict = measured === undefined ? 'not measured' : measured <= limit ? 'met' : 'missed';
      return { goal, limit, unit, measured, verdict };
    });
}
