import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KeepingResult } from '../../src/decision/keep-in-envoy.ts';
import type { Origin } from '../../src/diagnostics/mint-error.ts';
import { finish } from '../../src/diagnostics/steps.ts';
import {
  type ExchangeObserver,
  type ExchangeOutcome,
  exchangeOutcomes,
  type ServerObserver,
} from '../../src/extproc/observer.ts';
import { createAuditLog } from '../../src/observe/audit-log.ts';
import { createLog } from '../../src/observe/log.ts';
import { Metrics } from '../../src/observe/metrics.ts';
import {
  linesPerSecond,
  otherFilterInterval,
  overloadInterval,
  RequestObserver,
} from '../../src/observe/request-observer.ts';

interface Observed {
  readonly observer: ServerObserver;
  readonly metrics: Metrics<ExchangeOutcome>;
  readonly clock: { now: number };
  lines(): Record<string, unknown>[];
}

function observed(): Observed {
  const metrics = new Metrics({ version: '0', outcomes: Object.keys(exchangeOutcomes) as ExchangeOutcome[] });
  finish(metrics.configurationLoaded(1, ['a', 'b'], 0));
  const written: string[] = [];
  const clock = { now: 0 };
  const log = createLog('info', (line) => written.push(line));
  const audit = createAuditLog((line) => written.push(line));
  const lines = (): Record<string, unknown>[] =>
    written.map((line) => JSON.parse(line)).map(({ time: _time, level: _level, ...rest }) => rest);
  return { observer: new RequestObserver(metrics, log, audit, () => clock.now), metrics, clock, lines };
}

const untraced = {
  traceId: undefined,
  sampledTraceId: undefined,
  trace: undefined,
  traceState: undefined,
  route: undefined,
} as const;

const inTrace = { ...untraced, traceId: '4bf92f3577b34da6a3ce929d0e0e4736' } as const;

type Mints = Parameters<ExchangeObserver['finished']>[0]['mints'];
type Code = Parameters<ExchangeObserver['finished']>[0]['code'];

function originOf(member: Origin['member'], name?: string): Origin {
  return { member, name, place: { file: 'p.yaml', line: 7, column: 3 } };
}

const requests: [
  name: string,
  outcome: ExchangeOutcome,
  code: Code,
  mints: Mints,
  series: string[],
  lines: Record<string, unknown>[],
][] = [
  [
    'minted',
    'forwarded',
    undefined,
    [{ policy: 'a', outcome: 'minted' }],
    ['mintproc_requests_total{outcome="forwarded"} 1', 'mintproc_mints_total{policy="a",outcome="minted"} 1'],
    [],
  ],
  [
    'one passed, one refused',
    'refused',
    undefined,
    [
      { policy: 'a', outcome: 'passed', code: 'mint.name', message: 'No.', origin: originOf('claim', 'sub') },
      { policy: 'a', outcome: 'passed', code: 'mint.name', message: 'No.', origin: originOf('header parameter') },
      { policy: 'b', outcome: 'refused', code: 'mint.signing-failed', message: 'The key could not sign.' },
    ],
    [
      'mintproc_requests_total{outcome="refused"} 1',
      'mintproc_mints_total{policy="a",outcome="passed"} 2',
      'mintproc_mint_errors_total{policy="a",code="mint.name"} 2',
      'mintproc_mint_errors_total{policy="b",code="mint.signing-failed"} 1',
    ],
    [
      {
        policy: 'a',
        outcome: 'passed',
        code: 'mint.name',
        reason: 'No.',
        claim: 'sub',
        place: 'p.yaml:7:3',
        requestId: 'id-1',
        traceId: inTrace.traceId,
        seconds: 0.25,
        message: 'A policy minted no token.',
      },
      {
        policy: 'a',
        outcome: 'passed',
        code: 'mint.name',
        reason: 'No.',
        place: 'p.yaml:7:3',
        requestId: 'id-1',
        traceId: inTrace.traceId,
        seconds: 0.25,
        message: 'A policy minted no token.',
      },
      {
        policy: 'b',
        outcome: 'refused',
        code: 'mint.signing-failed',
        reason: 'The key could not sign.',
        requestId: 'id-1',
        traceId: inTrace.traceId,
        seconds: 0.25,
        message: 'A policy minted no token.',
      },
    ],
  ],
  [
    'past a bound',
    'refused',
    'extproc.too-many-headers',
    [],
    ['mintproc_request_errors_total{code="extproc.too-many-headers"} 1'],
    [
      {
        code: 'extproc.too-many-headers',
        outcome: 'refused',
        requestId: 'id-1',
        traceId: inTrace.traceId,
        seconds: 0.25,
        message: 'A request was refused.',
      },
    ],
  ],
];

