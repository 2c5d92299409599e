/**
 * @module
 * What looking costs: a scrape of thousands of policies, from the request to the last byte, leaves the event loop free.
 * The aim for 1,000 policies is 20 ms of CPU at a time. A finding takes five times as much, so that a busy machine does
 * not cause one, with enough policies for a scrape in one piece to be a finding.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { finish } from '../../src/diagnostics/steps.ts';
import { startAdmin } from '../../src/observe/admin.ts';
import { openMetrics, textFormat } from '../../src/observe/exposition.ts';
import { createLog } from '../../src/observe/log.ts';
import { Metrics } from '../../src/observe/metrics.ts';
import { Readiness } from '../../src/observe/readiness.ts';
import { WorkerTotals } from '../../src/observe/worker-totals.ts';
import { margin } from '../search/cpu-time.ts';

const aim = 20;

/** Every policy has minted and refused, and has series for its requests. */
function busy(count: number): Metrics<'forwarded' | 'refused'> {
  const policies = Array.from({ length: count }, (_, i) => `policy-${i}`);
  const metrics = new Metrics<'forwarded' | 'refused'>({ version: '1', outcomes: ['forwarded', 'refused'] });
  finish(metrics.configurationLoaded(1, policies, 0, true));
  const traced = { sampledTraceId: 'a'.repeat(32) };
  for (const policy of policies) {
    for (const outcome of ['minted', 'refused'] as const) {
      metrics.policyRan({ policy, outcome, began: 1, bytes: 900 }, 1.001);
      metrics.policyAnswered(policy, outcome === 'minted' ? 'forwarded' : outcome, 0.001, 1, traced);
    }
    metrics.signingKeys(policy, { count: 1, next: 0, kid: policy, end: 1 });
    metrics.reuseOf(policy);
  }
  return metrics;
}

/** The longest CPU time of this thread between two turns of the event loop, in milliseconds. */
async function longestTurn(work: () => Promise<unknown>): Promise<number> {
  let isOver = false;
  let longest = 0;
  const watching = (async () => {
    let before = process.threadCpuUsage();
    while (!isOver) {
      await setImmediate();
      const { user, system } = process.threadCpuUsage(before);
      longest = Math.max(longest, (user + system) / 1000);
      before = process.threadCpuUsage();
    }
  })();
  await work();
  isOver = true;
  await watching;
  return longest;
}

for (const format of [textFormat, openMetrics]) {
  test(`a scrape of 2,000 policies as ${format.contentType} leaves the event loop free`, async () => {
    const metrics = busy(2000);
    const log = createLog('silent', () => {});
    const address = { host: '127.0.0.1', port: 0 };
    const admin = await startAdmin({ address, metrics, readiness: new Readiness(), log });
    let bytes = 0;
    const longest = await longestTurn(async () => {
      const response = await fetch(`http://${admin.address}/metrics`, { headers: { accept: format.contentType } });
      for await (const chunk of response.body ?? []) bytes += chunk.length;
    });
    await admin.close();
    assert.ok(bytes > 8_000_000, String(bytes));
    assert.ok(longest < aim * margin, `${longest} ms`);
  });
}

test('so does one that merges the counts of workers', async () => {
  const totals = new WorkerTotals();
  for (const worker of [1, 2]) totals.heard(worker, await busy(4000).counts());
  const primary = busy(4000);
  const longest = await longestTurn(() => primary.text({ workers: totals }));
  assert.ok(longest < aim * margin, `${longest} ms`);
  const counting = busy(4000);
  const own = await longestTurn(() => counting.counts());
  assert.ok(own < aim * margin, `${own} ms`);
});
