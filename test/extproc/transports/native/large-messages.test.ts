/**
 * @module
 * The scheduling of large messages: in order, and without starvation.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Connection } from '../../../../src/extproc/transports/native/connection.ts';
import { Deadlines } from '../../../../src/extproc/transports/native/deadlines.ts';
import { preface } from '../../../../src/extproc/transports/native/frame-reader.ts';
import { LargeMessages, type Line, Turn } from '../../../../src/extproc/transports/native/large-messages.ts';
import { Memory, memoryBounds } from '../../../../src/extproc/transports/native/memory.ts';
import { errorCode, frameType } from '../../../../src/extproc/transports/native/protocol.ts';
import { data, frame, open, processPath, settings, uint32 } from './raw-client.ts';
import { SilentSocket } from './silent-socket.ts';

/** Lines of connections with 10 bytes each, of 15 in total, and the recorded events. */
class Queue {
  readonly recorded: string[] = [];
  readonly all = new LargeMessages(15);
  readonly lines: Record<string, Line> = { a: this.all.line(10), b: this.all.line(10), c: this.all.line(10) };
  readonly #turns = new Map<string, Turn>();

  /** @param name the name of the line, with any suffix */
  ask(name: string, bytes: number): boolean {
    const recorded = (what: string) => (): void => void this.recorded.push(`${name} ${what}`);
    const turn = new Turn(bytes, { granted: recorded('granted'), late: recorded('late') });
    this.#turns.set(name, turn);
    return this.#line(name).ask(turn);
  }

  leave(name: string): void {
    const turn = this.#turns.get(name);
    if (turn !== undefined) this.#line(name).leave(turn);
  }

  #line(name: string): Line {
    return this.lines[name.charAt(0)] ?? assert.fail();
  }
}

/** Steps: `a1 5` asks, `-a1` leaves. Expected: who gets memory immediately, and who later. */
const orders: [name: string, steps: string[], immediately: string[], recorded: string[]][] = [
  ['memory for both', ['a1 5', 'b1 10'], ['a1', 'b1'], []],
  ['a byte too much for the connection', ['a1 5', 'a2 6', '-a1'], ['a1'], ['a2 granted']],
  ['a byte too much for all', ['a1 5', 'b1 10', 'c1 1', '-a1'], ['a1', 'b1'], ['c1 granted']],
  ['a smaller one does not pass a larger one of its connection', ['a1 6', 'a2 5', 'a3 1'], ['a1'], []],
  ['a smaller one does not pass a larger one when all is full', ['a1 10', 'b1 6', 'c1 1'], ['a1'], []],
  ['a full connection does not hold up another', ['a1 10', 'a2 5', 'b1 5'], ['a1', 'b1'], []],
  ['lines take turns', ['a1 10', 'b1 5', 'a2 5', 'a3 5', 'c1 5', '-a1'], ['a1', 'b1'], ['a2 granted', 'c1 granted']],
  ['leaving the line unblocks the next', ['a1 10', 'a2 5', 'a3 1', '-a2', '-a1'], ['a1'], ['a3 granted']],
  ['leaving while waiting frees no memory', ['a1 10', 'a2 5', '-a2', 'a3 1'], ['a1'], []],
];

for (const [name, steps, immediately, recorded] of orders) {
  test(`turns: ${name}`, () => {
    const queue = new Queue();
    const granted: string[] = [];
    for (const step of steps) {
      const [who = '', bytes] = step.split(' ');
      if (who.startsWith('-')) queue.leave(who.slice(1));
      else if (queue.ask(who, Number(bytes))) granted.push(who);
    }
    assert.deepEqual([granted, queue.recorded], [immediately, recorded]);
  });
}

test('a reservation ends after 30 s if others wait, otherwise not', () => {
  const queue = new Queue();
  queue.ask('a1', 10);
  for (let seconds = 0; seconds < 60; seconds += 5) queue.all.timePassed(5);
  assert.deepEqual(queue.recorded, []);
  queue.ask('b1', 10);
  queue.all.timePassed(5);
  assert.deepEqual(queue.recorded, ['a1 late']);
  queue.leave('a1');
  for (let seconds = 0; seconds < 25; seconds += 5) queue.all.timePassed(5);
  queue.ask('c1', 10);
  assert.deepEqual(queue.recorded, ['a1 late', 'b1 granted']);
  queue.all.timePassed(5);
  assert.deepEqual(queue.recorded, ['a1 late', 'b1 granted', 'b1 late']);
});

test('a stream that does not use its reservation ends with RESOURCE_EXHAUSTED, and the next one gets the memory', async () => {
  let refused = 0;
  const bounds = { ...memoryBounds, large: 1, largeOfConnection: 1 };
  const memory = new Memory(100_000, () => refused++, bounds);
  const socket = new SilentSocket();
  const methods = new Map([[processPath, () => ({ message: () => assert.fail(), ended() {}, closed() {} })]]);
  const deadlines = new Deadlines(() => assert.fail());
  new Connection(socket, { methods, maxMessageBytes: 100_000, memory, deadlines, defect: () => assert.fail() }, 10);
  const begun = Buffer.concat([Buffer.from([0]), uint32(100_000), Buffer.alloc(16_379)]);
  const more = Buffer.alloc(16_384);
  socket.emit('data', Buffer.concat([preface, settings()]));
  for (const id of [1, 3])
    socket.emit('data', Buffer.concat([open(id), ...[begun, more, more].map((bytes) => data(id, bytes))]));
  const windowOf = (id: number, frames: number): Buffer =>
    frame(frameType.windowUpdate, 0, id, uint32(frames * 16_384));
  const said = (): Buffer => Buffer.concat(socket.written.splice(0));
  const first = said();
  assert.ok(first.includes(windowOf(1, 2)) && !first.includes(windowOf(3, 2)));
  for (let seconds = 5; seconds <= 30; seconds += 5) {
    assert.equal(refused, 0);
    memory.timePassed(5);
  }
  await Promise.resolve();
  const last = said();
  assert.ok(last.includes(windowOf(3, 3)) && last.includes('extproc.memory-full'));
  assert.ok(last.includes(frame(frameType.reset, 0, 1, uint32(errorCode.none))));
  assert.equal(refused, 1);
});
