/**
 * @module
 * The requirements of the gRPC protocol and RFC 9113 for a server, tested on the wire.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { HpackDecoder } from '../../../../src/extproc/transports/native/hpack-decoder.ts';
import { encodeBlock } from '../../../../src/extproc/transports/native/hpack-encoder.ts';
import { errorCode, flag, frameType } from '../../../../src/extproc/transports/native/protocol.ts';
import { serviceNames } from '../../../../src/extproc/transports/transport.ts';
import { callBlock, data, type Frame, frame, open, type RawClient, requestMessage, uint32 } from './raw-client.ts';
import { served } from './served.ts';

/** The fields of a header block, as `name: value` lines. */
function fieldsOf({ payload }: Frame): string[] {
  const fields = new HpackDecoder(10_000).decode(payload, 0, payload.length) ?? [];
  return fields.map(([name, value]) => `${name}: ${value}`);
}

/** The fields of each header block up to the last. */
async function headerBlocks(client: RawClient): Promise<string[][]> {
  const blocks: string[][] = [];
  const last = await client.next((came) => {
    if (came.type === frameType.headers) blocks.push(fieldsOf(came));
    return came.type === frameType.headers && (came.flags & flag.endStream) !== 0;
  });
  return last === undefined ? [['closed']] : blocks;
}

async function lastHeaders(client: RawClient): Promise<string[]> {
  return (await headerBlocks(client)).at(-1) ?? [];
}

const isAnswer = ({ type }: Frame): boolean => type === frameType.data;

const zipped = gzipSync(requestMessage.subarray(5));
const zippedMessage = Buffer.concat([Buffer.from([1]), uint32(zipped.length), zipped]);
const health = `/${serviceNames.health}`;

/** A gRPC message of these bytes. */
function message(...bytes: number[]): Buffer {
  return Buffer.concat([Buffer.from([0]), uint32(bytes.length), Buffer.from(bytes)]);
}

const cutMessage = requestMessage.subarray(0, 6);

const calls: [name: string, head: Record<string, string>, message: Buffer, end: string][] = [
  ['a call', {}, requestMessage, 'grpc-status: 0'],
  ['a call without a message', {}, Buffer.alloc(0), 'grpc-status: 0'],
  ['a call with a subtype', { 'content-type': 'application/grpc+proto' }, requestMessage, 'grpc-status: 0'],
  ['a call that allows an hour', { 'grpc-timeout': '1H' }, requestMessage, 'grpc-status: 0'],
  ['a call with gzip', { 'grpc-encoding': 'gzip' }, zippedMessage, 'grpc-status: 0'],
  ['compression that was not announced', {}, zippedMessage, 'grpc-status: 13'],
  [
    'a call of its announced length',
    { 'grpc-encoding': 'gzip', 'content-length': `${zippedMessage.length}` },
    zippedMessage,
    'grpc-status: 0',
  ],
  ['an encoding that is not known', { 'grpc-encoding': 'br' }, requestMessage, 'grpc-status: 12'],
  ['an unknown service', { ':path': '/a.B/C' }, requestMessage, 'grpc-status: 12'],
  ['a malformed timeout', { 'grpc-timeout': '5x' }, requestMessage, 'grpc-status: 13'],
  ['a message that is cut', {}, cutMessage, 'grpc-status: 13'],
  ['invalid message bytes', {}, Buffer.from([0, 0, 0, 0, 1, 0xff]), 'grpc-status: 13'],
  ['a check of health', { ':path': `${health}/Check` }, Buffer.alloc(5), 'grpc-status: 0'],
  ['a check with fields that are not known', { ':path': `${health}/Check` }, message(0x10, 1), 'grpc-status: 0'],
  ['a check of what is not there', { ':path': `${health}/Check` }, message(0x0a, 1, 0x78), 'grpc-status: 5'],
  ['a check without a message', { ':path': `${health}/Check` }, Buffer.alloc(0), 'grpc-status: 13'],
  ['a check that is malformed', { ':path': `${health}/Check` }, message(0x0a, 9), 'grpc-status: 13'],
  ['a watch without a message', { ':path': `${health}/Watch` }, Buffer.alloc(0), 'grpc-status: 13'],
  ['a watch of two messages', { ':path': `${health}/Watch` }, Buffer.alloc(10), 'grpc-status: 3'],
];

