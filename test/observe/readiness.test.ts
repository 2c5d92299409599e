import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Readiness, type ReadinessReport } from '../../src/observe/readiness.ts';

type Call =
  | 'ready'
  | 'drain'
  | 'loaded'
  | 'refused'
  | 'no worker'
  | 'one worker'
  | 'no pair'
  | 'a pair'
  | 'no listener'
  | 'listener';

const taken = 'Cannot listen at unix:/a: the address is already in use.';
const refusal = 'mintproc.yaml:1:1: wrong [config.syntax]';

const wrongPair = 'mintproc.yaml:3:8: wrong [config.unusable-tls]';

const lives: [name: string, calls: Call[], phases: string[], report: ReadinessReport][] = [
  ['at first', [], [], { status: 'starting' }],
  ['ready', ['loaded', 'ready'], ['ready'], { status: 'ready', generation: 3, policies: 2, lastReload: 'success' }],
  ['ready twice', ['ready', 'ready'], ['ready'], { status: 'ready' }],
  ['drains once', ['ready', 'drain', 'drain'], ['ready', 'draining'], { status: 'draining' }],
  ['drains for good', ['drain', 'ready'], ['draining'], { status: 'draining' }],
  [
    'a refused reload leaves it ready',
    ['loaded', 'ready', 'refused'],
    ['ready'],
    { status: 'ready', generation: 3, policies: 2, lastReload: 'failure', lastReloadError: refusal },
  ],
  [
    'an unusable TLS pair does not affect readiness, and is reported until one can be used',
    ['loaded', 'ready', 'no pair', 'loaded', 'refused'],
    ['ready'],
    {
      status: 'ready',
      generation: 3,
      policies: 2,
      lastReload: 'failure',
      lastReloadError: refusal,
      tlsError: wrongPair,
    },
  ],
  [
    'a TLS pair that can be used again',
    ['loaded', 'no pair', 'a pair'],
    [],
    { status: 'starting', generation: 3, policies: 2, lastReload: 'success' },
  ],
  [
    'without a worker it is not ready, and with the next it is again',
    ['one worker', 'ready', 'no worker', 'one worker'],
    ['ready', 'no-worker', 'ready'],
    { status: 'ready', workers: { serving: 1, of: 2 } },
  ],
  [
    'ready before any worker serves',
    ['no worker', 'ready', 'loaded'],
    ['no-worker'],
    { status: 'no-worker', generation: 3, policies: 2, lastReload: 'success', workers: { serving: 0, of: 2 } },
  ],
  [
    'workers end while it drains',
    ['one worker', 'ready', 'drain', 'no worker'],
    ['ready', 'draining'],
    { status: 'draining', workers: { serving: 0, of: 2 } },
  ],
  [
    'while it cannot be connected to it is not ready, and says why, reloads or not',
    ['ready', 'no listener', 'loaded'],
    ['ready', 'no-listener'],
    {
      status: 'no-listener',
      generation: 3,
      policies: 2,
      lastReload: 'success',
      notListening: { listen: taken },
    },
  ],
  [
    'without listener and workers both have to come back',
    ['ready', 'no worker', 'no listener', 'one worker', 'listener'],
    ['ready', 'no-worker', 'no-listener', 'ready'],
    { status: 'ready', workers: { serving: 1, of: 2 } },
  ],
];

for (const [name, calls, phases, report] of lives) {
  test(`readiness: ${name}`, () => {
    const readiness = new Readiness();
    const seen: string[] = [];
    readiness.onChange((phase) => seen.push(phase));
    const does: Record<Call, () => void> = {
      ready: () => readiness.ready(),
      drain: () => readiness.drain(),
      loaded: () => readiness.configurationLoaded(3, 2),
      refused: () => readiness.configurationRefused(refusal),
      'no pair': () => readiness.tlsUnusable(wrongPair),
      'a pair': () => readiness.tlsUnusable(undefined),
      'no listener': () => readiness.notListening('listen', taken),
      listener: () => readiness.listening('listen'),
      'no worker': () => readiness.workersServing(0, 2),
      'one worker': () => readiness.workersServing(1, 2),
    };
    for (const call of calls) does[call]();
    assert.deepEqual(seen, phases);
    assert.deepEqual(readiness.report, report);
  });
}

test('a removed listener is not called', () => {
  const readiness = new Readiness();
  const leave = readiness.onChange(() => assert.fail('was called'));
  leave();
  readiness.ready();
  assert.equal(readiness.phase, 'ready');
});

for (const [count, more] of [
  [100, undefined],
  [101, 1],
] as const) {
  test(`readiness: ${count} keys whose service is not called`, () => {
    const readiness = new Readiness();
    readiness.ready();
    const keys = Array.from({ length: count }, (_, at) => `k-${at}`);
    readiness.signersPaused(keys);
    const { status, signersPaused, signersPausedMore } = readiness.report;
    assert.deepEqual([status, signersPaused?.length, signersPausedMore], ['ready', 100, more]);
    readiness.signersPaused([]);
    assert.deepEqual(readiness.report, { status: 'ready' });
  });
}
