import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { after, before, suite, test } from 'node:test';
import { text } from '../../src/observe/http-answer.ts';
import { HttpConnection, maxRequests } from '../../src/observe/http-connection.ts';
import { HttpConnections, maxConnections } from '../../src/observe/http-connections.ts';
import { createLog } from '../../src/observe/log.ts';
import { Metrics } from '../../src/observe/metrics.ts';
import { Readiness } from '../../src/observe/readiness.ts';
import { startKeyServer } from '../../src/publishing/key-server.ts';
import { startSidecar, until } from '../serving/sidecar.ts';
import { isAlive, type Kind, kinds, probe, startHostilePeers } from './hostile-peers.ts';

const request = 'GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n';
const options = { answer: async () => text(200, 'ok'), isClosing: () => false };

/** A client that records what it receives. */
interface Client {
  readonly socket: Socket;
  got: string;
}

async function open(port: number): Promise<Client> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  const client = { socket, got: '' };
  socket.on('data', (chunk) => {
    client.got += chunk;
  });
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return client;
}

async function portOf(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  assert.ok(address !== null && typeof address === 'object');
  return address.port;
}

suite('the connections of an address', () => {
  const all = new HttpConnections(options);
  let accepted = 0;
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    accepted++;
    all.add(socket);
  });
  let port = 0;
  const clients: Client[] = [];
  before(async () => {
    port = await portOf(server);
  });
  after(() => {
    for (const { socket } of clients) socket.destroy();
    all.closeAll();
    server.close();
  });

  /** Returns once the server has received it. */
  async function come(): Promise<Client> {
    const before_ = accepted;
    const client = await open(port);
    clients.push(client);
    await until(() => accepted > before_);
    return client;
  }

  test('at the maximum all stay; one more closes the oldest and is answered', async () => {
    for (let i = 0; i < maxConnections; i++) await come();
    const answered = clients[1];
    answered?.socket.write(request);
    await until(() => answered?.got.endsWith('ok\n') === true);
    assert.ok(clients.every(({ socket }) => !socket.destroyed));

    const more = await come();
    await until(() => answered?.socket.destroyed === true || answered?.socket.readableEnded === true);
    assert.equal(clients[0]?.socket.readableEnded, false, 'one that waits stays while another is idle');
    const next = await come();
    await until(() => clients[0]?.socket.destroyed === true || clients[0]?.socket.readableEnded === true);
    assert.equal(clients[2]?.socket.readableEnded, false);
    for (const { socket } of [more, next]) socket.write(request);
    await until(() => more.got.endsWith('ok\n') && next.got.endsWith('ok\n'));
  });
});