for (const [name, head, sent, end] of calls) {
  test(`${name} ends with ${end}`, async (t) => {
    const { client, observer } = await served(t);
    client.send(open(1, callBlock(head)), data(1, sent, true));
    const blocks = await headerBlocks(client);
    assert.equal(blocks.flat().filter((field) => field === ':status: 200').length, 1);
    const last = blocks.at(-1) ?? [];
    assert.ok(last.includes(end), last.join(', '));
    const isSaid = last.some((field) => /^grpc-message: \w/.test(field));
    assert.equal(isSaid, end !== 'grpc-status: 0', last.join(', '));
    assert.equal(observer.opened, observer.closed);
  });
}

const plain: [name: string, head: Record<string, string>, status: string][] = [
  ['another method', { ':method': 'GET' }, ':status: 405'],
  ['another content type', { 'content-type': 'application/json' }, ':status: 415'],
  ['a content type that only begins alike', { 'content-type': 'application/grpcx' }, ':status: 415'],
];

for (const [name, head, status] of plain) {
  test(`${name} is answered in plain HTTP`, async (t) => {
    const { client } = await served(t);
    client.send(open(1, callBlock(head)), data(1, requestMessage, true));
    const first = await client.next(({ type }) => type === frameType.headers);
    assert.ok(first !== undefined && fieldsOf(first).includes(status));
    const body = await client.next(isAnswer);
    assert.equal(body?.payload.toString(), 'This address speaks gRPC only.\n');
    assert.equal(body?.flags, flag.endStream);
    client.send(frame(frameType.ping, 0, 0, Buffer.alloc(8)));
    const next = await client.next(({ type, stream }) => type === frameType.ping || stream === 1);
    assert.equal(next?.type, frameType.ping, 'the answer has a frame after its end');
  });
}

test('a deadline ends an open stream, and the client is recorded to stop sending', async (t) => {
  const { client, observer } = await served(t);
  client.send(open(1, callBlock({ 'grpc-timeout': '20m' })), data(1, requestMessage));
  assert.ok(await client.next(isAnswer));
  assert.ok((await lastHeaders(client)).includes('grpc-status: 4'));
  const reset = await client.next(({ type }) => type === frameType.reset);
  assert.equal(reset?.payload.readUInt32BE(), errorCode.none);
  assert.equal(observer.closed, 1);
  // Frames in transit are ignored.
  client.send(data(1, requestMessage), frame(frameType.windowUpdate, 0, 1, uint32(1)), open(1));
  assert.equal(await client.isServed(), true);
});

test('the answers to one read are sent in one write', async (t) => {
  const { client } = await served(t);
  const chunks: Buffer[] = [];
  assert.equal(await client.isServed(), true);
  client.socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  client.send(
    ...Array.from({ length: 50 }, (_, n) => Buffer.concat([open(2 * n + 1), data(2 * n + 1, requestMessage)])),
  );
  for (let answers = 0; answers < 50; answers++) await client.next(isAnswer);
  assert.equal(chunks.length, 1);
});

test('an unexpected error ends its call with an error, and is reported', async (t) => {
  const { client, observer } = await served(t);
  observer.streamOpened = () => {
    throw new Error('secret');
  };
  client.send(open(1), data(1, requestMessage));
  const last = await lastHeaders(client);
  assert.ok(last.includes('grpc-status: 13') && last.includes('grpc-message: extproc.internal'), last.join(', '));
  assert.equal(observer.defects.length, 1);
  assert.doesNotMatch(JSON.stringify(observer.defects), /secret/);
});

test('an unexpected error at the end of a stream is reported, and the connection stays open', async (t) => {
  const { client, observer } = await served(t);
  observer.streamClosed = () => {
    throw new Error('secret');
  };
  client.send(open(1), data(1, requestMessage), frame(frameType.reset, 0, 1, uint32(errorCode.cancel)));
  assert.equal(await client.isServed(), true);
  assert.equal(observer.defects.length, 1);
});

