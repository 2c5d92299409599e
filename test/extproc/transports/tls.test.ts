import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { connect } from 'node:tls';
import * as grpc from '@grpc/grpc-js';
import { startServer } from '../../../src/extproc/server.ts';
import { type TransportName, transports } from '../../../src/extproc/transports/index.ts';
import { makeTlsFiles, type TlsFile } from '../../e2e/harness/tls-files.ts';
import { RecordingObserver } from '../recording-observer.ts';
import { StreamClient } from '../stream-client.ts';

const files = await makeTlsFiles();

function pem(name: TlsFile): Buffer {
  return Buffer.from(files[name]);
}

async function started(t: TestContext, transport: TransportName, clientAuthorities: string | undefined) {
  const tls = { certificate: files['server.crt'], key: files['server.key'], clientAuthorities };
  const pin = () => () => ({ kind: 'untouched', mints: [] }) as const;
  const observer = new RecordingObserver();
  const server = await startServer({ addresses: ['127.0.0.1:0'], transport, tls, observer, pin });
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
  ['without a certificate, where none is asked for', undefined, undefined, true],
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
