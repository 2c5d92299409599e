/**
 * @module
 * The two steps of a drain (RFC 9113, 6.8): streams that cross the first GOAWAY are served.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { ConnectionEnd } from '../../../../src/extproc/transports/native/connection-end.ts';
import { Output } from '../../../../src/extproc/transports/native/output.ts';
import { errorCode, flag, frameType } from '../../../../src/extproc/transports/native/protocol.ts';
import { Streams } from '../../../../src/extproc/transports/native/streams.ts';
import { data, type Frame, frame, open, requestMessage, uint32 } from './raw-client.ts';
import { served } from './served.ts';
import { SilentSocket } from './silent-socket.ts';

const isAnswer = ({ type }: Frame): boolean => type === frameType.data;

test('a drain serves the stream that crosses the first GOAWAY, and refuses the next one', async (t) => {
  const { client, server } = await served(t);
  client.send(open(1), data(1, requestMessage));
  assert.ok(await client.next(isAnswer));
  const stopped = server.stop(5000);
  const notice = await client.next(({ type }) => type === frameType.goAway);
  assert.deepEqual([notice?.payload.readUInt32BE(), notice?.payload.readUInt32BE(4)], [2 ** 31 - 1, 0]);
  const ping = await client.next(({ type }) => type === frameType.ping);
  // This client opens a stream before it has read the first GOAWAY.
  client.send(open(3), data(3, requestMessage));
  assert.ok(await client.next(isAnswer));
  client.send(frame(frameType.ping, flag.ack, 0, ping?.payload ?? Buffer.alloc(8)));
  const last = await client.next(({ type }) => type === frameType.goAway);
  assert.deepEqual([last?.payload.readUInt32BE(), last?.payload.readUInt32BE(4)], [3, 0]);
  client.send(open(5), data(5, requestMessage));
  const refused = await client.next(({ type }) => type === frameType.reset);
  assert.deepEqual([refused?.stream, refused?.payload.readUInt32BE()], [5, errorCode.refusedStream]);
  client.send(data(1, Buffer.alloc(0), true), data(3, Buffer.alloc(0), true));
  assert.equal(await stopped, 'drained');
});

test('a client that does not answer the PING is drained too', async (t) => {
  const { client, server } = await served(t);
  assert.equal(await client.isServed(), true);
  const closed = once(client.socket, 'close');
  assert.equal(await server.stop(5000), 'drained');
  await closed;
});

test('a connection without data does not delay the end', async (t) => {
  const { server } = await served(t, {}, Buffer.alloc(0));
  await pause(20);
  assert.equal(await server.stop(5000), 'drained');
});

test('a connection that has failed is not failed again, nor drained', (t) => {
  const socket = new SilentSocket();
  const output = new Output(socket, () => undefined);
  const end = new ConnectionEnd(socket, output, new Streams());
  t.after(() => end.closed());
  output.turn(() => end.fail(errorCode.protocol, 'first'));
  output.turn(() => end.fail(errorCode.internal, 'second'));
  output.turn(() => end.drain());
  const goAway = Buffer.concat([uint32(0), uint32(errorCode.protocol), Buffer.from('first')]);
  assert.deepEqual(Buffer.concat(socket.written), frame(frameType.goAway, 0, 0, goAway));
  assert.equal(end.isOver, true);
});
