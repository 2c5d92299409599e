/**
 * @module
 * The table of open streams behaves like a Map.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { OpenStreams } from '../../../../src/extproc/transports/native/open-streams.ts';
import { Stream } from '../../../../src/extproc/transports/native/stream.ts';
import { remembered, Streams } from '../../../../src/extproc/transports/native/streams.ts';

const stream = (id: number): Stream => new Stream(id, 65_535);
const ids = (streams: Iterable<Stream>): number[] => Array.from(streams, ({ id }) => id).sort((a, b) => a - b);

/** Identifiers whose home slots collide in tables of the first sizes, and those of a well-behaved client. */
const id = fc.oneof(
  fc.integer({ min: 0, max: 200 }).map((number) => 2 * number + 1),
  fc.integer({ min: 0, max: 200 }).map((number) => 1024 * number + 1),
  fc.constant(0x7fff_ffff),
);

test('additions, lookups and deletions in any order match a Map', () => {
  const step = fc.record({ id, deletes: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 600 }), (steps) => {
      const table = new OpenStreams();
      const model = new Map<number, Stream>();
      for (const { id: at, deletes } of steps) {
        if (deletes) assert.equal(table.delete(at), model.delete(at));
        else if (!model.has(at)) {
          const added = stream(at);
          table.add(added);
          model.set(at, added);
        }
        assert.equal(table.get(at), model.get(at));
        assert.equal(table.size, model.size);
      }
      assert.deepEqual(ids(table), ids(model.values()));
      for (const [at, held] of model) assert.equal(table.get(at), held);
    }),
  );
});

test('a stream that stays open while a million others open and close is still found', () => {
  const table = new OpenStreams();
  const first = stream(1);
  table.add(first);
  for (let at = 3; at < 2_000_003; at += 2) {
    table.add(stream(at));
    if (at > 33) assert.ok(table.delete(at - 32));
  }
  assert.equal(table.get(1), first);
  assert.equal(table.size, 17);
});

test('whether this side ended a stream is recorded for the latest streams only', () => {
  const streams = new Streams();
  const last = 2 * remembered + 1;
  for (let at = 1; at <= last; at += 2) {
    streams.use(at);
    if (at !== 5) streams.leave(at);
  }
  const known = [1, 3, 5, 7, last, last + 2].map((at) => streams.absence(at));
  assert.deepEqual(known, ['closed', 'left', 'closed', 'left', 'left', 'idle']);
});

test('the record of a stream does not apply to a later one', () => {
  const step = fc.record({
    by: fc.oneof(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 2 * remembered })),
    leaves: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 50 }), (steps) => {
      const streams = new Streams();
      const left = new Set<number>();
      let last = -1;
      for (const { by, leaves } of steps) {
        last += 2 * by;
        streams.use(last);
        if (leaves) streams.leave(last);
        if (leaves) left.add(last);
        for (const at of left) assert.equal(streams.absence(at) === 'left', last - at < 2 * remembered);
        if (!leaves) assert.equal(streams.absence(last), 'closed');
      }
    }),
  );
});
