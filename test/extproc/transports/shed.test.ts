/**
 * @module
 * Connections that are given up so that their clients come back elsewhere.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type ClientHttp2Session, connect } from 'node:http2';
import { type TestContext, test } from 'node:test';
import { type ProcessorServer, startServer } from '../../../src/extproc/server.ts';
import type { TransportName } from '../../../src/extproc/transports/index.ts';
import { RecordingObserver } from '../recording-observer.ts';

async function served(t: TestContext, transport: TransportName): Promise<[ProcessorServer, ClientHttp2Session[]]> {
  const observer = new RecordingObserver();
  const pin = () => () => ({ kind: 'untouched', mints: [] }) as const;
  const server = await startServer({ addresses: ['127.0.0.1:0'], transport, observer, pin });
  const clients = Array.from({ length: 3 }, () => connect(`http://${server.addresses[0]}`));
  t.after(async () => {
    for (const client of clients) client.destroy();
    await server.stop(0);
  });
  await Promise.all(clients.map((client) => once(client, 'remoteSettings')));
  return [server, clients];
}

test('native: so many connections are told to go, and none of them twice', async (t) => {
  const [server, clients] = await served(t, 'native');
  const gone: ClientHttp2Session[] = [];
  const closed = clients.map((client) => once(client, 'close').then(() => gone.push(client)));
  server.shed(1);
  server.shed(1);
  await Promise.race(closed);
  while (gone.length < 2) await new Promise((next) => setTimeout(next, 5));
  const [left, ...others] = clients.filter((client) => !gone.includes(client));
  assert.ok(left && others.length === 0);
  await new Promise<void>((answered) => left.ping(() => answered()));
  assert.equal(left.closed, false);
  server.shed(5);
  await once(left, 'close');
});

test('grpc-js: nothing happens', async (t) => {
  const [server, clients] = await served(t, 'grpc-js');
  server.shed(3);
  for (const client of clients) await new Promise<void>((answered) => client.ping(() => answered()));
  assert.deepEqual(
    clients.map(({ closed }) => closed),
    [false, false, false],
  );
});
