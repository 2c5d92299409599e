/**
 * @module
 * The table of open streams does what a Map would.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { OpenStreams } from '../../../../src/extproc/transports/native/open-streams.ts';
import { Stream } from '../../../../src/extproc/transports/native/stream.ts';
import { Streams } from '../../../../src/extproc/transports/native/streams.ts';

const stream = (id: number): Stream => new Stream(id, 65_535);
const ids = (streams: Iterable<Stream>): number[] => Array.from(streams, ({ id }) => id).sort((a, b) => a - b);

/** Identifiers that share a home with others in a table of any of the first sizes, and those of a well-behaved client. */
const id = fc.oneof(
  fc.integer({ min: 0, max: 200 }).map((number) => 2 * number + 1),
  fc.integer({ min: 0, max: 200 }).map((number) => 1024 * number + 1),
  fc.constant(0x7fff_ffff),
);

test('what is added, found and deleted in any order is what a Map holds', () => {
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

test('a stream that stays open while a million others come and go is still found', () => {
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

test('the latest 256 streams that this side ended are remembered, and no more', () => {
  const streams = new Streams();
  for (let at = 1; at <= 2 * 257; at += 2) {
    streams.use(at);
    streams.leave(at);
  }
  assert.equal(streams.absence(1), 'closed');
  assert.equal(streams.absence(3), 'left');
  assert.equal(streams.absence(513), 'left');
  assert.equal(streams.absence(515), 'idle');
});
