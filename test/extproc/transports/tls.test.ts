import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { type TestContext, test } from 'node:test';
import { connect } from 'node:tls';
import * as grpc from '@grpc/grpc-js';
import { startServer } from '../../../src/extproc/server.ts';
import { type TransportName, transports } from '../../../src/extproc/transports/index.ts';
import { TlsTermination } from '../../../src/net/tls-termination.ts';
import { makeTlsFiles, type TlsFile } from '../../e2e/harness/tls-files.ts';
import { probe } from '../../e2e/harness/tls-probe.ts';
import { defaultLimits } from '../default-limits.ts';
import { RecordingObserver } from '../recording-observer.ts';
import { StreamClient } from '../stream-client.ts';

const noted = (): void => assert.fail('no client is refused by its name');
const [files, renewed] = await Promise.all([makeTlsFiles(), makeTlsFiles()]);

function pem(name: TlsFile): Buffer {
  return Buffer.from(files[name]);
}

type Files = typeof files;

function termination(of: Files, clientAuthorities: string | undefined): TlsTermination {
  return new TlsTermination({ certificate: of['server.crt'], key: of['server.key'], clientAuthorities }, noted);
}

async function started(
  t: TestContext,
  transport: TransportName,
  clientAuthorities: string | undefined,
  tls = termination(files, clientAuthorities),
) {
  const pin = () => () => ({ kind: 'untouched', mints: [] }) as const;
  const observer = new RecordingObserver();
  const server = await startServer({
    limits: defaultLimits,
    addresses: ['127.0.0.1:0'],
    transport,
    tls,
    observer,
    pin,
  });
  t.after(() => server.stop(0));
  return server.addresses[0] ?? '';
}

const authority = files['authority.crt'];

const callers: [
  name: string,
  authorities: string | undefined,
  credentials: 'client' | 'stranger' | undefined,
  served: boolean,
][] = [
  ['without a certificate, if none is required', undefined, undefined, true],
  ['with the certificate that is asked for', authority, 'client', true],
  ['without the certificate that is asked for', authority, undefined, false],
  ['with a certificate of another authority', authority, 'stranger', false],
];

for (const transport of Object.keys(transports) as TransportName[]) {
  for (const [name, authorities, credentials, served] of callers) {
    test(`${transport}: a client ${name} is ${served ? 'served' : 'refused'}`, async (t) => {
      const address = await started(t, transport, authorities);
      const key = credentials === undefined ? null : pem(`${credentials}.key`);
      const certificate = credentials === undefined ? null : pem(`${credentials}.crt`);
      const client = new StreamClient(address, grpc.credentials.createSsl(pem('authority.crt'), key, certificate));
      t.after(() => client.close());
      const { answers, status } = await client.converse([{ request_headers: {} }]);
      assert.deepEqual([answers.length, status.code === grpc.status.OK], [served ? 1 : 0, served]);
    });
  }

  for (const protocols of [['http/1.1'], undefined]) {
    test(`${transport}: a client that offers ${protocols ?? 'no protocol'} is dropped`, async (t) => {
      const [host = '', port] = (await started(t, transport, undefined)).split(':');
      const socket = connect({
        host,
        port: Number(port),
        ca: pem('authority.crt'),
        ...(protocols === undefined ? {} : { ALPNProtocols: protocols }),
      });
      socket.on('error', () => undefined);
      socket.on('data', () => assert.fail('the server speaks'));
      await new Promise((resolve) => socket.once('close', resolve));
    });
  }
}

const der = (of: Files): Buffer => new X509Certificate(of['server.crt']).raw;
const trusted = [files['authority.crt'], renewed['authority.crt']];
const callerOf = (of: Files) => ({ trusted, certificate: of['client.crt'], key: of['client.key'] });
const pairOf = (of: Files, authorities: Files | undefined) => ({
  certificate: of['server.crt'],
  key: of['server.key'],
  clientAuthorities: authorities?.['authority.crt'],
});

for (const transport of Object.keys(transports) as TransportName[]) {
  test(`${transport}: a new pair is used for new connections, and open ones continue`, async (t) => {
    const tls = termination(files, undefined);
    const address = await started(t, transport, undefined, tls);
    const open = () => {
      const roots = grpc.credentials.createSsl(Buffer.from(trusted.join('')));
      const client = new StreamClient(address, roots, { 'grpc.use_local_subchannel_pool': 1 });
      t.after(() => client.close());
      return client;
    };
    const seen = async (): Promise<Buffer> => {
      const { shown, socket } = await probe(address, { trusted });
      socket.destroy();
      return shown;
    };
    const before = open();
    const stream = before.open();
    const answered = new Promise((resolve) => stream.once('data', resolve));
    stream.on('error', () => undefined);
    stream.write({ request_headers: {} });
    await answered;
    assert.deepEqual(await seen(), der(files));
    tls.use(pairOf(renewed, undefined));
    assert.deepEqual(await seen(), der(renewed));
    for (const client of [before, open()]) {
      const { answers, status } = await client.converse([{ request_headers: {} }]);
      assert.deepEqual([answers.length, status.code], [1, grpc.status.OK]);
    }
    stream.end();
    const status = await new Promise<grpc.StatusObject>((resolve) => stream.once('status', resolve));
    assert.equal(status.code, grpc.status.OK, 'the stream that was open meanwhile');
  });
}

const authorityChanges: [name: string, before: Files | undefined, after: Files | undefined, served: boolean[]][] = [
  ['added', undefined, renewed, [true, true, false, true]],
  ['taken away', renewed, undefined, [false, true, true, true]],
  ['exchanged', files, renewed, [true, false, false, true]],
];

for (const [name, before, after, served] of authorityChanges) {
  test(`client CAs that are ${name} apply to new connections`, async (t) => {
    const tls = new TlsTermination(pairOf(files, before), noted);
    const address = await started(t, 'native', undefined, tls);
    const seen: boolean[] = [];
    const ask = async (): Promise<void> => {
      for (const caller of [files, renewed]) {
        const { served: isServed, socket } = await probe(address, callerOf(caller));
        socket.destroy();
        seen.push(isServed);
      }
    };
    await ask();
    tls.use(pairOf(files, after));
    await ask();
    assert.deepEqual(seen, served);
  });
}

test('a session of the previous pair is not resumed: it would bypass the new CAs', async (t) => {
  const tls = new TlsTermination(pairOf(files, files), noted);
  const address = await started(t, 'native', undefined, tls);
  const first = await probe(address, callerOf(files));
  assert.ok(first.session);
  const again = await probe(address, { ...callerOf(files), session: first.session });
  assert.deepEqual([again.served, again.resumed], [true, true]);
  tls.use(pairOf(files, renewed));
  const last = await probe(address, { ...callerOf(files), session: again.session ?? first.session });
  assert.deepEqual([last.served, last.resumed], [false, false]);
  for (const { socket } of [first, again, last]) socket.destroy();
});
