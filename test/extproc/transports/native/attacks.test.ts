/**
 * @module
 * Known attacks on HTTP/2 servers. Each ends its own connection or is tolerated; another connection is served
 * meanwhile.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { floodBurst, nuisance } from '../../../../src/extproc/transports/native/flood-guard.ts';
import { maxBlockBytes, maxContinuations } from '../../../../src/extproc/transports/native/header-block.ts';
import { encodeBlock } from '../../../../src/extproc/transports/native/hpack-encoder.ts';
import { memoryBounds } from '../../../../src/extproc/transports/native/memory.ts';
import { setting } from '../../../../src/extproc/transports/native/peer-settings.ts';
import { errorCode, flag, frameType } from '../../../../src/extproc/transports/native/protocol.ts';
import { defaultLimits } from '../../default-limits.ts';
import { callBlock, data, frame, open, requestMessage, settings, uint32 } from './raw-client.ts';
import { served } from './served.ts';

const empty = Buffer.alloc(0);
/** A stream for empty data or priorities. */
const opened = open(1);

function many(count: number, one: Buffer): Buffer {
  return Buffer.concat(Array<Buffer>(count).fill(one));
}

/** The start of a larger message, as DATA frames of `bytes` in total. */
function bodyOf(bytes: number): Buffer {
  const whole = Buffer.concat([Buffer.from([0]), uint32(2 ** 20), Buffer.alloc(bytes - 5)]);
  const frames: Buffer[] = [];
  for (let at = 0; at < whole.length; at += 16_384) frames.push(data(1, whole.subarray(at, at + 16_384)));
  return Buffer.concat(frames);
}

/** Streams that are opened and immediately reset, before a message. */
function rapidResets(count: number): Buffer {
  const block = callBlock();
  return Buffer.concat(
    Array.from({ length: count }, (_, index) => {
      const id = 2 * index + 1;
      return Buffer.concat([open(id, block), frame(frameType.reset, 0, id, uint32(errorCode.cancel))]);
    }),
  );
}

const ping = frame(frameType.ping, 0, 0, Buffer.alloc(8));
const firstFragment = frame(frameType.headers, 0, 1, empty);

const floods: [name: string, bytes: Buffer, code: number][] = [
  ['PING', many(floodBurst + 1, ping), errorCode.enhanceYourCalm],
  ['SETTINGS', many(floodBurst / nuisance.settings + 1, settings()), errorCode.enhanceYourCalm],
  ['acknowledged SETTINGS', many(floodBurst + 1, frame(frameType.settings, flag.ack, 0)), errorCode.enhanceYourCalm],
  ['PRIORITY', many(floodBurst + 1, frame(frameType.priority, 0, 3, Buffer.alloc(5))), errorCode.enhanceYourCalm],
  ['empty DATA', Buffer.concat([opened, many(floodBurst + 1, data(1, empty))]), errorCode.enhanceYourCalm],
  [
    'padding without data',
    Buffer.concat([opened, many(floodBurst + 1, frame(frameType.data, flag.padded, 1, Buffer.from([2, 0, 0])))]),
    errorCode.enhanceYourCalm,
  ],
  ['WINDOW_UPDATE', many(floodBurst + 1, frame(frameType.windowUpdate, 0, 0, uint32(1))), errorCode.enhanceYourCalm],
  [
    'WINDOW_UPDATE on a stream that ended',
    Buffer.concat([
      opened,
      frame(frameType.reset, 0, 1, uint32(8)),
      many(floodBurst, frame(frameType.windowUpdate, 0, 1, uint32(1))),
    ]),
    errorCode.enhanceYourCalm,
  ],
  [
    'RST_STREAM on a stream that ended',
    Buffer.concat([opened, many(floodBurst - nuisance.earlyReset + 2, frame(frameType.reset, 0, 1, uint32(8)))]),
    errorCode.enhanceYourCalm,
  ],
  ['unknown frames', many(floodBurst + 1, frame(0x77, 0, 0)), errorCode.enhanceYourCalm],
  ['GOAWAY', many(floodBurst + 1, frame(frameType.goAway, 0, 0, Buffer.alloc(8))), errorCode.enhanceYourCalm],
  ['rapid reset', rapidResets(2 * floodBurst), errorCode.enhanceYourCalm],
  [
    'empty CONTINUATION',
    Buffer.concat([firstFragment, many(maxContinuations + 1, frame(frameType.continuation, 0, 1))]),
    errorCode.enhanceYourCalm,
  ],
  [
    'large CONTINUATION',
    Buffer.concat([
      firstFragment,
      many(maxBlockBytes / 16_384 + 1, frame(frameType.continuation, 0, 1, Buffer.alloc(16_384, 'x'))),
    ]),
    errorCode.enhanceYourCalm,
  ],
  [
    'malformed requests',
    Buffer.concat(
      Array.from({ length: floodBurst / nuisance.streamError + 1 }, (_, index) =>
        open(2 * index + 1, encodeBlock([['Upper', 'case']])),
      ),
    ),
    errorCode.enhanceYourCalm,
  ],
  ['an oversized frame', frame(frameType.data, 0, 1, Buffer.alloc(16_385)), errorCode.frameSize],
  ['data without a window', Buffer.concat([many(65, data(1, Buffer.alloc(16_384)))]), errorCode.protocol],
];

