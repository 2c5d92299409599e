/**
 * @module
 * Clients that are gone, send nothing or read nothing, with a simulated clock.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Connection } from '../../../../src/extproc/transports/native/connection.ts';
import { Deadlines } from '../../../../src/extproc/transports/native/deadlines.ts';
import { preface } from '../../../../src/extproc/transports/native/frame-reader.ts';
import { Memory } from '../../../../src/extproc/transports/native/memory.ts';
import { flag, frameType } from '../../../../src/extproc/transports/native/protocol.ts';
import { frame, open, settings } from './raw-client.ts';
import { SilentSocket } from './silent-socket.ts';

function connected(socket: SilentSocket): Connection {
  const fail = () => assert.fail();
  const memory = new Memory(1000, fail);
  const deadlines = new Deadlines(fail);
  return new Connection(socket, { methods: new Map(), maxMessageBytes: 1000, memory, deadlines, defect: fail }, 10);
}

const greeting = Buffer.concat([preface, settings()]);
const pong = frame(frameType.ping, flag.ack, 0, Buffer.from('alive?  '));

/** Seconds that pass, in steps of five as in production, and what the client sends after each step. */
const lives: [name: string, first: Buffer, seconds: number, says: Buffer | undefined, alive: boolean][] = [
  ['says nothing for ten seconds', Buffer.alloc(0), 10, undefined, true],
  ['says nothing for longer', Buffer.alloc(0), 15, undefined, false],
  ['says half a preface', preface.subarray(0, 12), 15, undefined, false],
  ['is quiet for as long as allowed', greeting, 80, undefined, true],
  ['is gone', greeting, 85, undefined, false],
  ['is quiet and answers pings', greeting, 1000, pong, true],
];

for (const [name, first, seconds, says, alive] of lives) {
  test(`a client that ${name} is ${alive ? 'kept' : 'given up'}`, () => {
    const socket = new SilentSocket();
    const connection = connected(socket);
    if (first.length > 0) socket.emit('data', first);
    for (let passed = 0; passed < seconds; passed += 5) {
      connection.timePassed(5);
      if (says !== undefined) socket.emit('data', says);
    }
    assert.equal(socket.destroyed, !alive);
    socket.destroy();
  });
}

test('a quiet client gets a PING after a minute', () => {
  const socket = new SilentSocket();
  const connection = connected(socket);
  socket.emit('data', greeting);
  const asked = (): boolean => Buffer.concat(socket.written).includes('alive?');
  for (let passed = 0; passed < 60; passed += 5) connection.timePassed(5);
  assert.equal(asked(), false);
  connection.timePassed(5);
  return Promise.resolve().then(() => {
    assert.equal(asked(), true);
    socket.destroy();
  });
});

test('a client that reads no answers is disconnected after half a minute', () => {
  const socket = new SilentSocket({ takes: false });
  const connection = connected(socket);
  socket.emit('data', greeting);
  for (let count = 0; count < 4000; count++) socket.emit('data', open(2 * count + 1));
  for (let passed = 0; passed < 30; passed += 5) {
    connection.timePassed(5);
    socket.emit('data', pong);
  }
  assert.equal(socket.destroyed, false);
  connection.timePassed(5);
  assert.equal(socket.destroyed, true);
});
