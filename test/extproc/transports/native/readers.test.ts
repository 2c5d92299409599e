/**
 * @module
 * Frames and messages are the same for any chunking of the bytes.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { FrameReader, preface } from '../../../../src/extproc/transports/native/frame-reader.ts';
import { Memory, memoryBounds } from '../../../../src/extproc/transports/native/memory.ts';
import { MessageReader } from '../../../../src/extproc/transports/native/message-reader.ts';
import { frame, uint32 } from './raw-client.ts';

const memory = new Memory(70_000, () => assert.fail()).ofConnection();

test('a message in pieces takes memory for what has arrived', () => {
  const bytes = Buffer.concat([Buffer.from([0]), uint32(1_000_000), Buffer.alloc(40_000)]);
  const readWith = (connection: number): void => {
    const held = new Memory(1_000_000, () => undefined, { ...memoryBounds, connection }).ofConnection();
    const reader = new MessageReader(1_000_000, false, held);
    reader.read(bytes, 0, bytes.length, { message: () => assert.fail() });
  };
  readWith(2 * 40_000);
  assert.throws(() => readWith(2 * 40_000 - 1), { name: 'GrpcError', message: 'extproc.memory-full' });
});

const ends: readonly [how: string, end: (reader: MessageReader) => void][] = [
  ['is granted memory of its own', (reader) => assert.ok(reader.mayGrow(0, { granted() {}, late() {} }))],
  ['is discarded', (reader) => reader.drop()],
];

for (const [how, end] of ends) {
  test(`an incomplete message that ${how} gives back what it took`, () => {
    const bytes = Buffer.concat([Buffer.from([0]), uint32(1_000_000), Buffer.alloc(40_000)]);
    const bounds = { ...memoryBounds, connection: 2 * 40_000 };
    const held = new Memory(1_000_000, () => undefined, bounds).ofConnection();
    const begin = (): MessageReader => {
      const reader = new MessageReader(1_000_000, false, held);
      reader.read(bytes, 0, bytes.length, { message: () => assert.fail() });
      return reader;
    };
    end(begin());
    begin();
    assert.throws(begin, { name: 'GrpcError', message: 'extproc.memory-full' });
  });
}

/** `bytes` in pieces that end at each of `cuts`. */
function pieces(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
  return places.slice(1).map((end, index) => Buffer.from(bytes.subarray(places[index], end)));
}

const cuts = fc.array(fc.nat(), { maxLength: 20 });

test('frames', () => {
  const one = fc.tuple(
    fc.nat({ max: 255 }),
    fc.nat({ max: 255 }),
    fc.nat({ max: 2 ** 31 - 1 }),
    fc.oneof(fc.uint8Array({ maxLength: 40 }), fc.constant(new Uint8Array(16_384))),
  );
  fc.assert(
    fc.property(fc.array(one, { maxLength: 8 }), cuts, (frames, places) => {
      const bytes = Buffer.concat([preface, ...frames.map((given) => frame(...given))]);
      const seen: [number, number, number, Uint8Array][] = [];
      const reader = new FrameReader({
        frame(type, flags, stream, from, start, end) {
          seen.push([type, flags, stream, new Uint8Array(from.subarray(start, end))]);
        },
      });
      for (const piece of pieces(bytes, places)) reader.read(piece);
      assert.deepEqual(seen, frames);
    }),
  );
});

function framesOf(...chunks: readonly Buffer[]): number {
  let count = 0;
  const reader = new FrameReader({
    frame() {
      count++;
    },
  });
  for (const chunk of chunks) reader.read(chunk);
  return count;
}

const largest = frame(0, 0, 1, Buffer.alloc(16_384));
const larger = frame(0, 0, 1, Buffer.alloc(16_385));

test('a frame of the maximum size is accepted, a larger one is refused by its header', () => {
  assert.equal(framesOf(preface, largest), 1);
  assert.throws(() => framesOf(preface, larger.subarray(0, 9)), { name: 'ConnectionError', code: 6 });
  assert.throws(() => framesOf(preface, larger.subarray(0, 2), larger.subarray(2, 9)), { code: 6 });
});

test('a wrong preface is refused at its first wrong byte', () => {
  assert.throws(() => framesOf(Buffer.from('GET')), { name: 'ConnectionError', code: 1 });
  assert.throws(() => framesOf(preface.subarray(0, 10), Buffer.from('x')), { code: 1 });
  assert.equal(framesOf(preface.subarray(0, 10)), 0);
});

function prefixed(message: Uint8Array, compressed = 0): Buffer {
  return Buffer.concat([Buffer.from([compressed]), uint32(message.length), message]);
}

function messagesOf(reader: MessageReader, chunks: readonly Buffer[]): Uint8Array[] {
  const seen: Uint8Array[] = [];
  const sink = {
    message(bytes: Buffer, start: number, end: number): void {
      seen.push(new Uint8Array(bytes.subarray(start, end)));
    },
  };
  for (const chunk of chunks) reader.read(chunk, 0, chunk.length, sink);
  return seen;
}

test('messages, compressed and not', () => {
  const message = fc.oneof(fc.uint8Array({ maxLength: 40 }), fc.constant(new Uint8Array(70_000)));
  fc.assert(
    fc.property(fc.array(fc.tuple(message, fc.boolean()), { maxLength: 6 }), cuts, (messages, places) => {
      const bytes = Buffer.concat(
        messages.map(([content, zipped]) => prefixed(zipped ? gzipSync(content) : content, zipped ? 1 : 0)),
      );
      const reader = new MessageReader(70_000, true, memory);
      assert.deepEqual(
        messagesOf(reader, pieces(bytes, places)),
        messages.map(([content]) => content),
      );
      assert.equal(reader.betweenMessages, true);
    }),
  );
});

const refused: [name: string, gzip: boolean, bytes: Buffer, status: number][] = [
  ['larger than allowed', false, prefixed(Buffer.alloc(1001)), 8],
  ['larger than allowed once it is inflated', true, prefixed(gzipSync(Buffer.alloc(1001)), 1), 8],
  ['compressed without an encoding', false, prefixed(gzipSync(Buffer.from('x')), 1), 13],
  ['compressed by no known flag', true, prefixed(gzipSync(Buffer.from('x')), 2), 13],
  ['no gzip', true, prefixed(Buffer.from('x'), 1), 13],
];

for (const [name, gzip, bytes, status] of refused) {
  test(`a message is refused that is ${name}`, () => {
    assert.throws(() => messagesOf(new MessageReader(1000, gzip, memory), [bytes]), { name: 'GrpcError', status });
  });
}

test('a message of the maximum size is accepted, compressed or not', () => {
  const bytes = Buffer.concat([prefixed(Buffer.alloc(1000)), prefixed(gzipSync(Buffer.alloc(1000)), 1)]);
  assert.equal(messagesOf(new MessageReader(1000, true, memory), [bytes]).length, 2);
});