for (const [name, bytes, code] of floods) {
  test(`a flood ends its connection: ${name}`, async (t) => {
    const { client, connect } = await served(t);
    client.send(bytes);
    assert.equal(await client.end(), code);
    assert.equal(await (await connect()).isServed(), true);
  });
}

const tolerated: [name: string, bytes: Buffer][] = [
  ['as many pings as the burst allows', many(floodBurst - 100, ping)],
  ['as many settings as the burst allows', many(floodBurst / nuisance.settings - 2, settings())],
  ['more resets after an answer than the burst allows', answeredResets(floodBurst / nuisance.earlyReset + 1)],
  ['as many continuations as allowed', continued(maxContinuations)],
];

/** Resets of streams whose plain answer waits for a window. */
function answeredResets(count: number): Buffer {
  const block = callBlock({ ':method': 'GET' });
  const each = Array.from({ length: count }, (_, index) => {
    const id = 2 * index + 1;
    return Buffer.concat([open(id, block, true), frame(frameType.reset, 0, id, uint32(errorCode.cancel))]);
  });
  return Buffer.concat([settings([setting.initialWindowSize, 0]), ...each]);
}

function continued(frames: number): Buffer {
  const last = frame(frameType.continuation, flag.endHeaders, 1, callBlock());
  return Buffer.concat([firstFragment, many(frames - 1, frame(frameType.continuation, 0, 1)), last]);
}

for (const [name, bytes] of tolerated) {
  test(`is tolerated: ${name}`, async (t) => {
    const { client } = await served(t);
    client.send(bytes);
    assert.equal(await client.isServed(), true);
  });
}

test('a client that does not read answers cannot send more: data beyond the window ends the stream', async (t) => {
  const { client, observer } = await served(t, {}, settings([setting.initialWindowSize, 0]));
  client.send(open(1), data(1, requestMessage), bodyOf(65_535 - requestMessage.length + 1));
  const answer = await client.next(({ type }) => type === frameType.reset);
  assert.deepEqual([answer?.stream, answer?.payload.readUInt32BE()], [1, errorCode.flowControl]);
  assert.equal(observer.closed, 1);
});

test('data up to the window is accepted', async (t) => {
  const { client } = await served(t, {}, settings([setting.initialWindowSize, 0]));
  client.send(open(1), data(1, requestMessage), bodyOf(65_535 - requestMessage.length));
  assert.equal(await client.isServed(), true);
  assert.equal(client.frames.length, 0);
  client.send(frame(frameType.windowUpdate, 0, 1, uint32(100)));
  const given = await client.next(({ type, stream }) => type === frameType.windowUpdate && stream === 1);
  assert.equal(given?.payload.readUInt32BE(), 65_535);
});