test('a long header block in pieces, with padding and priority', async (t) => {
  const { client } = await served(t);
  const block = Buffer.concat([callBlock(), encodeBlock([['x-long', 'y'.repeat(20_000)]])]);
  const priority = Buffer.from([3, 0, 0, 0, 0, 1]);
  const first = Buffer.concat([priority, block.subarray(0, 10_000), Buffer.alloc(3)]);
  client.send(frame(frameType.headers, flag.padded | flag.priority, 1, first));
  client.send(frame(frameType.continuation, 0, 1, block.subarray(10_000, 15_000)));
  client.send(frame(frameType.continuation, flag.endHeaders, 1, block.subarray(15_000)));
  client.send(
    frame(frameType.data, flag.padded, 1, Buffer.concat([Buffer.from([2]), requestMessage, Buffer.alloc(2)])),
  );
  assert.ok(await client.next(isAnswer));
});

const halfBlock = frame(frameType.headers, 0, 1, callBlock());

const broken: [name: string, frames: Buffer[], code: number][] = [
  ['a frame before SETTINGS', [], errorCode.protocol],
  ['DATA without a stream', [data(0, requestMessage)], errorCode.protocol],
  ['DATA on an idle stream', [data(1, requestMessage)], errorCode.protocol],
  ['HEADERS on an even stream', [open(2)], errorCode.protocol],
  ['HEADERS on a stream that was passed over', [open(5), open(3)], errorCode.protocol],
  [
    'HEADERS that depend on themselves',
    [
      frame(
        frameType.headers,
        flag.priority | flag.endHeaders,
        1,
        Buffer.concat([uint32(1), Buffer.from([1]), callBlock()]),
      ),
    ],
    errorCode.protocol,
  ],
  [
    'HEADERS too short for their priority',
    [frame(frameType.headers, flag.priority | flag.endHeaders, 1, uint32(0))],
    errorCode.frameSize,
  ],
  [
    'HEADERS of padding alone',
    [frame(frameType.headers, flag.padded | flag.endHeaders, 1, Buffer.from([9]))],
    errorCode.protocol,
  ],
  ['a padded frame without bytes', [open(1), frame(frameType.data, flag.padded, 1)], errorCode.frameSize],
  ['a header block that is interrupted', [halfBlock, frame(frameType.ping, 0, 0, Buffer.alloc(8))], errorCode.protocol],
  [
    'a header block that another stream continues',
    [halfBlock, frame(frameType.continuation, flag.endHeaders, 3)],
    errorCode.protocol,
  ],
  ['CONTINUATION from nowhere', [frame(frameType.continuation, 0, 1)], errorCode.protocol],
  ['RST_STREAM without a stream', [frame(frameType.reset, 0, 0, uint32(0))], errorCode.protocol],
  ['RST_STREAM on an idle stream', [frame(frameType.reset, 0, 1, uint32(0))], errorCode.protocol],
  ['RST_STREAM of a wrong length', [open(1), frame(frameType.reset, 0, 1, Buffer.alloc(3))], errorCode.frameSize],
  ['WINDOW_UPDATE of a wrong length', [frame(frameType.windowUpdate, 0, 0, Buffer.alloc(3))], errorCode.frameSize],
  ['WINDOW_UPDATE of 0', [frame(frameType.windowUpdate, 0, 0, uint32(0))], errorCode.protocol],
  ['WINDOW_UPDATE beyond 31 bits', [frame(frameType.windowUpdate, 0, 0, uint32(2 ** 31 - 1))], errorCode.flowControl],
  ['WINDOW_UPDATE on an idle stream', [frame(frameType.windowUpdate, 0, 1, uint32(1))], errorCode.protocol],
  ['SETTINGS on a stream', [frame(frameType.settings, 0, 1)], errorCode.protocol],
  ['SETTINGS of a wrong length', [frame(frameType.settings, 0, 0, Buffer.alloc(5))], errorCode.frameSize],
  ['an acknowledgement with settings', [frame(frameType.settings, flag.ack, 0, Buffer.alloc(6))], errorCode.frameSize],
  [
    'a push that is neither on nor off',
    [frame(frameType.settings, 0, 0, Buffer.from([0, 2, 0, 0, 0, 2]))],
    errorCode.protocol,
  ],
  [
    'a window beyond 31 bits',
    [frame(frameType.settings, 0, 0, Buffer.from([0, 4, 255, 0, 0, 0]))],
    errorCode.flowControl,
  ],
  [
    'a frame size below the minimum',
    [frame(frameType.settings, 0, 0, Buffer.from([0, 5, 0, 0, 0, 1]))],
    errorCode.protocol,
  ],
  ['PING on a stream', [frame(frameType.ping, 0, 1, Buffer.alloc(8))], errorCode.protocol],
  ['PING of a wrong length', [frame(frameType.ping, 0, 0, Buffer.alloc(7))], errorCode.frameSize],
  ['PRIORITY without a stream', [frame(frameType.priority, 0, 0, Buffer.alloc(5))], errorCode.protocol],
  ['GOAWAY on a stream', [frame(frameType.goAway, 0, 1, Buffer.alloc(8))], errorCode.protocol],
  ['GOAWAY of a wrong length', [frame(frameType.goAway, 0, 0, Buffer.alloc(7))], errorCode.frameSize],
  ['PUSH_PROMISE', [frame(frameType.pushPromise, 0, 1, Buffer.alloc(4))], errorCode.protocol],
  ['a malformed header block', [open(1, Buffer.from([0x80]))], errorCode.compression],
];