for (const [name, outcome, code, mints, series, lines] of requests) {
  test(`a request: ${name}`, async () => {
    const { observer, metrics, lines: written } = observed();
    observer.streamOpened();
    observer.finished({ outcome, seconds: 0.25, at: 5, code, mints, requestId: 'id-1', ...inTrace });
    const text = await metrics.text();
    for (const line of [...series, 'mintproc_in_flight 1']) assert.ok(text.includes(`${line}\n`), line);
    observer.streamClosed();
    assert.match(await metrics.text(), /^mintproc_in_flight 0$/m);
    assert.deepEqual(written(), lines);
  });
}

test('a token with a number whose digits may be lost causes one warning per policy', () => {
  const { observer, lines } = observed();
  const warning = 'identity.inexact-number';
  const record = {
    outcome: 'forwarded',
    seconds: 0.25,
    at: 1,
    code: undefined,
    requestId: 'r',
    ...untraced,
  } as const;
  for (const policy of ['a', 'a', 'b', 'a', 'b']) {
    observer.finished({ ...record, mints: [{ policy, outcome: 'minted', warning }] });
  }
  const message = 'A policy reads a number claim of the caller whose last digits may be lost.';
  assert.deepEqual(
    lines(),
    ['a', 'b'].map((policy) => ({ message, policy, code: warning })),
  );
});

test('a stream over the memory limit', async () => {
  const { observer, metrics, lines } = observed();
  observer.memoryFull();
  assert.match(await metrics.text(), /^mintproc_memory_refused_total 1$/m);
  assert.deepEqual(lines(), [
    { code: 'extproc.memory-full', message: 'A stream was ended because the memory limit is reached.' },
  ]);
});

test('a defect', async () => {
  const { observer, metrics, lines } = observed();
  observer.defect({ name: 'TypeError', stack: 'at a.ts:1:1' });
  assert.match(await metrics.text(), /^mintproc_defects_total 1$/m);
  assert.deepEqual(lines(), [
    { error: 'TypeError', stack: 'at a.ts:1:1', message: 'Unexpected error (a defect in mintproc); please report it.' },
  ]);
});

test('lines per second are limited, the count is not, and the next second reports the suppressed lines', async () => {
  const { observer, metrics, clock, lines } = observed();
  const refuse = (): void =>
    observer.finished({
      outcome: 'refused',
      seconds: 0,
      at: 5,
      code: 'extproc.internal',
      mints: [],
      requestId: undefined,
      ...untraced,
    });
  for (let i = 0; i < linesPerSecond; i++) refuse();
  assert.equal(lines().length, linesPerSecond);
  refuse();
  refuse();
  assert.equal(lines().length, linesPerSecond);
  clock.now = 999;
  refuse();
  assert.equal(lines().length, linesPerSecond);
  clock.now = 1000;
  refuse();
  refuse();
  assert.deepEqual(
    lines()
      .map((line) => line['suppressed'])
      .slice(linesPerSecond),
    [3, undefined],
  );
  assert.match(
    await metrics.text(),
    new RegExp(`^mintproc_requests_total\\{outcome="refused"\\} ${linesPerSecond + 5}$`, 'm'),
  );
});

