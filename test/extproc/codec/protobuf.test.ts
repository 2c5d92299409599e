/**
 * The wire format itself: numbers and lengths at their limits, and buffers that grow only when they must.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cleared, headerName } from '../../../src/extproc/codec/message-writer.ts';
import { enter, ProtobufReader } from '../../../src/extproc/codec/protobuf-reader.ts';
import { ProtobufWriter } from '../../../src/extproc/codec/protobuf-writer.ts';

/** A reader of these bytes within others. */
function readerOf(bytes: readonly number[]): ProtobufReader {
  const reader = new ProtobufReader();
  reader.reset(Buffer.from([0xff, ...bytes, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]), 1, 1 + bytes.length);
  return reader;
}

const varints: [name: string, bytes: number[], value: number][] = [
  ['0', [0], 0],
  ['127', [0x7f], 127],
  ['128', [0x80, 1], 128],
  ['129 with a byte too many', [0x81, 0x81, 0], 129],
  ['the largest of 31 bits', [0xff, 0xff, 0xff, 0xff, 7], 0x7fffffff],
  ['the low bits of 2 ** 35 + 1', [0x81, 0x80, 0x80, 0x80, 0x80, 1], 1],
  ['-1 in ten bytes', [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1], -1],
];
for (const [name, bytes, value] of varints) {
  test(`reads ${name}`, () => {
    const reader = readerOf(bytes);
    assert.equal(reader.varint(), value);
    assert.equal(reader.at, reader.end);
  });
}

test('reads a double that ends the message', () => {
  const reader = readerOf([0, 0, 0, 0, 0, 0, 0xf8, 0x3f]);
  assert.equal(reader.double(), 1.5);
  assert.equal(reader.at, reader.end);
});

/** The tag of a field 1 of each wire type. */
const skipped: [name: string, tag: number, bytes: number[], rest: number][] = [
  ['a varint', 8, [0x80, 1, 0], 1],
  ['a fixed number of 64 bits', 9, [1, 2, 3, 4, 5, 6, 7, 8], 0],
  ['bytes', 10, [2, 1, 1, 0], 1],
  ['a fixed number of 32 bits', 13, [1, 2, 3, 4], 0],
];
for (const [name, tag, bytes, rest] of skipped) {
  test(`skips ${name}`, () => {
    const reader = readerOf(bytes);
    reader.skip(tag);
    assert.equal(reader.end - reader.at, rest);
  });
}

const refused: [name: string, read: 'varint' | 'length' | 'double' | number, bytes: number[], message: RegExp][] = [
  ['a varint of eleven bytes', 'varint', Array(11).fill(0x80), /^a varint has more than ten bytes$/],
  ['no varint', 'varint', [], /^a field exceeds its message$/],
  ['a varint that is cut', 'varint', [0x80], /^a field exceeds its message$/],
  ['a length that passes the end', 'length', [2, 1], /^a length exceeds its message$/],
  ['a length below zero', 'length', [0xff, 0xff, 0xff, 0xff, 0x0f], /^a length exceeds its message$/],
  ['a double that is cut', 'double', [1, 2, 3, 4, 5, 6, 7], /^a double exceeds its message$/],
  ['a fixed number of 64 bits that is cut', 9, [1, 2, 3, 4, 5, 6, 7], /^a field exceeds its message$/],
  ['a fixed number of 32 bits that is cut', 13, [1, 2, 3], /^a field exceeds its message$/],
  ['a group', 11, [12], /^a field has an unknown wire type$/],
];
for (const [name, read, bytes, message] of refused) {
  test(`refuses ${name}`, () => {
    const reader = readerOf(bytes);
    assert.throws(() => (typeof read === 'number' ? reader.skip(read) : reader[read]()), {
      name: 'WireFormatError',
      message,
    });
  });
}

test('a message inside another ends where its length says', () => {
  const reader = readerOf([2, 8, 1, 8, 2]);
  assert.equal(enter(reader), 6);
  assert.deepEqual([reader.at, reader.end], [2, 4]);
});

test('a buffer grows when something does not fit, and not before', () => {
  const writer = new ProtobufWriter(4);
  writer.encoded(Buffer.from([1, 2, 3, 4]));
  assert.equal(writer.bytes.length, 4);
  writer.encoded(Buffer.from([5]));
  assert.equal(writer.bytes.length, 2 * (4 + 1));
  assert.deepEqual([...writer.bytes.subarray(writer.at)], [5, 1, 2, 3, 4]);
});

test('numbers of every length fit', () => {
  for (const value of [0, 127, 128, 16_383, 16_384, 2_097_151, 2_097_152, 268_435_455, 268_435_456, 2 ** 31 - 1]) {
    const writer = new ProtobufWriter(0);
    writer.varint(1, value);
    const reader = new ProtobufReader();
    reader.reset(writer.bytes, writer.at, writer.bytes.length);
    assert.deepEqual([reader.tag(), reader.varint(), reader.end - reader.at], [8, value, 0]);
  }
});

test('a blob that is larger than the buffer fits', () => {
  const writer = new ProtobufWriter(0);
  writer.blob(1, Buffer.from([7, 8]));
  assert.deepEqual([...writer.bytes.subarray(writer.at)], [10, 2, 7, 8]);
});

test('doubles fit, however little room there is', () => {
  for (const room of [0, 8]) {
    const writer = new ProtobufWriter(room);
    writer.double(1, 1.5);
    const reader = new ProtobufReader();
    reader.reset(writer.bytes, writer.at, writer.bytes.length);
    assert.deepEqual([reader.tag(), reader.double(), reader.end - reader.at], [9, 1.5, 0]);
  }
});

const kept: [bytes: number, isKept: boolean][] = [
  [256 * 1024, true],
  [256 * 1024 + 1, false],
];
for (const [bytes, isKept] of kept) {
  test(`a buffer of ${bytes} bytes is ${isKept ? 'kept' : 'released'} after its message`, () => {
    const writer = new ProtobufWriter(bytes);
    writer.varint(1, 1);
    const next = cleared(writer);
    assert.equal(next === writer, isKept);
    assert.deepEqual([next.length, next.bytes.length], [0, isKept ? bytes : 16_384]);
  });
}

test('encoded names of headers are kept, up to 1,000 of them', () => {
  let added = 0;
  /** The number of new names until one that was known before is encoded anew. */
  const untilForgotten = (): number => {
    const before = headerName('x-known');
    assert.equal(headerName('x-known'), before);
    const first = added;
    while (headerName('x-known') === before) headerName(`x-${added++}`);
    return added - first;
  };
  untilForgotten();
  // Two names are kept since the last time.
  assert.equal(untilForgotten(), 999);
});
