import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createConnection, type Socket } from 'node:net';
import { test } from 'node:test';
import { listening } from '../../../src/net/listen.ts';
import { AssignedConnections } from '../../../src/serving/workers/assigned-connections.ts';
import type { FromWorker } from '../../../src/serving/workers/messages.ts';

const channels: [name: string, writesImmediately: boolean, outcome: string][] = [
  ['takes messages', true, 'served'],
  ['is full', false, 'closed unread'],
];

for (const [name, writesImmediately, outcome] of channels) {
  test(`while the channel to the primary ${name}, a connection is ${outcome}`, async (t) => {
    const sent: FromWorker[] = [];
    const connections = new AssignedConnections({
      send(message, onWritten) {
        sent.push(message);
        if (writesImmediately && onWritten !== undefined) process.nextTick(onWritten);
      },
    });
    const served: Socket[] = [];
    await connections.acceptWith(undefined)((socket) => served.push(socket));
    const { promise, resolve } = Promise.withResolvers<{ socket: Socket; closed: Promise<unknown> }>();
    const [listener] = await listening(['127.0.0.1:0'])((socket) => {
      connections.take(7, socket);
      resolve({ socket, closed: once(socket, 'close') });
    });
    assert.ok(listener);
    t.after(() => listener.close());
    const client = createConnection({ host: '127.0.0.1', port: Number(listener.address.split(':').at(-1)) });
    client.on('error', () => undefined).write('hello');
    const { socket, closed } = await promise;
    assert.deepEqual(sent, [{ kind: 'taken', id: 7 }]);
    await new Promise((next) => process.nextTick(next));
    assert.deepEqual([served.includes(socket), socket.destroyed], [writesImmediately, !writesImmediately]);
    assert.equal(socket.bytesRead, 0);
    client.destroy();
    socket.resume();
    await closed;
    assert.deepEqual(sent.at(-1), { kind: 'closed' });
  });
}
