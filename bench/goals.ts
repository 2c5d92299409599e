/**
 * @module
 * The goals, a row each, and what a run says of them: its own ratios, on its own machine.
 */
import type { Figures, Results } from './results.ts';

interface Goal {
  readonly goal: string;
  readonly limit: number;
  readonly unit: string;
  /** @returns undefined where the run did not measure it */
  measure(results: Results): number | undefined;
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

const ratio = (one: number | undefined, other: number | undefined): number | undefined =>
  one === undefined || other === undefined ? undefined : one / other;

const difference = (one: number | undefined, other: number | undefined): number | undefined =>
  one === undefined || other === undefined ? undefined : one - other;

const against = (name: string, rival: string) => (results: Results) =>
  ratio(row(results, name)?.cpu, row(results, rival)?.cpu);

const againstBare = (name: string) => (results: Results) => ratio(row(results, name)?.cpu, row(results, name)?.bare);

const beyond = (name: string, base: string) => (results: Results) =>
  difference(row(results, name)?.cpu, row(results, base)?.cpu);

const goals: readonly Goal[] = [
  { goal: 'RS256 reused against a bare Rust server', limit: 0.8, unit: '', measure: against('RS256-reused', 'rust') },
  { goal: 'RS256 reused against a bare Go server', limit: 0.5, unit: '', measure: against('RS256-reused', 'go') },
  {
    goal: 'constant token, transport alone, against a bare Go server',
    limit: 0.35,
    unit: '',
    measure: against('constant', 'go'),
  },
  { goal: 'ES256 fresh against the bare signature', limit: 2, unit: '', measure: againstBare('ES256') },
  { goal: 'RS256 fresh against the bare signature', limit: 1.1, unit: '', measure: againstBare('RS256') },
  { goal: 'RS256 reused beyond the constant token', limit: 5, unit: 'µs', measure: beyond('RS256-reused', 'constant') },
  { goal: '10 expression claims added', limit: 10, unit: 'µs', measure: beyond('claims-10', 'HS256') },
  { goal: '1,000 policies and routes against 1', limit: 1.1, unit: '', measure: manyPolicies },
  {
    goal: 'resident memory under load',
    limit: 80,
    unit: 'MB',
    measure: (results) => row(results, 'RS256-reused')?.resident.most,
  },
  { goal: 'resident memory after the last round against the first', limit: 1.05, unit: '', measure: growth },
  { goal: 'ready after start', limit: 400, unit: 'ms', measure: ({ startUp }) => startUp?.median },
  {
    goal: 'p99 added latency at half of saturation',
    limit: 2,
    unit: 'ms',
    measure: ({ latency }) => latency?.rows.find(({ name }) => name === 'RS256-reused')?.leastAddedP99,
  },
];

function manyPolicies({ policies }: Results): number | undefined {
  const costOf = (count: number): number | undefined => policies?.find((entry) => entry.policies === count)?.cpu;
  return ratio(costOf(1000), costOf(1));
}

function growth(results: Results): number | undefined {
  const resident = row(results, 'RS256-reused')?.resident;
  return ratio(resident?.last, resident?.first);
}

export function judge(results: Results): Verdict[] {
  return goals.map(({ goal, limit, unit, measure }) => {
    const measured = measure(results);
    const verdict = measured === undefined ? 'not measured' : measured <= limit ? 'met' : 'missed';
    return { goal, limit, unit, measured, verdict };
  });
}
