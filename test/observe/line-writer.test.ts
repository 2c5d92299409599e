import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bounds, LineWriter } from '../../src/observe/line-writer.ts';

type Outcome = number | string | 'all';

/** A descriptor whose writes have the given `outcomes`; the last one repeats. */
function fixture(...outcomes: Outcome[]) {
  const timers: { readonly callback: () => void; readonly milliseconds: number }[] = [];
  const recorded = { output: '', dropped: 0, droppedAudit: 0, pauses: [] as number[], calls: 0 };
  const writer = new LineWriter({
    write(bytes, done) {
      recorded.calls++;
      const outcome = (outcomes.length > 1 ? outcomes.shift() : outcomes[0]) ?? 'all';
      queueMicrotask(() => {
        if (typeof outcome === 'string' && outcome !== 'all') {
          done(Object.assign(new Error(outcome), { code: outcome }), 0);
          return;
        }
        const written = outcome === 'all' ? bytes.length : Math.min(outcome, bytes.length);
        recorded.output += bytes.toString('latin1', 0, written);
        done(null, written);
      });
    },
    later(callback, milliseconds) {
      recorded.pauses.push(milliseconds);
      timers.push({ callback, milliseconds });
    },
    gapLine: ({ log, audit }) => `(${log}${audit === 0 ? '' : ` and ${audit}`} lost)\n`,
    onDropped: ({ log, audit }) => {
      recorded.dropped += log;
      recorded.droppedAudit += audit;
    },
  });
  /** Completes the current write and then the pause, the given number of times. */
  async function pass(pauses = 0): Promise<void> {
    for (let i = 0; i <= pauses; i++) {
      await new Promise((resolve) => setImmediate(resolve));
      if (i < pauses) timers.shift()?.callback();
    }
  }
  return { writer, recorded, pass, now: (outcome: Outcome) => outcomes.splice(0, outcomes.length, outcome) };
}

const lineCounts: [state: keyof typeof bounds, outcome: Outcome][] = [
  ['flowing', 'all'],
  ['stalled', 'EAGAIN'],
];

for (const [state, outcome] of lineCounts) {
  test(`${state}: lines up to the limit wait; further lines are dropped, counted, and replaced by one line`, async () => {
    const { writer, recorded, pass, now } = fixture(outcome);
    const max = bounds[state].lines;
    writer.write('a\n');
    if (state === 'stalled') await pass();
    for (let i = 1; i < max; i++) writer.write('a\n');
    assert.deepEqual([writer.waiting.log.lines, recorded.dropped], [max, 0]);
    for (let i = 0; i < 3; i++) writer.write('b\n');
    assert.deepEqual([writer.waiting.log.lines, recorded.dropped], [max, 3]);
    now('all');
    await pass(1);
    writer.write('c\n');
    await pass();
    assert.equal(recorded.output, `${'a\n'.repeat(max)}(3 lost)\nc\n`);
    assert.equal(recorded.dropped, 3);
  });
}

for (const [state, outcome] of lineCounts) {
  test(`${state}: the audit takes at most half of the queue, in lines and in bytes`, async () => {
    const { writer, recorded, pass, now } = fixture(outcome);
    const max = bounds[state].lines;
    if (state === 'stalled') {
      writer.write('a\n');
      await pass();
    }
    const begun = writer.waiting.log.lines;
    for (let i = 0; i < max / 2 + 2; i++) writer.write('t\n', 'audit');
    assert.deepEqual([writer.waiting.audit.lines, recorded.droppedAudit, recorded.dropped], [max / 2, 2, 0]);
    for (let i = begun; i < max / 2; i++) writer.write('a\n');
    assert.deepEqual([writer.waiting.log.lines, recorded.dropped], [max / 2, 0]);
    writer.write('a\n');
    assert.equal(recorded.dropped, 1);
    now('all');
    await pass(1);
    const gaps = '(0 and 2 lost)';
    assert.ok(recorded.output.includes(`${'t\n'.repeat(max / 2 - 1)}${gaps}`), recorded.output.slice(-100));
    assert.ok(recorded.output.endsWith('(1 lost)\n'));
  });
}

for (const more of [0, 1]) {
  test(`half of the bytes for the audit, and ${more} more`, async () => {
    const { writer, recorded } = fixture('EAGAIN');
    writer.write(`${'x'.repeat(bounds.flowing.bytes / 2 + more - 1)}\n`, 'audit');
    assert.equal(recorded.droppedAudit, more);
  });
}

