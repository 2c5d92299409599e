import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLog } from '../../../src/observe/log.ts';
import { ratioSampler } from '../../../src/observe/tracing/otlp.ts';
import { maxPending, RequestTracer, type SpanSink } from '../../../src/observe/tracing/request-tracer.ts';
import { type Sampler, type Sampling, samplerOf, samplings } from '../../../src/observe/tracing/sampling.ts';
import { type RequestSpans, type Span, spansOf, type TracedRequest } from '../../../src/observe/tracing/spans.ts';

const sampled = {
  traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
  parentId: '00f067aa0ba902b7',
  flags: 1,
  isSampled: true,
};
const unsampled = { ...sampled, flags: 0, isSampled: false };

const request: TracedRequest = {
  ...{ outcome: 'forwarded', seconds: 1, at: 10, code: undefined, route: 'orders', mints: [] },
  ...{ trace: sampled, traceState: undefined },
};

const never = { began: Number.NEGATIVE_INFINITY, ended: Number.NEGATIVE_INFINITY };

type Row = [name: string, began: number, ended: number, error?: string];

const code = 'flex.evaluation-failed';

/** Requests from 9 to 10, and the spans below the one for the decision. */
const requests: [name: string, mints: TracedRequest['mints'], rows: Row[], reused: boolean[]][] = [
  ['no policy', [], [], []],
  [
    'a signed token',
    [
      {
        policy: 'p',
        outcome: 'minted',
        began: 9.2,
        keyUse: { signing: { began: 9.5, ended: 9.7 }, encrypting: never },
      },
    ],
    [
      ['evaluate', 9.2, 9.5],
      ['sign', 9.5, 9.7],
    ],
    [false],
  ],
  [
    'a reused token: its key signed for an earlier request',
    [
      {
        policy: 'p',
        outcome: 'minted',
        began: 9.2,
        keyUse: { signing: { began: 8.5, ended: 8.7 }, encrypting: never },
      },
    ],
    [['evaluate', 9.2, 10]],
    [true],
  ],
  [
    'a token that is only encrypted',
    [
      {
        policy: 'p',
        outcome: 'minted',
        began: 9.2,
        keyUse: { signing: never, encrypting: { began: 9.6, ended: 9.9 } },
      },
    ],
    [
      ['evaluate', 9.2, 9.6],
      ['encrypt', 9.6, 9.9],
    ],
    [false],
  ],
  [
    'signed and encrypted',
    [
      {
        ...{ policy: 'p', outcome: 'minted', began: 9.2 },
        keyUse: { signing: { began: 9.3, ended: 9.5 }, encrypting: { began: 9.6, ended: 9.9 } },
      },
    ],
    [
      ['evaluate', 9.2, 9.3],
      ['sign', 9.3, 9.5],
      ['encrypt', 9.6, 9.9],
    ],
    [false],
  ],
  [
    'an expression that fails: the key was not used',
    [
      {
        ...{ policy: 'p', outcome: 'refused', began: 9.2, code },
        keyUse: { signing: { began: 8.5, ended: 8.7 }, encrypting: never },
      },
    ],
    [['evaluate', 9.2, 10, code]],
    [false],
  ],
  [
    'a key that cannot sign: its use has no end',
    [
      {
        ...{ policy: 'p', outcome: 'refused', began: 9.2, code: 'mint.signing-failed' },
        keyUse: { signing: { began: 9.5, ended: 8.7 }, encrypting: never },
      },
    ],
    [
      ['evaluate', 9.2, 9.5],
      ['sign', 9.5, 10, 'mint.signing-failed'],
    ],
    [false],
  ],
  [
    'a service that does not sign: the wait for it failed, not the policy',
    [
      {
        ...{ policy: 'p', outcome: 'refused', began: 9.2, code: 'signer.timeout' },
        keyUse: { signing: { began: 9.3, ended: 8.7 }, encrypting: never },
      },
    ],
    [
      ['evaluate', 9.2, 9.3],
      ['sign', 9.3, 10, 'signer.timeout'],
    ],
    [false],
  ],
  [
    'a service that was not asked: the policy has the failure',
    [
      {
        ...{ policy: 'p', outcome: 'refused', began: 9.2, code: 'signer.paused' },
        keyUse: { signing: never, encrypting: never },
      },
    ],
    [['evaluate', 9.2, 10, 'signer.paused']],
    [false],
  ],
  [
    'two policies: the first ends when the second begins',
    [
      { policy: 'p', outcome: 'passed', began: 9.2, code, keyUse: { signing: never, encrypting: never } },
      {
        policy: 'q',
        outcome: 'minted',
        began: 9.4,
        keyUse: { signing: { began: 9.5, ended: 9.7 }, encrypting: never },
      },
    ],
    [
      ['evaluate', 9.2, 9.4, code],
      ['evaluate', 9.4, 9.5],
      ['sign', 9.5, 9.7],
    ],
    [false, false],
  ],
];