suite('a connection', () => {
  const connections: HttpConnection[] = [];
  const server = createServer({ allowHalfOpen: true }, (socket) =>
    connections.push(new HttpConnection(socket, options)),
  );
  let port = 0;
  before(async () => {
    port = await portOf(server);
  });
  after(() => {
    for (const connection of connections) connection.destroy();
    server.close();
  });

  test('the last answer of the maximum number closes the connection', async () => {
    const { socket, ...client } = await open(port);
    const answers: string[] = [];
    socket.on('data', (chunk) => answers.push(String(chunk)));
    for (let i = 1; i <= maxRequests; i++) {
      socket.write(request);
      await until(() => answers.length === i);
    }
    assert.equal(client.got, '');
    assert.doesNotMatch(answers[maxRequests - 2] ?? '', /connection: close/);
    assert.match(answers[maxRequests - 1] ?? '', /connection: close/);
    socket.end();
    await once(socket, 'close');
  });

  const states: [name: string, sent: string, answers: number, milliseconds: number][] = [
    ['without a request', '', 0, 5_000],
    ['with half of one', 'GET / HTTP', 0, 5_000],
    ['that has its answer', request, 1, 5_000],
  ];

  for (const [name, sent, answers, milliseconds] of states) {
    test(`one ${name} may stay for ${milliseconds} ms`, async () => {
      const client = await open(port);
      client.socket.write(sent);
      await until(() => client.got.split('HTTP/1.1 200').length - 1 === answers);
      const connection = connections.at(-1);
      assert.equal(connection?.isIdle, answers > 0);
      assert.equal(connection?.isOverdue(performance.now() + milliseconds - 4_000), false);
      assert.equal(connection?.isOverdue(performance.now() + milliseconds + 1), true);
      client.socket.destroy();
    });
  }

  const series: [name: string, sent: string, statuses: number[], closes: boolean][] = [
    ['two in one write', request.repeat(2), [200, 200], false],
    ['with empty lines between them', `${request}\r\n\r\n${request}`, [200, 200], false],
    ['more in one write than is buffered', request.repeat(1_000), [200], true],
    ['a body', `${request.replace('\r\n\r\n', '\r\nContent-Length: 5\r\n\r\n')}abcde`, [200], true],
    ['noise', 'a\r\n\r\n', [400], true],
    ['a head that is too large', 'x'.repeat(9_000), [431], true],
    ['an older client', 'GET / HTTP/1.0\r\n\r\n', [200], true],
    ['the last', request.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n'), [200], true],
  ];

  for (const [name, sent, statuses, closes] of series) {
    test(`requests: ${name}`, async () => {
      const client = await open(port);
      client.socket.write(sent);
      const seen = (): number[] => Array.from(client.got.matchAll(/HTTP\/1\.1 (\d+)/g), ([, status]) => Number(status));
      await until(() => seen().length >= statuses.length && (!closes || client.socket.readableEnded));
      assert.deepEqual(seen(), statuses);
      assert.equal(client.socket.readableEnded, closes);
      client.socket.destroy();
    });
  }

  test('a client that has ended its side gets its answer', async () => {
    const client = await open(port);
    client.socket.end(request);
    await once(client.socket, 'close');
    assert.match(client.got, /^HTTP\/1\.1 200 OK\r\n[\s\S]*\r\n\r\nok\n$/);
  });

  test('an HTTP/1.0 client that keeps the connection is recorded so', async () => {
    const client = await open(port);
    client.socket.write('GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n');
    await until(() => client.got.endsWith('ok\n'));
    assert.match(client.got, /\r\nconnection: keep-alive\r\n/);
    client.socket.destroy();
  });
});

const mixed: readonly Kind[] = Object.keys(kinds) as Kind[];
const crowds: [name: string, peers: readonly Kind[]][] = [
  ['500 connections of all kinds', Array.from({ length: 500 }, (_, i) => mixed[i % mixed.length] ?? 'idle')],
  ['64 that are kept alive and ask every 0.7 s', Array.from({ length: 64 }, () => 'kept alive')],
];

for (const [name, peers] of crowds) {
  test(`H8: 20 of 20 probes of the admin address succeed with ${name}`, async () => {
    await using sidecar = await startSidecar({
      policies: [{ name: 'p', file: 'policy.yaml' }],
      routes: [{ match: {}, policies: ['p'] }],
    });
    const port = Number(sidecar.adminAddress.split(':').at(-1));
    using _ = await startHostilePeers(port, peers, 700);
    for (let i = 0; i < 20; i++) {
      const answer = await probe(port);
      assert.ok(isAlive(answer), `probe ${i}: ${answer}`);
    }
  });
}

test('H8: 20 of 20 requests for the JWKS succeed with 300 other connections of all kinds', async () => {
  const documents = { '/healthz': () => 'ok\n' };
  const log = createLog('silent', () => {});
  const address = { host: '127.0.0.1', port: 0 };
  const readiness = new Readiness();
  const metrics = new Metrics({ version: '0', outcomes: [] });
  const keys = await startKeyServer({ address, documents, maxAge: () => 1, metrics, log, readiness });
  const port = Number(keys.address.split(':').at(-1));
  {
    using _ = await startHostilePeers(
      port,
      Array.from({ length: 300 }, (_, i) => mixed[i % mixed.length] ?? 'idle'),
      700,
    );
    for (let i = 0; i < 20; i++) assert.ok(isAlive(await probe(port)));
  }
  await keys.close();
});
