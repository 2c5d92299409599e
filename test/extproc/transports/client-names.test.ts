/**
 * @module
 * `tls.clients` and `tls.minVersion` in handshakes with certificates of one authority.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect as connectPlain } from 'node:net';
import { Duplex } from 'node:stream';
import { type TestContext, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { connect, type SecureVersion } from 'node:tls';
import { finish } from '../../../src/diagnostics/steps.ts';
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
    finish(tls.use(settings({ clients: ['dns:envoy.example.com'] })));
    const last = await isServed(address, client, again.next ?? first.next);
    // The server may not have seen yet that the first connections ended, and then closes them.
    assert.deepEqual([last.served, last.resumed, [...new Set(seen)]], [false, false, [envoy[1]]]);
  });
}

const reloads: [
  name: string,
  before: readonly string[] | undefined,
  after: readonly string[] | undefined,
  stays: boolean,
][] = [
  ['that still has its name', clients, ['dns:x.example.com', clients[0] ?? ''], true],
  ['that is the same', clients, [...clients], true],
  ['that has its name no more', clients, ['dns:envoy.example.com'], false],
  ['where there was none', undefined, ['dns:envoy.example.com'], false],
  ['that is gone', clients, undefined, true],
];

for (const transport of Object.keys(transports) as TransportName[]) {
  for (const [name, before, after, stays] of reloads) {
    test(`${transport}: an open connection ${stays ? 'stays' : 'is closed'} with a new list ${name}`, async (t) => {
      const seen: (string | undefined)[] = [];
      const tls = new TlsTermination(settings({ clients: before }), (client) => seen.push(client));
      const address = await started(t, transport, tls);
      const { socket, served } = await probe(address, { trusted, ...authority.leaf([envoy]) });
      const closed = new Promise((resolve) => socket.once('close', () => resolve('closed')));
      t.after(() => socket.destroy());
      finish(tls.use(settings({ clients: after })));
      const end = await Promise.race([closed, pause(stays ? 100 : 5_000, 'open')]);
      assert.deepEqual([served, end, seen], stays ? [true, 'open', []] : [true, 'closed', [envoy[1]]]);
    });
  }
}

test('a new list applies to a connection whose handshake began before', async (t) => {
  const seen: (string | undefined)[] = [];
  const tls = new TlsTermination(settings({ clients }), (client) => seen.push(client));
  const [host = '', port] = (await started(t, 'native', tls)).split(':');
  const raw = connectPlain({ host, port: Number(port) });
  t.after(() => raw.destroy());
  const { certificate: cert, key } = authority.leaf([envoy]);
  // The server has the beginning of the first message, and waits for the rest.
  let isHeld = true;
  const between = new Duplex({
    read: () => undefined,
    write(chunk: Buffer, _, done) {
      if (!isHeld) return void raw.write(chunk, () => done());
      isHeld = false;
      raw.write(chunk.subarray(0, 3));
      setTimeout(() => {
        finish(tls.use(settings({ clients: ['dns:envoy.example.com'] })));
        raw.write(chunk.subarray(3), () => done());
      }, 50);
    },
  });
  raw.on('data', (chunk) => between.push(chunk));
  const socket = connect({
    socket: between,
    ca: trusted,
    ALPNProtocols: ['h2'],
    cert,
    key,
    servername: '',
    checkServerIdentity: () => undefined,
  });
  let served = false;
  socket.on('data', () => {
    served = true;
  });
  socket.on('error', () => undefined);
  await once(raw, 'close');
  assert.deepEqual([served, seen], [false, [envoy[1]]]);
});

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
