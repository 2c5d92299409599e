/**
 * @module
 * The primary of two workers, in this process; its workers are real ones.
 */

import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { Reloader } from '../../../src/configuration/reload/reload.ts';
import { textFormat } from '../../../src/observe/exposition.ts';
import { createLog } from '../../../src/observe/log.ts';
import type { Metrics } from '../../../src/observe/metrics.ts';
import { Readiness } from '../../../src/observe/readiness.ts';
import { asks, reuseNamespace } from '../../../src/request/envoy-reuse.ts';
import { countersIn, processorMetrics } from '../../../src/serving/processor.ts';
import { startServing } from '../../../src/serving/start-serving.ts';
import { issuerOf } from '../../cli/tls-world.ts';
import { flexPolicy, memoryFiles, startsOnly } from '../../configuration/memory-files.ts';
import { StreamClient } from '../../extproc/stream-client.ts';
import { thisProcess } from '../this-process.ts';

const main = join(import.meta.dirname, '..', '..', '..', 'src', 'main.ts');

const files = (issuer: string): Record<string, string> => ({
  'mintproc.yaml': `workers: 2
listen: 127.0.0.1:0
keys: { k: { generate: HS256 } }
policies:
  - { name: p, file: policy.yaml }
  - { name: kept, file: policy.yaml, key: k, reuse: { for: 30s } }
routes:
  - { match: { pathPrefix: /kept }, policies: [kept] }
  - { match: {}, policies: [p] }`,
  'policy.yaml': flexPolicy({ iss: issuer }),
});

type Loaded = Awaited<ReturnType<typeof load>>;

async function load(issuer: string, metrics: Metrics) {
  const reloader = new Reloader('mintproc.yaml', {
    ...startsOnly,
    ...countersIn(metrics),
    files: memoryFiles(files(issuer)),
  });
  const outcome = await reloader.start();
  assert.ok(outcome.kind === 'loaded');
  return outcome;
}

/** Two workers, and a client of each. */
async function started(t: TestContext, first: Loaded, metrics: Metrics) {
  const serving = await startServing({
    first,
    tls: undefined,
    metrics,
    log: createLog('silent', () => undefined),
    audit: { minted: () => undefined },
    readiness: new Readiness(),
    now: Date.now,
    ...thisProcess,
    startWorker: (number) =>
      fork(main, ['worker', String(number)], {
        serialization: 'advanced',
        stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      }),
  });
  t.after(() => serving.stop(0));
  const clients = Array.from(
    { length: 2 },
    () => new StreamClient(serving.addresses[0] ?? '', undefined, { 'grpc.use_local_subchannel_pool': 1 }),
  );
  t.after(() => {
    for (const client of clients) client.close();
  });
  return { serving, clients };
}

test('two workers mint by one configuration after the other; the primary counts for both, and stops both', async (t) => {
  const metrics = processorMetrics('0');
  const { serving, clients } = await started(t, await load('one', metrics), metrics);
  const issuers = () => Promise.all(clients.map(issuerOf));
  assert.deepEqual(await issuers(), ['one', 'one']);
  const { commit } = await serving.prepare(await load('two', metrics));
  assert.deepEqual(await issuers(), ['one', 'one']);
  await commit();
  assert.deepEqual(await issuers(), ['two', 'two']);
  const text = await serving.metricsText(textFormat);
  for (const worker of [1, 2])
    assert.match(text, new RegExp(`^mintproc_worker_connections\\{.*"${worker}"\\} 1$`, 'm'));
  assert.match(text, /^mintproc_requests_total\{outcome="forwarded"\} 6$/m);
  for (const client of clients) client.close();
  assert.equal(await serving.stop(5_000), 'drained');
});

/** What a worker says to the filter with this digest. */
async function keepingOf(client: StreamClient, digest: string): Promise<unknown> {
  const path = { key: ':path', raw_value: Buffer.from('/kept') };
  const reuse = { fields: { [asks]: { stringValue: digest } } };
  const { answers } = await client.converse([
    {
      request: 'request_headers',
      request_headers: { headers: { headers: [path] }, end_of_stream: true },
      metadata_context: { filter_metadata: { [reuseNamespace]: reuse } },
    },
  ]);
  const fields = answers[0]?.dynamic_metadata?.fields?.[reuseNamespace]?.structValue?.fields;
  return [fields?.['for']?.numberValue, fields?.['generation']?.stringValue];
}

test('both workers let Envoy keep tokens of one generation, which a reload ends', async (t) => {
  const metrics = processorMetrics('0');
  const first = await load('one', metrics);
  const second = await load('two', metrics);
  const { serving, clients } = await started(t, first, metrics);
  const reuse = [first, second].map(({ snapshot }) => snapshot.envoyReuse);
  const keepings = () => Promise.all(clients.map((client) => keepingOf(client, reuse[0]?.digest ?? '')));
  const expected = reuse.map((each) => [5_000, each?.generation]);
  assert.deepEqual(await keepings(), [expected[0], expected[0]]);
  await (await serving.prepare(second)).commit();
  assert.deepEqual(await keepings(), [expected[1], expected[1]]);
  assert.notEqual(reuse[0]?.generation, reuse[1]?.generation);
  assert.match(await serving.metricsText(textFormat), /^mintproc_envoy_reuse_total\{result="permitted"\} 4$/m);
});
