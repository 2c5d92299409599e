/**
 * @module
 * `tls.clients` and `tls.minVersion` in handshakes with certificates of one authority.
 */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { connect, type SecureVersion } from 'node:tls';
import { startServer } from '../../../src/extproc/server.ts';
import { type TransportName, transports } from '../../../src/extproc/transports/index.ts';
import { type TlsOptions, TlsTermination } from '../../../src/net/tls-termination.ts';
import { probe } from '../../e2e/harness/tls-probe.ts';
import { type AlternativeName, Authority, type Made } from '../../net/made-certificates.ts';
import { defaultLimits } from '../default-limits.ts';
import { RecordingObserver } from '../recording-observer.ts';

const authority = new Authority();
const server = authority.leaf([['IP', '\x7f\0\0\x01']]);
const trusted = [authority.certificate];

function settings(changes: Partial<TlsOptions>): TlsOptions {
  return { ...server, clientAuthorities: authority.certificate, ...changes };
}

async function started(t: TestContext, transport: TransportName, tls: TlsTermination): Promise<string> {
  const pin = () => () => ({ kind: 'untouched', mints: [] }) as const;
  const observer = new RecordingObserver();
  const { addresses, stop } = await startServer({
    limits: defaultLimits,
    addresses: ['127.0.0.1:0'],
    transport,
    tls,
    observer,
    pin,
  });
  t.after(() => stop(0));
  return addresses[0] ?? '';
}

async function isServed(address: string, client: Made, session?: Buffer) {
  const { served, resumed, session: next, socket } = await probe(address, { trusted, ...client, session });
  socket.destroy();
  return { served, resumed, next };
}

const envoy: AlternativeName = ['URI', 'spiffe://cluster.local/ns/a/sa/envoy'];
const other: AlternativeName = ['URI', 'spiffe://cluster.local/ns/a/sa/other'];
const clients = ['spiffe://cluster.local/ns/*/sa/envoy', 'dns:envoy.example.com'];

const callers: [name: string, names: readonly AlternativeName[], refused: readonly (string | undefined)[]][] = [
  ['the SPIFFE ID that is named', [envoy], []],
  [
    'the host that is named',
    [
      ['DNS', 'x.example.com'],
      ['DNS', 'ENVOY.example.com'],
    ],
    [],
  ],
  ['another SPIFFE ID', [other], ['spiffe://cluster.local/ns/a/sa/other']],
  ['two SPIFFE IDs', [envoy, other], [undefined]],
  ['a zero byte in its name', [['DNS', 'envoy.example.com\0']], [undefined]],
  ['no name', [], [undefined]],
];

for (const transport of Object.keys(transports) as TransportName[]) {
  for (const [name, names, refused] of callers) {
    test(`${transport}: a client with ${name} is ${refused.length === 0 ? 'served' : 'refused'}`, async (t) => {
      const seen: (string | undefined)[] = [];
      const tls = new TlsTermination(settings({ clients }), (client) => seen.push(client));
      const address = await started(t, transport, tls);
      // The subject does not count.
      const { served } = await isServed(address, authority.leaf(names, { subject: 'envoy.example.com' }));
      assert.deepEqual({ served, seen }, { served: refused.length === 0, seen: refused });
    });
  }

  test(`${transport}: a new list applies to new connections, and to sessions`, async (t) => {
    const seen: (string | undefined)[] = [];
    const tls = new TlsTermination(settings({ clients }), (client) => seen.push(client));
    const address = await started(t, transport, tls);
    const client = authority.leaf([envoy]);
    const first = await isServed(address, client);
    const again = await isServed(address, client, first.next);
    assert.deepEqual([first.served, again.served, again.resumed], [true, true, true]);
    tls.use(settings({ clients: ['dns:envoy.example.com'] }));
    const last = await isServed(address, client, again.next ?? first.next);
    assert.deepEqual([last.served, last.resumed, seen], [false, false, [envoy[1]]]);
  });
}

const versions: [minVersion: '1.2' | '1.3' | undefined, offered: SecureVersion, agreed: string | undefined][] = [
  [undefined, 'TLSv1.2', 'TLSv1.2'],
  ['1.2', 'TLSv1.2', 'TLSv1.2'],
  ['1.2', 'TLSv1.3', 'TLSv1.3'],
  ['1.3', 'TLSv1.2', undefined],
  ['1.3', 'TLSv1.3', 'TLSv1.3'],
];

for (const [minVersion, maxVersion, agreed] of versions) {
  test(`minVersion ${minVersion} and a client up to ${maxVersion}: ${agreed ?? 'refused'}`, async (t) => {
    const tls = new TlsTermination(settings({ minVersion, clientAuthorities: undefined }), () => assert.fail());
    const [host = '', port] = (await started(t, 'native', tls)).split(':');
    const socket = connect({ host, port: Number(port), ca: trusted, ALPNProtocols: ['h2'], maxVersion });
    const seen = await new Promise((resolve) => {
      socket.once('secureConnect', () => resolve(socket.getProtocol()));
      socket.once('error', () => resolve(undefined));
    });
    socket.destroy();
    assert.equal(seen, agreed);
  });
}
