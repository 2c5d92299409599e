/**
 * @module
 * Connections of every kind are spread over the workers, and a scrape shows the sums. Plain TCP is covered by the
 * tests in `one-life.test.ts`.
 */
import assert from 'node:assert/strict';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import * as grpc from '@grpc/grpc-js';
import { makeCertificates } from '../../e2e/harness/python-tools.ts';
import { lives, plain, startSidecar, until } from '../sidecar.ts';

const { ca, server } = await makeCertificates({ name: 'client', dns: 'client', uri: 'urn:client' });
const tls = { certificate: 'server.crt', key: 'server.key' };

const ways: [
  name: string,
  settings: Readonly<Record<string, unknown>>,
  end: NodeJS.Signals,
  credentials?: grpc.ChannelCredentials,
][] = [
  [
    'TLS on a unix socket',
    { tls, listen: 'unix:FOLDER/m.sock' },
    'SIGTERM',
    grpc.credentials.createSsl(Buffer.from(ca)),
  ],
  ['TCP, with grpc-js', { transport: 'grpc-js' }, 'SIGKILL'],
];

for (const [name, settings, end, credentials] of ways) {
  test(`over ${name}: four connections, two for each worker, all of which end after a ${end}`, async () => {
    const files = { 'server.crt': server.cert, 'server.key': server.key };
    await using sidecar = await startSidecar({ ...plain, ...settings }, files);
    assert.equal(sidecar.workers().length, 2);
    const socket = join(sidecar.folder, 'm.sock');
    if ('listen' in settings) assert.equal(statSync(socket).mode & 0o777, 0o660);
    const callers = Array.from({ length: 4 }, () => sidecar.connect(credentials));
    for (const { token } of [...callers, ...callers]) assert.equal((await token())?.claims.iss, 'one');
    const busy = await sidecar.metrics();
    const expected: [sample: string, value: number][] = [
      ['mintproc_worker_requests_total{worker="1"}', 4],
      ['mintproc_worker_requests_total{worker="2"}', 4],
      ['mintproc_worker_connections{worker="1"}', 2],
      ['mintproc_worker_connections{worker="2"}', 2],
      ['mintproc_requests_total{outcome="forwarded"}', 8],
      ['mintproc_request_seconds_count{outcome="forwarded"}', 8],
      ['mintproc_mints_total{policy="p",outcome="minted"}', 8],
      ['mintproc_in_flight', 0],
      ['mintproc_config_generation', 1],
      ['mintproc_workers', 2],
      ['mintproc_worker_restarts_total', 0],
    ];
    for (const [sample, value] of expected) assert.equal(busy.get(sample), value, sample);
    const builds = [...busy].filter(([sample]) => sample.startsWith('mintproc_build_info'));
    assert.deepEqual(
      builds.map(([, value]) => value),
      [1],
    );
    for (const { client } of callers) client.close();
    await until(async () => (await sidecar.metrics()).get('mintproc_worker_connections{worker="2"}') === 0);
    const workers = sidecar.workers();
    sidecar.process.signal(end);
    assert.equal(await sidecar.process.ended, end === 'SIGTERM' ? 0 : end);
    await until(() => !workers.some(lives));
    assert.ok(!readdirSync(sidecar.folder).includes('m.sock'));
  });
}