test('an HPACK bomb: a header that is repeated by its index is counted each time', async (t) => {
  const { client } = await served(t);
  const big = Buffer.concat([Buffer.from([0x40, 1, 0x61, 0x7f, 0xa1, 0x1e]), Buffer.alloc(4000, 'b')]);
  const repeated = Buffer.alloc(60_000, 0x80 | 62);
  const block = Buffer.concat([callBlock(), big, repeated]);
  client.send(frame(frameType.headers, 0, 1, block.subarray(0, 16_000)));
  for (let at = 16_000; at < block.length; at += 16_000) {
    const last = at + 16_000 >= block.length;
    client.send(frame(frameType.continuation, last ? flag.endHeaders : 0, 1, block.subarray(at, at + 16_000)));
  }
  const answer = await client.next(({ type }) => type === frameType.headers);
  assert.match(answer?.payload.toString('latin1') ?? '', /grpc-status.8/);
  assert.equal(await client.isServed(), true);
});

test('windows of zero: a limited number of answer bytes wait, and are sent when the window grows', async (t) => {
  const decision = { kind: 'forward', set: [['x', 'y'.repeat(8000)]], remove: [], mints: [] } as const;
  const { client, observer } = await served(t, { pin: () => () => decision }, settings([setting.initialWindowSize, 0]));
  const streams = Math.ceil(memoryBounds.connection / 8000) + 10;
  for (let index = 0; index < streams; index++) {
    client.send(open(2 * index + 1), data(2 * index + 1, requestMessage));
  }
  const refused = await client.next(({ type }) => type === frameType.reset);
  assert.equal(refused?.payload.readUInt32BE(), errorCode.enhanceYourCalm);
  assert.equal(await client.isServed(), true);
  assert.ok(observer.opened - observer.closed <= memoryBounds.connection / 8000);
  client.send(frame(frameType.windowUpdate, 0, 1, uint32(9000)));
  const sent = await client.next(({ type, stream }) => type === frameType.data && stream === 1);
  assert.ok((sent?.payload.length ?? 0) > 8000);
});

test('windows of one byte: the answer arrives byte by byte', async (t) => {
  const { client } = await served(t, {}, settings([setting.initialWindowSize, 1]));
  client.send(open(1), data(1, requestMessage));
  const bytes: Buffer[] = [];
  for (let taken = 0; taken < 7; taken++) {
    const piece = await client.next(({ type }) => type === frameType.data);
    assert.equal(piece?.payload.length, 1);
    bytes.push(piece.payload);
    client.send(frame(frameType.windowUpdate, 0, 1, uint32(1)));
  }
  assert.deepEqual(Buffer.concat(bytes), Buffer.from([0, 0, 0, 0, 2, 0x0a, 0]));
});

test('a client that sends requests and never reads is no longer read from', async (t) => {
  const decision = { kind: 'forward', set: [['x', 'y'.repeat(8000)]], remove: [], mints: [] } as const;
  const window = settings([setting.initialWindowSize, 2 ** 31 - 1]);
  const { client, observer, connect } = await served(t, { pin: () => () => decision }, window);
  client.socket.pause();
  client.send(frame(frameType.windowUpdate, 0, 0, uint32(2 ** 30)));
  const total = 20_000;
  for (let index = 0; index < total; index++) client.send(open(2 * index + 1), data(2 * index + 1, requestMessage));
  const other = await connect();
  let before = -1;
  while (observer.opened !== before) {
    before = observer.opened;
    for (let turn = 0; turn < 20; turn++) assert.equal(await other.isServed(), true);
  }
  assert.ok(observer.opened < total / 2, `${observer.opened} were taken`);
  client.socket.resume();
});

test('an announced message takes no memory before it arrives', async (t) => {
  const { client } = await served(t, { limits: { ...defaultLimits, messageBytes: 64 * 2 ** 20 } });
  const before = process.memoryUsage().arrayBuffers;
  const announced = Buffer.concat([Buffer.from([0]), uint32(60 * 2 ** 20), Buffer.from('x')]);
  for (let index = 0; index < 100; index++) client.send(open(2 * index + 1), data(2 * index + 1, announced));
  assert.equal(await client.isServed(), true);
  assert.ok(process.memoryUsage().arrayBuffers - before < 50 * 2 ** 20);
});

test('an incomplete frame does not affect requests on other connections', async (t) => {
  const { client, connect } = await served(t);
  client.send(frame(frameType.data, 0, 1, Buffer.alloc(100)).subarray(0, 50));
  const other = await connect();
  other.send(open(1), data(1, requestMessage));
  assert.ok(await other.next(({ type }) => type === frameType.data));
});
