/**
 * @module
 * A share of `npm run alerts`: a real Prometheus with the rules that we ship, and the faults that need no Envoy and
 * little time. Skipped without Prometheus, by name.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { noPrometheus } from './prometheus.ts';
import { runFaults } from './run.ts';

const share = new Set([
  'MintprocKeepsOldConfiguration',
  'MintprocRefusesConnections',
  'MintprocLosesLines',
  'MintprocMissesSources', // of the publisher, which has metrics of its own
]);

test(`the faults of ${[...share].join(', ')} fire these alerts`, { skip: noPrometheus ?? false }, async () => {
  const series = ['mintproc_ready', 'process_resident_memory_bytes', 'outcome:mintproc_requests:rate5m'];
  const fired = await runFaults(share, async ({ prometheus }) => {
    assert.deepEqual(await prometheus.complaints(), []);
    for (const each of series) assert.ok((await prometheus.values(each)).length > 0, each);
  });
  assert.equal(fired.length, share.size);
  for (const { alert, seconds } of fired) assert.ok(seconds !== undefined && seconds > 0, alert);
});
