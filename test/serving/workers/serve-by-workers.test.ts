/**
 * @module
 * The primary of two workers, in this process; its workers are real ones.
 */

import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { Reloader } from '../../../src/configuration/reload/reload.ts';
import { textFormat } from '../../../src/observe/exposition.ts';
import { createLog } from '../../../src/observe/log.ts';
import { Readiness } from '../../../src/observe/readiness.ts';
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
policies: [{ name: p, file: policy.yaml }]
routes: [{ match: {}, policies: [p] }]`,
  'policy.yaml': flexPolicy({ iss: issuer }),
});

test('two workers mint by one configuration after the other; the primary counts for both, and stops both', async (t) => {
  const metrics = processorMetrics('0');
  const load = async (issuer: string) => {
    const reloader = new Reloader('mintproc.yaml', {
      ...startsOnly,
      ...countersIn(metrics),
      files: memoryFiles(files(issuer)),
    });
    const outcome = await reloader.start();
    assert.equal(outcome.kind, 'loaded');
    return outcome;
  };
  const serving = await startServing({
    first: await load('one'),
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
  const issuers = () => Promise.all(clients.map(issuerOf));
  assert.deepEqual(await issuers(), ['one', 'one']);
  const { commit } = await serving.prepare(await load('two'));
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
