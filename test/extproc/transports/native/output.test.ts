/**
 * @module
 * Unsent output of a socket: its memory is limited, and is not more than its bytes need.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { Output } from '../../../../src/extproc/transports/native/output.ts';
import { frameType } from '../../../../src/extproc/transports/native/protocol.ts';
import { PeerSocket } from './legal/peer-socket.ts';

const kibibyte = 1024;

function written(
  size: number,
  count: number,
): { readonly output: Output; readonly socket: PeerSocket; readonly held: Set<ArrayBufferLike> } {
  const held = new Set<ArrayBufferLike>();
  const socket = new PeerSocket(() => undefined);
  const write = socket.write.bind(socket);
  socket.write = (chunk: Buffer) => {
    held.add(chunk.buffer);
    return write(chunk);
  };
  socket.fill();
  const output = new Output(socket, () => output.frame(0, frameType.ping, 0, 0));
  for (let left = count; left > 0; left--) output.turn(() => output.frame(size, frameType.ping, 0, 0));
  return { output, socket, held };
}

/** Bytes of each write, and how many bytes of memory all may hold. */
const writes: [size: number, count: number, maxBytes: number][] = [
  [8, 1000, 60 * kibibyte],
  [4000, 50, 300 * kibibyte],
  [10_000, 20, 800 * kibibyte],
];

for (const [size, count, maxBytes] of writes) {
  test(`${count} waiting writes of ${size} bytes take at most ${maxBytes} bytes`, () => {
    const { held } = written(size, count);
    const bytes = [...held].reduce((sum, { byteLength }) => sum + byteLength, 0);
    assert.ok(bytes <= maxBytes, `${bytes} bytes`);
  });
}

test('an output is full beyond 256 KiB and not at it, and empty again when the socket is', async () => {
  const { output, socket } = written(4 * kibibyte - 9, 64);
  assert.deepEqual([output.isFull, socket.isPaused()], [false, false]);
  output.turn(() => output.frame(1, frameType.ping, 0, 0));
  assert.deepEqual([output.isFull, socket.isPaused()], [true, true]);
  await socket.empty();
  await turn();
  assert.deepEqual([output.isFull, socket.isPaused(), socket.writableLength], [false, false, 0]);
});
