/**
 * Sockets with a shared read buffer: data, pausing and closing.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Duplex } from 'node:stream';
import { type TestContext, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { TLSSocket } from 'node:tls';
import { readingDirectly } from '../../../../src/extproc/transports/native/direct-reads.ts';

interface Pair {
  readonly client: Socket;
  readonly accepted: Socket;
  readonly direct: Duplex;
}

/** A connection over TCP, or by a unix socket. */
async function connected(t: TestContext, kind: 'tcp' | 'unix' = 'tcp'): Promise<Pair> {
  const folder = mkdtempSync(join(tmpdir(), 'mintproc-direct-'));
  const path = join(folder, 's.sock');
  const both = Promise.withResolvers<{ accepted: Socket; direct: Duplex }>();
  // As in production: in the turn in which the connection is accepted.
  const server = createServer((accepted) => both.resolve({ accepted, direct: readingDirectly(accepted) }));
  server.listen(kind === 'unix' ? { path } : { port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
  const address = server.address();
  const client = connect(typeof address === 'object' && address !== null ? { port: address.port } : { path });
  const { accepted, direct } = await both.promise;
  t.after(() => {
    client.destroy();
    direct.destroy();
    server.close();
    rmSync(folder, { recursive: true });
  });
  return { client, accepted, direct };
}

for (const kind of ['tcp', 'unix'] as const) {
  test(`${kind}: reads share one buffer, and answers are sent`, async (t) => {
    const { client, accepted, direct } = await connected(t, kind);
    assert.notEqual(direct, accepted);
    const memories = new Set<ArrayBufferLike>();
    let came = '';
    direct.on('data', (chunk: Buffer) => {
      memories.add(chunk.buffer);
      came += chunk.toString('latin1');
      direct.write(chunk.toString('latin1').toUpperCase());
    });
    for (const text of ['one', 'two']) {
      client.write(text);
      assert.equal(String((await once(client, 'data'))[0]), text.toUpperCase());
    }
    assert.deepEqual([came, memories.size], ['onetwo', 1]);
  });
}

test('data that arrives while reading is paused comes after the pause, and the sender is blocked', async (t) => {
  const { client, direct } = await connected(t);
  const sent = Buffer.alloc(20_000_000, 'x');
  let came = 0;
  let last = '';
  direct.on('data', (chunk: Buffer) => {
    if (came === 0) direct.pause();
    came += chunk.length;
    last = chunk.toString('latin1', chunk.length - 1);
  });
  client.end(Buffer.concat([sent, Buffer.from('!')]));
  while (came === 0) await pause(1);
  const before = came;
  await pause(50);
  assert.deepEqual([came, client.writableLength > 0], [before, true]);
  direct.resume();
  await once(direct, 'end');
  assert.deepEqual([came, last], [sent.length + 1, '!']);
});

test('two connections do not mix', async (t) => {
  const pairs = [await connected(t), await connected(t)];
  const came = pairs.map(() => '');
  for (const [index, { direct }] of pairs.entries()) {
    direct.on('data', (chunk: Buffer) => {
      came[index] += chunk.toString('latin1');
    });
  }
  for (let round = 0; round < 100; round++) for (const [index, { client }] of pairs.entries()) client.write(`${index}`);
  for (const { client } of pairs) client.end();
  await Promise.all(pairs.map(({ direct }) => once(direct, 'close')));
  assert.deepEqual(came, ['0'.repeat(100), '1'.repeat(100)]);
});

for (const [name, end] of [
  ['its client', ({ client }: Pair) => client.destroy()],
  ['this side', ({ direct }: Pair) => direct.destroy()],
] as const) {
  test(`the accepted socket closes with its replacement: ${name}`, async (t) => {
    const pair = await connected(t);
    pair.direct.on('data', () => undefined);
    pair.direct.on('error', () => undefined);
    const closed = once(pair.accepted, 'close');
    end(pair);
    await closed;
    assert.ok(pair.direct.destroyed);
  });
}

test('a socket that cannot be read directly is read the usual way', () => {
  const overTls = new TLSSocket(new Duplex({ read() {}, write() {} }));
  assert.equal(readingDirectly(overTls), overTls);
  overTls.destroy();
});