for (const [name, frames, code] of broken) {
  test(`the connection ends at ${name}`, async (t) => {
    const first = frames.length === 0 ? data(1, requestMessage) : undefined;
    const { client, observer } = await served(t, {}, first);
    client.send(...frames);
    const { payload } = (await client.next(({ type }) => type === frameType.goAway)) ?? assert.fail();
    assert.equal(payload.readUInt32BE(4), code);
    assert.match(payload.toString('latin1', 8), /^\w.*\w$/, 'the client is not told why');
    assert.equal(observer.opened, observer.closed);
  });
}

const half = open(1, callBlock(), false);

const reset: [name: string, frames: Buffer[], code: number][] = [
  ['upper case', [open(1, callBlock({ Upper: 'x' }))], errorCode.protocol],
  ['a line break in a value', [open(1, callBlock({ a: 'b\nc' }))], errorCode.protocol],
  ['spaces around a value', [open(1, callBlock({ a: ' b' }))], errorCode.protocol],
  ['a pseudo-header of a response', [open(1, callBlock({ ':status': '200' }))], errorCode.protocol],
  ['an empty path', [open(1, callBlock({ ':path': '' }))], errorCode.protocol],
  ['TE of HTTP/1.1', [open(1, callBlock({ te: 'gzip' }))], errorCode.protocol],
  ['a connection header', [open(1, callBlock({ connection: 'close' }))], errorCode.protocol],
  [
    'lengths that differ',
    [open(1, Buffer.concat([callBlock({ 'content-length': '1' }), encodeBlock([['content-length', '2']])]))],
    errorCode.protocol,
  ],
  [
    'data longer than announced',
    [open(1, callBlock({ 'content-length': '6' })), data(1, requestMessage)],
    errorCode.protocol,
  ],
  [
    'data shorter than announced',
    [open(1, callBlock({ 'content-length': '8' })), data(1, requestMessage, true)],
    errorCode.protocol,
  ],
  ['trailers without an end', [half, open(1, encodeBlock([['a', 'b']]))], errorCode.protocol],
  ['trailers with a pseudo-header', [half, open(1, encodeBlock([[':path', '/']]), true)], errorCode.protocol],
  ['a window update of 0', [half, frame(frameType.windowUpdate, 0, 1, uint32(0))], errorCode.protocol],
  ['a window beyond 31 bits', [half, frame(frameType.windowUpdate, 0, 1, uint32(2 ** 31 - 1))], errorCode.flowControl],
  ['PRIORITY of a wrong length', [half, frame(frameType.priority, 0, 1, Buffer.alloc(4))], errorCode.frameSize],
  ['PRIORITY on itself', [half, frame(frameType.priority, 0, 1, Buffer.from([0, 0, 0, 1, 0]))], errorCode.protocol],
  ['data after the end', [open(1, callBlock(), true), data(1, requestMessage)], errorCode.streamClosed],
];

for (const [name, frames, code] of reset) {
  test(`the stream alone ends at ${name}`, async (t) => {
    const { client, observer } = await served(t);
    client.send(...frames);
    const answer = await client.next(({ type }) => type === frameType.reset);
    assert.deepEqual([answer?.stream, answer?.payload.readUInt32BE()], [1, code]);
    assert.equal(await client.isServed(), true);
    assert.equal(observer.opened, observer.closed);
  });
}
