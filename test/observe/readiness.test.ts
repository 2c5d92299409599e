import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Readiness, type ReadinessReport } from '../../src/observe/readiness.ts';

type Call = 'ready' | 'drain' | 'loaded' | 'refused';

const refusal = 'mintproc.yaml:1:1: wrong [config.syntax]';

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
    };
    for (const call of calls) does[call]();
    assert.deepEqual(seen, phases);
    assert.deepEqual(readiness.report, report);
  });
}

test('a listener that left hears nothing', () => {
  const readiness = new Readiness();
  const leave = readiness.onChange(() => assert.fail('was called'));
  leave();
  readiness.ready();
  assert.equal(readiness.phase, 'ready');
});
