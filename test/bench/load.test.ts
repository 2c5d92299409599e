/**
 * @module
 * The benchmark's load generators, with a server that answers as configured, byte by byte.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { test } from 'node:test';
import { percentile } from '../../bench/load/answers.ts';
import { askInTurns } from '../../bench/load/closed-loop.ts';
import { getRequest } from '../../bench/load/http-connection.ts';
import { askAtRate } from '../../bench/load/open-loop.ts';

const answer = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok';

interface Scripted extends AsyncDisposable {
  readonly port: number;
  readonly asked: string[];
}

async function serve(onRequest: (socket: Socket, number: number) => void): Promise<Scripted> {
  const asked: string[] = [];
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (bytes) => {
      asked.push(String(bytes));
      onRequest(socket, asked.length);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    asked,
    async [Symbol.asyncDispose]() {
      server.close();
      await once(server, 'close');
    },
  };
}

const requests = [getRequest('/a', [['x-a', '1']]), getRequest('/b', [])];
const loop = { requests, connections: 4, seconds: 30, maxRequests: 40 };

test('a closed loop sends the given number of requests in order', async () => {
  await using server = await serve((socket) => socket.write(answer));
  const { count, took } = await askInTurns({ ...loop, port: server.port });
  assert.equal(count, 40);
  assert.equal(took.length, 40);
  assert.equal(server.asked.filter((text) => text.startsWith('GET /a HTTP/1.1\r\nhost: ')).length, 20);
  assert.equal(server.asked[0]?.endsWith('\r\nx-a: 1\r\n\r\n'), true);
});

test('a closed loop ends when its time is over', async () => {
  await using server = await serve((socket) => socket.write(answer));
  const { count, seconds } = await askInTurns({ ...loop, port: server.port, seconds: 0.05, maxRequests: Infinity });
  assert.ok(count > 0);
  assert.ok(seconds >= 0.05);
});

test('an answer may come in pieces', async () => {
  await using server = await serve(async (socket) => {
    for (const piece of [answer.slice(0, 5), answer.slice(5, 30), answer.slice(30, -1), answer.slice(-1)]) {
      socket.write(piece);
      await new Promise((resolve) => setImmediate(resolve));
    }
  });
  assert.equal((await askInTurns({ ...loop, port: server.port, maxRequests: 8 })).count, 8);
});

const spoilt: readonly (readonly [name: string, bytes: string | undefined, message: RegExp])[] = [
  ['another status', 'HTTP/1.1 500 no\r\ncontent-length: 0\r\n\r\n', /Envoy answered HTTP\/1\.1 500/],
  ['more than one answer', answer + answer, /Envoy answered/],
  ['a connection that is closed', undefined, /Envoy closed a connection/],
];

for (const [name, bytes, message] of spoilt) {
  test(`${name} invalidates the measurement`, async () => {
    await using server = await serve((socket, number) => {
      if (number < 10) socket.write(answer);
      else if (bytes === undefined) socket.end();
      else socket.write(bytes);
    });
    await assert.rejects(askInTurns({ ...loop, port: server.port, connections: 1 }), message);
  });
}

test('an open loop counts the wait of all requests that were due during a stall', async () => {
  let stalled: Socket[] | undefined;
  await using server = await serve((socket, number) => {
    if (number === 50) {
      stalled = [];
      setTimeout(() => {
        for (const waiting of stalled ?? []) waiting.write(answer);
        stalled = undefined;
      }, 300);
    }
    if (stalled === undefined) socket.write(answer);
    else stalled.push(socket);
  });
  const answers = await askAtRate({ port: server.port, requests, connections: 4, perSecond: 500, seconds: 1 });
  assert.ok(answers.count > 300 && answers.count < 700, `${answers.count} requests`);
  assert.equal(answers.count, server.asked.length);
  // About 150 of 500 requests were due during the stall, one every 2 ms, but only 4 could be sent.
  assert.ok(percentile(answers, 0.95) > 100, `p95 ${percentile(answers, 0.95)}`);
  assert.ok(percentile(answers, 0.5) < 100, `p50 ${percentile(answers, 0.5)}`);
});
