/**
 * @module
 * `tls` with the files of SPIFFE's Workload API as spiffe-helper writes them, for one process and for workers: the list
 * of clients is reloaded, and a certificate is renewed.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stringify } from 'yaml';
import { type Probe, probe } from '../../e2e/harness/tls-probe.ts';
import { Authority } from '../../net/made-certificates.ts';
import { plain, startSidecar, until } from '../sidecar.ts';

const root = new Authority();
const intermediate = new Authority(root);
/** The trust domain's authorities while they are rotated: two. */
const bundle = [root, new Authority()].map(({ certificate }) => certificate).join('');

const idOf = (account: string): string => `spiffe://example.org/ns/apps/sa/${account}`;

/** spiffe-helper writes the chain without the root, and a PKCS #8 key. The subject of an SVID may be empty. */
function svidFiles(account: string): Readonly<Record<'svid.pem' | 'svid_key.pem' | 'svid_bundle.pem', string>> {
  const { certificate, key } = intermediate.leaf([['URI', idOf(account)]]);
  return { 'svid.pem': `${certificate}${intermediate.certificate}`, 'svid_key.pem': key, 'svid_bundle.pem': bundle };
}

for (const workers of [1, 2]) {
  test(`SPIFFE files, ${workers} processes: the list of clients is followed`, async () => {
    const tls = {
      certificate: 'svid.pem',
      key: 'svid_key.pem',
      clientAuthorities: 'svid_bundle.pem',
      minVersion: '1.3',
    };
    const settings = (account: string) => ({ ...plain, workers, tls: { ...tls, clients: [idOf(account)] } });
    await using sidecar = await startSidecar(settings('envoy'), svidFiles('mintproc'));
    const connectAs = (account: string): Promise<Probe> => {
      const { 'svid.pem': certificate, 'svid_key.pem': key } = svidFiles(account);
      // An SVID has no host name, which Node's client would compare; it checks the authority all the same.
      return probe(sidecar.address, { trusted: [bundle], certificate, key, named: false });
    };
    const isServed = async (account: string): Promise<boolean> => {
      const { served, socket } = await connectAs(account);
      socket.destroy();
      return served;
    };
    const { socket: old } = await connectAs('envoy');
    assert.deepEqual([await isServed('envoy'), await isServed('other')], [true, false]);
    const addresses = { listen: sidecar.address, admin: sidecar.adminAddress };
    sidecar.write('mintproc.yaml', stringify({ ...settings('other'), ...addresses }));
    await until(async () => (await isServed('other')) && !(await isServed('envoy')));
    await until(async () => old.closed);
    for (const [name, text] of Object.entries(svidFiles('mintproc'))) sidecar.write(name, text);
    await until(() => sidecar.log().filter(({ message }) => String(message).includes('new TLS')).length === 2);
    assert.equal(await isServed('other'), true);
    const refused = sidecar.log().filter(({ code }) => code === 'extproc.unknown-client');
    assert.deepEqual(refused[0]?.['client'], idOf('other'));
    assert.ok(refused.length >= 1 && refused.length <= workers, 'a line a minute for each process');
    await until(async () => ((await sidecar.metrics()).get('mintproc_clients_refused_total') ?? 0) >= 2);
  });
}
