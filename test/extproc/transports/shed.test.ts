/**
 * @module
 * Closing connections so that their clients reconnect to another worker.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type ClientHttp2Session, connect } from 'node:http2';
import { type TestContext, test } from 'node:test';
import { type ProcessorServer, startServer } from '../../../src/extproc/server.ts';
import type { TransportName } from '../../../src/extproc/transports/index.ts';
import { defaultLimits } from '../default-limits.ts';
import { RecordingObserver } from '../recording-observer.ts';

async function served(t: TestContext, transport: TransportName): Promise<[ProcessorServer, ClientHttp2Session[]]> {
  const observer = new RecordingObserver();
  const pin = () => () => ({ kind: 'untouched', mints: [] }) as const;
  const server = await startServer({ limits: defaultLimits, addresses: ['127.0.0.1:0'], transport, observer, pin });
  const clients = Array.from({ length: 3 }, () => connect(`http://${server.addresses[0]}`));
  t.after(async () => {
    for (const client of clients) client.destroy();
    await server.stop(0);
  });
  await Promise.all(clients.map((client) => once(client, 'remoteSettings')));
  return [server, clients];
}

test('native: the given number of connections are drained, including those already draining', async (t) => {
  const [server, clients] = await served(t, 'native');
  const gone: ClientHttp2Session[] = [];
  const closed = clients.map((client) => once(client, 'close').then(() => gone.push(client)));
  server.shed(1);
  server.shed(1);
  await Promise.race(closed);
  const left = clients.filter((client) => !gone.includes(client));
  assert.equal(left.length, 2);
  for (const client of left) await new Promise<void>((answered) => client.ping(() => answered()));
  assert.deepEqual(
    left.map((client) => client.closed),
    [false, false],
  );
  server.shed(5);
  await Promise.all(closed);
});

test('grpc-js: connections stay', async (t) => {
  const [server, clients] = await served(t, 'grpc-js');
  server.shed(3);
  for (const client of clients) await new Promise<void>((answered) => client.ping(() => answered()));
  assert.deepEqual(
    clients.map(({ closed }) => closed),
    [false, false, false],
  );
});