test('a descriptor that fails: lines of both streams are counted separately', async () => {
  const { writer, recorded, pass, now } = fixture('ENOSPC');
  for (const stream of ['audit', 'log', 'audit'] as const) writer.write('a\n', stream);
  await pass(1);
  writer.write('b\n', 'audit');
  await pass(1);
  assert.deepEqual([recorded.dropped, recorded.droppedAudit], [1, 3]);
  now('all');
  await pass(1);
  assert.equal(recorded.output, '(1 and 3 lost)\n');
});

const sizes: [name: string, state: keyof typeof bounds, more: number, dropped: number][] = [
  ['as many bytes as may', 'flowing', 0, 0],
  ['one byte more', 'flowing', 1, 1],
  ['as many bytes as may', 'stalled', 0, 0],
  ['one byte more', 'stalled', 1, 1],
];

for (const [name, state, more, dropped] of sizes) {
  test(`${state}: ${name}`, async () => {
    const { writer, recorded, pass } = fixture('EAGAIN');
    if (state === 'stalled') {
      writer.write('\n');
      await pass();
    }
    const max = bounds[state].bytes - writer.waiting.log.bytes;
    writer.write(`${'x'.repeat(max + more - 3)}é\n`);
    assert.equal(recorded.dropped, dropped);
    assert.ok(writer.waiting.log.bytes <= bounds[state].bytes);
  });
}

test('a stalled descriptor is retried with growing pauses, and nothing is dropped', async () => {
  const { writer, recorded, pass, now } = fixture('EAGAIN');
  writer.write('a\n');
  await pass(10);
  writer.write('b\n');
  assert.deepEqual(recorded.pauses, [10, 20, 40, 80, 160, 320, 640, 1000, 1000, 1000, 1000]);
  now('all');
  await pass(1);
  assert.deepEqual([recorded.output, recorded.dropped], ['a\nb\n', 0]);
});

test('a descriptor that fails: queued lines are dropped, and the count is retried once a second', async () => {
  const { writer, recorded, pass, now } = fixture('ENOSPC');
  for (let i = 0; i < 5; i++) writer.write('a\n');
  await pass(1);
  assert.equal(recorded.dropped, 5);
  writer.write('b\n');
  await pass(1);
  assert.equal(recorded.dropped, 6);
  await pass(1);
  assert.equal(recorded.dropped, 6);
  assert.deepEqual(new Set(recorded.pauses), new Set([1000]));
  now('all');
  await pass(1);
  writer.write('c\n');
  await pass();
  assert.equal(recorded.output, '(6 lost)\nc\n');
});

test('a partly written line is completed, and later lines are dropped', async () => {
  const { writer, recorded, pass, now } = fixture(3, 'ENOSPC');
  writer.write('first\n');
  writer.write('second\n');
  await pass();
  assert.deepEqual([recorded.output, recorded.dropped], ['fir', 1]);
  now('all');
  await pass(1);
  assert.equal(recorded.output, 'first\n(1 lost)\n');
  assert.deepEqual(writer.waiting, { log: { lines: 0, bytes: 0 }, audit: { lines: 0, bytes: 0 } });
});

test('a write has whole lines of at most 4096 bytes, so that lines of other processes are not interleaved', async () => {
  const { writer, recorded, pass } = fixture('all');
  for (let i = 0; i < 41; i++) writer.write(`${'x'.repeat(99)}\n`);
  await pass();
  // The first line was written alone, immediately.
  assert.deepEqual([recorded.calls, recorded.output.length], [2, 4100]);
});

const flushes: [name: string, outcomes: Outcome[], isDone: boolean][] = [
  ['takes', ['all'], true],
  ['takes a byte at a time', [1], true],
  ['takes it later', ['EAGAIN', 'EAGAIN', 'all'], true],
  ['refuses', ['EPIPE'], false],
  ['stalls', ['EAGAIN'], false],
];

for (const [name, outcomes, isDone] of flushes) {
  test(`flushing to a descriptor that ${name}`, async () => {
    const { writer, pass } = fixture(...outcomes);
    writer.write('abc\n');
    const flushed = writer.flush(200);
    await pass(5);
    assert.equal(await flushed, isDone);
  });
}

test('a process that exits writes the queued lines as far as possible', async () => {
  const { writer, pass, now } = fixture(2);
  const taken: string[] = [];
  const take = (bytes: Buffer): boolean => taken.push(bytes.toString()) > 0;
  for (const line of ['abc\n', 'def\n']) writer.write(line);
  writer.takeAll(take);
  assert.deepEqual(taken, ['def\n'], 'the first line is in the hands of a thread');
  now('EAGAIN');
  await pass();
  writer.write('ghi\n');
  writer.takeAll(take);
  assert.deepEqual(taken, ['def\n'], 'it is known to take nothing');
});
