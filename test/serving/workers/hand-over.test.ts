/**
 * @module
 * Connections that are assigned to a worker which ends before it takes them: another worker serves them without data
 * loss.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as grpc from '@grpc/grpc-js';
import { makeCertificates } from '../../e2e/harness/python-tools.ts';
import { plain, startSidecar, until } from '../sidecar.ts';

const { ca, server } = await makeCertificates({ name: 'client', dns: 'client', uri: 'urn:client' });
const tls = { certificate: 'server.crt', key: 'server.key' };

const ways: [name: string, settings: Readonly<Record<string, unknown>>, credentials?: grpc.ChannelCredentials][] = [
  ['TCP', {}],
  ['TCP, with grpc-js', { transport: 'grpc-js' }],
  ['TLS on a unix socket', { tls, listen: 'unix:FOLDER/m.sock' }, grpc.credentials.createSsl(Buffer.from(ca))],
];

for (const [name, settings, credentials] of ways) {
  test(`over ${name}: connections of a stopped worker are served by others after it is killed`, async () => {
    const files = { 'server.crt': server.cert, 'server.key': server.key };
    await using sidecar = await startSidecar({ ...plain, ...settings }, files);
    const [victim = 0] = sidecar.workers();
    process.kill(victim, 'SIGSTOP');
    // Two for each worker. Of the stopped worker's connections, one is in its channel and one waits in the primary.
    const callers = Array.from({ length: 4 }, () => sidecar.connect(credentials));
    const issuers: unknown[] = [];
    for (const { token } of callers) void token().then((got) => issuers.push(got?.claims.iss));
    await until(async () => {
      const samples = await sidecar.metrics();
      return ['1', '2'].every((worker) => samples.get(`mintproc_worker_connections{worker="${worker}"}`) === 2);
    });
    process.kill(victim, 'SIGKILL');
    await until(() => issuers.length === callers.length);
    assert.deepEqual(issuers, ['one', 'one', 'one', 'one']);
    await until(async () => (await sidecar.metrics()).get('mintproc_workers') === 2);
    const samples = await sidecar.metrics();
    assert.equal(samples.get('mintproc_worker_restarts_total'), 1);
    assert.equal(samples.get('mintproc_requests_total{outcome="forwarded"}'), 4);
  });
}
