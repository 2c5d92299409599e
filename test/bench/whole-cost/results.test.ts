import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judgeWholeCost } from '../../../bench/goals.ts';
import {
  addedBy,
  comparedAdded,
  type MeasuredWay,
  type Round,
  together,
  type WholeCost,
} from '../../../bench/whole-cost/results.ts';
import { wholeCostPart, wholeCostPartOf, withWholeCostPart } from '../../../bench/whole-cost/tables.ts';
import { ways } from '../../../bench/whole-cost/ways.ts';

const nothing: Round = {
  ...{ envoy: 0, server: 0, rate: 1, p50: 1, p99: 1, envoyBusy: 0.5, asked: undefined, requests: 1 },
};

function measured(name: string, rounds: readonly Partial<Round>[]): MeasuredWay {
  const way = ways.find((one) => one.name === name) ?? assert.fail(`no way ${name}`);
  return { way, rounds: rounds.map((round) => ({ ...nothing, ...round })) };
}

/** What a way cost in one turn. */
const cost = (name: string, envoy: number, server = 0): MeasuredWay => measured(name, [{ envoy, server }]);
const waits = (name: string, milliseconds: number): MeasuredWay => measured(name, [{ p99: milliseconds }]);

test('what a way adds is compared within each turn', () => {
  const all = [
    measured('none', [{ envoy: 10 }, { envoy: 20 }, { envoy: 30 }]),
    measured('ext_proc', [
      { envoy: 50, server: 10 },
      { envoy: 70, server: 50 },
      { envoy: 90, server: 40 },
    ]),
    measured('envoy', [{ envoy: 20 }, { envoy: 50, server: 10 }, { envoy: 50 }]),
  ];
  const [, extProc, envoy] = all;
  assert.ok(extProc && envoy);
  assert.deepEqual(addedBy(extProc, all, together), [50, 100, 100]);
  assert.deepEqual(addedBy(envoy, all, together), [10, 40, 20]);
  assert.equal(comparedAdded(envoy, all, together)?.median, 0.2);
  assert.equal(comparedAdded(extProc, all, together), undefined);
});

test('a constant token is compared with requests that verify no caller', () => {
  const all = [cost('none', 40), cost('none-constant', 10), cost('sds', 12)];
  const [, , sds] = all;
  assert.ok(sds);
  assert.deepEqual(addedBy(sds, all, together), [2]);
});

const machine = { date: '2026-12-01', cpu: '', cores: 2, memory: 8, system: '', node: '', envoy: '', load: 0 };
const empty: WholeCost = { quick: false, machine, stolen: {}, halfRate: 1, saturated: [], halfLoad: [], skipped: [] };

const played = { requests: 1e6, asked: 0.1, replaced: 20, seen: 1000 };

const goals: readonly (readonly [goal: string, results: Partial<WholeCost>, measured: number, verdict: string])[] = [
  [
    'reuse in Envoy compared',
    { saturated: [cost('none', 10), cost('ext_proc', 80, 30), cost('envoy', 40, 5)] },
    0.35,
    'met',
  ],
  [
    'reuse in Envoy compared',
    { saturated: [cost('none', 10), cost('ext_proc', 80, 30), cost('envoy', 40, 6)] },
    0.36,
    'missed',
  ],
  [
    'by SDS',
    { saturated: [cost('none-constant', 10), cost('ext_proc-constant', 100, 10), cost('sds', 20)] },
    0.1,
    'met',
  ],
  ['p99', { halfLoad: [waits('none', 1), waits('ext_proc', 5), waits('envoy', 3)] }, 0.5, 'met'],
  ['p99', { halfLoad: [waits('none', 1), waits('ext_proc', 5), waits('envoy', 4)] }, 0.75, 'missed'],
  ['wrong tokens', { interleaved: { ...played, wrong: 0 } }, 0, 'met'],
  ['wrong tokens', { interleaved: { ...played, wrong: 1 } }, 1, 'missed'],
];

for (const [goal, results, value, verdict] of goals) {
  test(`${goal}: ${value} is ${verdict}`, () => {
    const found = judgeWholeCost({ ...empty, ...results }).find((one) => one.goal.includes(goal));
    assert.deepEqual([found?.measured, found?.verdict], [value, verdict]);
  });
}

test('a goal that was not measured, or with fewer than a million requests, is neither met nor missed', () => {
  const verdicts = judgeWholeCost({ ...empty, interleaved: { ...played, requests: 999_999, wrong: 0 } });
  assert.deepEqual(
    verdicts.map(({ verdict }) => verdict),
    Array.from({ length: 4 }, () => 'not measured'),
  );
});

const page = '# Results\n\n## Goals\n\n| a |\n';
const part = wholeCostPart(empty);

test('the part of the page is added at its end', () => {
  assert.equal(withWholeCostPart(page, part), `${page}\n${part}`);
});

test('the part of an earlier run is replaced', () => {
  const earlier = withWholeCostPart(page, wholeCostPart({ ...empty, quick: true }));
  assert.equal(withWholeCostPart(earlier, part), `${page}\n${part}`);
});

test('the page says what was not measured', () => {
  assert.match(
    wholeCostPart({ ...empty, skipped: ['heimdall is not measured.'] }),
    /\n\nheimdall is not measured\.\n\n##/,
  );
});

test('the part can be kept when the rest is written again', () => {
  assert.equal(wholeCostPartOf(withWholeCostPart(page, part)), part);
  assert.equal(wholeCostPartOf(page), '');
});
