import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judge } from '../../bench/goals.ts';
import type { Figures, Latency, Results } from '../../bench/results.ts';

const machine = { date: '', cpu: '', cores: 2, memory: 8, system: '', node: '', envoy: '', load: 0 };
const nothing: Results = { quick: true, machine, stolen: {}, saturated: [] };

function row(name: string, cpu: number, resident = 50, over: Figures['over'] = 'unix'): Figures {
  const memory = { idle: 45, first: 50, last: resident, max: resident };
  const round = { cpu, rate: 1, p50: 1, p99: 1, resident, requests: 1, bare: 10 };
  const one = { name, title: name, over, cpu, min: cpu, bare: 10, overBare: cpu / 10, rate: 1, p50: 1, p99: 1 };
  return { ...one, resident: memory, requests: 1, rounds: [round] };
}

function waits(load: Latency['load'], p99: number): Latency {
  const plain = { name: 'no filter', p50: 1, p99: 1, worstP99: 1, added: { p50: 0, p99: 0 }, envoyBusy: 0.5 };
  return { load, rate: 1, plain, rows: [{ ...plain, name: 'RS256-reused', added: { p50: 0, p99 } }] };
}

const policies = { cpu: 1, resident: 1, ready: 1 };

const cases: readonly (readonly [goal: string, results: Partial<Results>, measured: number, verdict: string])[] = [
  ['compared with a minimal Rust', { saturated: [row('RS256-reused', 8), row('rust', 10)] }, 0.8, 'met'],
  ['compared with a minimal Rust', { saturated: [row('RS256-reused', 9), row('rust', 10)] }, 0.9, 'missed'],
  [
    'compared with a minimal Rust',
    { saturated: [row('RS256-reused', 1), row('RS256-reused-tcp', 8, 50, 'tcp'), row('rust', 10, 50, 'tcp')] },
    0.8,
    'met',
  ],
  ['RS256 reused compared with a minimal Go', { saturated: [row('RS256-reused', 5), row('go', 10)] }, 0.5, 'met'],
  ['constant token, transport', { saturated: [row('constant', 4), row('go', 10)] }, 0.4, 'missed'],
  ['ES256 fresh', { saturated: [row('ES256', 20)] }, 2, 'met'],
  ['RS256 fresh', { saturated: [row('RS256', 12)] }, 1.2, 'missed'],
  ['in addition to the constant', { saturated: [row('RS256-reused', 15), row('constant', 10)] }, 5, 'met'],
  ['in addition to the constant', { saturated: [row('RS256-reused', 16), row('constant', 10)] }, 6, 'missed'],
  ['10 additional expression claims', { saturated: [row('claims-10', 21), row('HS256', 10)] }, 11, 'missed'],
  [
    '1,000 policies',
    { policies: [1, 1000].map((count) => ({ ...policies, policies: count, rounds: [10, 12] })) },
    1,
    'met',
  ],
  ['memory under load', { saturated: [row('RS256-reused', 1, 81)] }, 81, 'missed'],
  ['after the last round', { saturated: [row('RS256-reused', 1, 60)] }, 1.2, 'missed'],
  ['ready after start', { startUp: { times: [400], median: 400 } }, 400, 'met'],
  ['p99 added', { latency: [waits('a quarter', 1), waits('half', 2)] }, 2, 'met'],
];

for (const [goal, results, measured, verdict] of cases) {
  test(`${goal}: ${measured} is ${verdict}`, () => {
    const found = judge({ ...nothing, ...results }).find((one) => one.goal.includes(goal));
    assert.deepEqual([found?.measured, found?.verdict], [measured, verdict]);
  });
}

test('a goal that was not measured is neither met nor missed', () => {
  const verdicts = judge(nothing);
  assert.equal(verdicts.length, 12);
  assert.ok(verdicts.every(({ verdict }) => verdict === 'not measured'));
});
