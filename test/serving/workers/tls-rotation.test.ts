/**
 * @module
 * The TLS pair of `listen` is replaced while two workers have connections.
 */
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import * as grpc from '@grpc/grpc-js';
import { flexPolicy } from '../../configuration/memory-files.ts';
import { makeTlsFiles } from '../../e2e/harness/tls-files.ts';
import { probe } from '../../e2e/harness/tls-probe.ts';
import { plain, type Sidecar, startSidecar, until } from '../sidecar.ts';

const [old, renewed] = await Promise.all([makeTlsFiles(), makeTlsFiles()]);
type Files = typeof old;

const trusted = [old['authority.crt'], renewed['authority.crt']];

/** The certificates that four concurrent connections get, so that both workers have some. */
async function seen({ address }: Sidecar): Promise<string> {
  const probes = await Promise.all(Array.from({ length: 4 }, () => probe(address, { trusted })));
  for (const { socket } of probes) socket.destroy();
  const names = probes.map(({ shown }) => {
    if (shown.equals(new X509Certificate(old['server.crt']).raw)) return 'old';
    return shown.equals(new X509Certificate(renewed['server.crt']).raw) ? 'renewed' : 'unknown';
  });
  return [...new Set(names)].join(' and ');
}

async function tlsError({ get }: Sidecar): Promise<unknown> {
  return JSON.parse((await get('/readyz')).body).tlsError;
}

function write(sidecar: Sidecar, files: Files, ...names: readonly ('server.crt' | 'server.key')[]): void {
  for (const name of names) sidecar.write(name, files[name]);
}

for (const transport of ['native', 'grpc-js']) {
  test(`${transport}: all workers have the same pair at each step of a rotation, including one that starts later`, async () => {
    const tls = { certificate: 'server.crt', key: 'server.key' };
    const files = { 'server.crt': old['server.crt'], 'server.key': old['server.key'] };
    await using sidecar = await startSidecar({ ...plain, transport, tls }, files);
    const credentials = grpc.credentials.createSsl(Buffer.from(trusted.join('')));
    const callers = [sidecar.connect(credentials), sidecar.connect(credentials)];
    const issuers = () => Promise.all(callers.map(async ({ token }) => (await token())?.claims.iss));
    assert.deepEqual(await issuers(), ['one', 'one']);
    assert.equal(await seen(sidecar), 'old');

    // Meanwhile a policy comes into force.
    write(sidecar, renewed, 'server.key');
    sidecar.write('policy.yaml', flexPolicy({ iss: 'two' }));
    await until(async () => (await issuers()).every((issuer) => issuer === 'two'));
    assert.match(
      String(await tlsError(sidecar)),
      /server\.key contains a private key that does not belong to .* \[config\.unusable-tls\]/,
    );
    assert.equal(await seen(sidecar), 'old');

    write(sidecar, renewed, 'server.crt');
    await until(async () => (await seen(sidecar)) === 'renewed');
    assert.equal(await tlsError(sidecar), undefined);
    const said = (text: string): number => sidecar.log().filter(({ message }) => String(message).includes(text)).length;
    for (const once of ['TLS pair cannot be used', 'TLS pair can be used again', 'use a new TLS pair']) {
      // A line may come after the pair is in use.
      await until(async () => said(once) > 0);
      assert.equal(said(once), 1, once);
    }

    // An invalid policy does not keep the pair from being used.
    sidecar.write('policy.yaml', '{');
    write(sidecar, old, 'server.crt', 'server.key');
    await until(async () => (await seen(sidecar)) === 'old');
    write(sidecar, renewed, 'server.crt', 'server.key');
    await until(async () => (await seen(sidecar)) === 'renewed');
    assert.equal(JSON.parse((await sidecar.get('/readyz')).body).lastReload, 'failure');
    assert.deepEqual(await issuers(), ['two', 'two']);

    const [first = 0] = sidecar.workers();
    process.kill(first, 'SIGKILL');
    await until(async () => (await sidecar.metrics()).get('mintproc_worker_restarts_total') === 1);
    await until(async () => (await sidecar.metrics()).get('mintproc_workers') === 2);
    assert.equal(await seen(sidecar), 'renewed');
    assert.equal((await sidecar.connect(credentials).token())?.claims.iss, 'two');
  });
}
