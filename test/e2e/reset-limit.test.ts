/**
 * @module
 * Envoy resets every ext_proc stream, and Node's HTTP/2 server by default closes a connection that sees more than 33
 * resets a second: a naive server loses about one request in a hundred from the thousandth on.
 *
 * MINTPROC_E2E_REQUESTS=50000 runs the same for longer; the figures are printed.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EnvoyConfig } from '../../demo/envoy-config.ts';
import { load } from './harness/client.ts';
import { hmacPolicy, withoutJwtAuthn } from './harness/policies.ts';
import { startStack } from './harness/stack.ts';

const requests = Number(process.env['MINTPROC_E2E_REQUESTS'] ?? 5000);
const connections = 16;

/**
 * Envoy as it is without what we advise: it resets streams and has its own limits. Only its patience stays, since its
 * default of 200 ms would measure how busy this machine is.
 */
function withDefaults(config: EnvoyConfig): void {
  withoutJwtAuthn(config);
  config.delete(['layered_runtime']);
  config.delete([...config.cluster('mintproc'), 'circuit_breakers']);
}

for (const workers of [1, 2]) {
  test(`${requests} requests through ${workers} Envoy worker(s): all answered, on one connection each`, async (t) => {
    await using stack = await startStack({
      files: { 'policy.yaml': hmacPolicy({ sub: 'x' }) },
      mintproc: { policies: [{ name: 'p', file: 'policy.yaml' }], routes: [{ match: {}, policies: ['p'] }] },
      envoy: withDefaults,
      concurrency: workers,
    });
    const started = performance.now();
    const statuses = await load({ port: stack.port, requests, connections, question: {} });
    const seconds = (performance.now() - started) / 1000;

    const stats = await stack.envoyStats('^cluster.mintproc.upstream_(cx|rq)_');
    const figure = (name: string): number => stats.get(`cluster.mintproc.upstream_${name}`) ?? 0;
    t.diagnostic(
      `${Math.round(requests / seconds)} requests/s, ${figure('rq_tx_reset')} streams reset, ${figure('cx_total')} connections`,
    );
    assert.deepEqual([...statuses], [[200, requests]]);
    assert.equal(figure('rq_total'), requests);
    assert.ok(figure('rq_tx_reset') > requests / 2, 'Envoy did reset the streams, or this test shows nothing');
    // Which worker a caller's connection goes to is the kernel's choice: with 16 of them, rarely only one.
    assert.ok(figure('cx_total') <= workers, `${figure('cx_total')} connections`);
    assert.equal(figure('cx_active'), figure('cx_total'));
    assert.equal(stack.seen.length, requests);
  });
}