test('the first observed and the first response-only request are logged, and no later one', () => {
  const { observer, lines } = observed();
  const outcomes: ExchangeOutcome[] = [
    'observed',
    'untouched',
    'response-only',
    'observed',
    'abandoned',
    'response-only',
  ];
  for (const outcome of outcomes) {
    observer.finished({
      outcome,
      seconds: 0,
      at: 0,
      code: undefined,
      mints: [],
      requestId: undefined,
      ...untraced,
    });
  }
  assert.deepEqual(
    lines().map(({ outcome, reason }) => [outcome, /`observability_mode|`request_header_mode/.test(String(reason))]),
    [
      ['observed', true],
      ['response-only', true],
    ],
  );
});

test('overload is logged at once, and then once in an interval; all of it is counted', async () => {
  const { observer, metrics, clock, lines } = observed();
  const refuse = (): void =>
    observer.finished({
      outcome: 'overloaded',
      seconds: 0,
      at: 0,
      code: 'extproc.overloaded',
      mints: [],
      requestId: undefined,
      ...untraced,
    });
  for (let count = 0; count < 1000; count++) refuse();
  const line = { message: lines()[0]?.['message'], code: 'extproc.overloaded' };
  assert.deepEqual(lines(), [line]);
  clock.now = overloadInterval - 1;
  refuse();
  assert.deepEqual(lines(), [line]);
  clock.now = overloadInterval;
  refuse();
  assert.deepEqual(lines(), [line, { ...line, suppressed: 1000 }]);
  const text = await metrics.text();
  assert.match(text, /^mintproc_requests_total\{outcome="overloaded"\} 1002$/m);
  assert.match(text, /^mintproc_request_errors_total\{code="extproc.overloaded"\} 1002$/m);
});

test('a filter of another configuration is logged at once, and then once in an interval; each answer is counted', async () => {
  const { observer, metrics, clock, lines } = observed();
  const asked = (keeping: KeepingResult): void =>
    observer.finished({
      outcome: 'forwarded',
      seconds: 0,
      at: 0,
      code: undefined,
      mints: [],
      requestId: undefined,
      ...untraced,
      keeping,
    });
  assert.doesNotMatch(await metrics.text(), /^mintproc_envoy_reuse_total\{/m);
  for (const keeping of ['permitted', 'time', 'late', 'permitted'] as const) asked(keeping);
  assert.deepEqual(lines(), []);
  for (let count = 0; count < 1000; count++) asked('other-filter');
  const line = { message: lines()[0]?.['message'], code: 'extproc.other-filter' };
  assert.match(String(line.message), /was written for another configuration/);
  assert.deepEqual(lines(), [line]);
  clock.now = otherFilterInterval - 1;
  asked('other-filter');
  assert.deepEqual(lines(), [line]);
  clock.now = otherFilterInterval;
  asked('other-filter');
  assert.deepEqual(lines(), [line, { ...line, suppressed: 1000 }]);
  const counted = (await metrics.text()).split('\n').filter((each) => each.startsWith('mintproc_envoy_reuse_total{'));
  assert.deepEqual(counted, [
    'mintproc_envoy_reuse_total{result="permitted"} 2',
    'mintproc_envoy_reuse_total{result="other-filter"} 1002',
    'mintproc_envoy_reuse_total{result="policy"} 0',
    'mintproc_envoy_reuse_total{result="removal"} 0',
    'mintproc_envoy_reuse_total{result="variables"} 0',
    'mintproc_envoy_reuse_total{result="warning"} 0',
    'mintproc_envoy_reuse_total{result="late"} 1',
    'mintproc_envoy_reuse_total{result="caller"} 0',
    'mintproc_envoy_reuse_total{result="time"} 1',
  ]);
});