function rowOf({ name, began, ended, error }: Span): Row {
  const short = name.replace('mintproc.', '');
  return error === undefined ? [short, began, ended] : [short, began, ended, error];
}

for (const [name, mints, rows, reused] of requests) {
  test(`the spans of a request: ${name}`, () => {
    const { decide, children } = spansOf({ ...request, mints });
    const refused = mints.find(({ outcome }) => outcome === 'refused')?.code;
    assert.deepEqual(rowOf(decide), refused === undefined ? ['decide', 9, 10] : ['decide', 9, 10, refused]);
    assert.deepEqual(children.map(rowOf), rows);
    const evaluations = children.filter((span) => span.name === 'mintproc.evaluate');
    assert.deepEqual(
      evaluations.map(({ attributes }) => attributes['mintproc.reused']),
      reused,
    );
  });
}

const isInHalf = ratioSampler(0.5);
const [low, high] = ['00000001', 'fffffff1'].map((beginning) => ({ ...sampled, traceId: beginning.padEnd(32, '0') }));

const samplers: [name: string, sampling: Sampling, parent: typeof sampled | undefined, isTraced: boolean][] = [
  ['the caller samples', samplings.parentbased_always_off, sampled, true],
  ['the caller does not sample', samplings.parentbased_always_on, unsampled, false],
  ['no caller, no others', samplings.parentbased_always_off, undefined, false],
  ['no caller, all others', samplings.parentbased_always_on, undefined, true],
  ['no caller, below the ratio', { followsParent: true, ratio: 0.31 }, undefined, true],
  ['no caller, not below the ratio', { followsParent: true, ratio: 0.3 }, undefined, false],
  ['a ratio by trace ids, low', { followsParent: false, ratio: 0.5 }, low && { ...low, isSampled: false }, true],
  ['a ratio by trace ids, high', { followsParent: false, ratio: 0.5 }, high, false],
];

for (const [name, sampling, parent, isTraced] of samplers) {
  test(`sampling: ${name}`, () => {
    assert.equal(samplerOf(sampling, isInHalf, () => 0.3)(parent), isTraced);
  });
}

function traced(options: { readonly pending?: number; readonly sampler?: Sampler; readonly perSecond?: number } = {}) {
  const taken: RequestSpans[] = [];
  const counts: Record<string, number> = {};
  const lines: string[] = [];
  const clock = { now: 0 };
  const sink: SpanSink = { pending: options.pending ?? 0, take: (spans) => void taken.push(spans) };
  const { sampler = () => true, perSecond = 1000 } = options;
  const count = (result: string): void => {
    counts[result] = (counts[result] ?? 0) + 1;
  };
  const log = createLog('info', (line) => lines.push(line));
  return {
    tracer: new RequestTracer({ sampler, sink, perSecond, log, count }, () => clock.now),
    taken,
    counts,
    lines,
    clock,
  };
}

test('a request that is not sampled is not looked at any further', () => {
  const { tracer, taken, counts } = traced({ sampler: () => false });
  const record = {
    ...request,
    get mints(): TracedRequest['mints'] {
      throw new Error('looked at');
    },
  };
  tracer.finished(record);
  assert.deepEqual([taken.length, counts], [0, {}]);
});

test('a request that was refused unread took no time, and has no spans', () => {
  const { tracer, taken, counts } = traced();
  tracer.finished({ ...request, outcome: 'overloaded', seconds: 0, code: 'extproc.overloaded' });
  assert.deepEqual([taken.length, counts], [0, {}]);
});

test('callers that sample everything get the spans of so many requests a second, and others are counted', () => {
  const { tracer, taken, counts, lines } = traced({ perSecond: 5 });
  for (let sent = 0; sent < 5; sent++) tracer.finished({ ...request, at: 10 + sent / 10 });
  assert.deepEqual([taken.length, counts], [5, {}]);
  for (let sent = 0; sent < 1000; sent++) tracer.finished({ ...request, at: 10.9 });
  assert.deepEqual([taken.length, counts], [5, { 'over-limit': 1000 }]);
  assert.equal(lines.length, 1, 'one line for all of them');
  tracer.finished({ ...request, at: 11 });
  assert.equal(taken.length, 6);
});

for (const [pending, isTaken] of [
  [maxPending - 1, true],
  [maxPending, false],
] as const) {
  test(`with ${pending} spans that wait, a request ${isTaken ? 'gets' : 'does not get'} its span`, () => {
    const { tracer, taken, counts } = traced({ pending });
    tracer.finished(request);
    assert.deepEqual([taken.length, counts], isTaken ? [1, {}] : [0, { 'queue-full': 1 }]);
  });
}

test('the line about requests without spans is written once a minute, with their number', () => {
  const { tracer, lines, clock } = traced({ pending: maxPending });
  for (let sent = 0; sent < 10; sent++) tracer.finished(request);
  clock.now = 60_000;
  tracer.finished(request);
  assert.deepEqual(
    lines.map((line) => JSON.parse(line).suppressed),
    [undefined, 9],
  );
});
