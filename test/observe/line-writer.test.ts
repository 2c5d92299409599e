import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bounds, LineWriter } from '../../src/observe/line-writer.ts';

type Outcome = number | string | 'all';

/** A descriptor whose writes come to what stands in `outcomes`, the last of them again and again. */
function world(...outcomes: Outcome[]) {
  const timers: { readonly callback: () => void; readonly milliseconds: number }[] = [];
  const told = { output: '', dropped: 0, droppedAudit: 0, pauses: [] as number[], calls: 0 };
  const writer = new LineWriter({
    write(bytes, done) {
      told.calls++;
      const outcome = (outcomes.length > 1 ? outcomes.shift() : outcomes[0]) ?? 'all';
      queueMicrotask(() => {
        if (typeof outcome === 'string' && outcome !== 'all') {
          done(Object.assign(new Error(outcome), { code: outcome }), 0);
          return;
        }
        const written = outcome === 'all' ? bytes.length : Math.min(outcome, bytes.length);
        told.output += bytes.toString('latin1', 0, written);
        done(null, written);
      });
    },
    later(callback, milliseconds) {
      told.pauses.push(milliseconds);
      timers.push({ callback, milliseconds });
    },
    gapLine: ({ log, audit }) => `(${log}${audit === 0 ? '' : ` and ${audit}`} lost)\n`,
    onDropped: ({ log, audit }) => {
      told.dropped += log;
      told.droppedAudit += audit;
    },
  });
  /** What was begun ends; then the pause is over, so many times. */
  async function pass(pauses = 0): Promise<void> {
    for (let i = 0; i <= pauses; i++) {
      await new Promise((resolve) => setImmediate(resolve));
      if (i < pauses) timers.shift()?.callback();
    }
  }
  return { writer, told, pass, now: (outcome: Outcome) => outcomes.splice(0, outcomes.length, outcome) };
}

const lineCounts: [state: keyof typeof bounds, outcome: Outcome][] = [
  ['flowing', 'all'],
  ['stalled', 'EAGAIN'],
];

for (const [state, outcome] of lineCounts) {
  test(`${state}: as many lines wait as may; one more is dropped, counted, and told of in its place`, async () => {
    const { writer, told, pass, now } = world(outcome);
    const most = bounds[state].lines;
    writer.write('a\n');
    if (state === 'stalled') await pass();
    for (let i = 1; i < most; i++) writer.write('a\n');
    assert.deepEqual([writer.waiting.log.lines, told.dropped], [most, 0]);
    for (let i = 0; i < 3; i++) writer.write('b\n');
    assert.deepEqual([writer.waiting.log.lines, told.dropped], [most, 3]);
    now('all');
    await pass(1);
    writer.write('c\n');
    await pass();
    assert.equal(told.output, `${'a\n'.repeat(most)}(3 lost)\nc\n`);
    assert.equal(told.dropped, 3);
  });
}

for (const [state, outcome] of lineCounts) {
  test(`${state}: the audit fills half of the room, in lines and in bytes, and leaves the other half to the log`, async () => {
    const { writer, told, pass, now } = world(outcome);
    const most = bounds[state].lines;
    if (state === 'stalled') {
      writer.write('a\n');
      await pass();
    }
    const begun = writer.waiting.log.lines;
    for (let i = 0; i < most / 2 + 2; i++) writer.write('t\n', 'audit');
    assert.deepEqual([writer.waiting.audit.lines, told.droppedAudit, told.dropped], [most / 2, 2, 0]);
    for (let i = begun; i < most / 2; i++) writer.write('a\n');
    assert.deepEqual([writer.waiting.log.lines, told.dropped], [most / 2, 0]);
    writer.write('a\n');
    assert.equal(told.dropped, 1);
    now('all');
    await pass(1);
    const gaps = '(0 and 2 lost)';
    assert.ok(told.output.includes(`${'t\n'.repeat(most / 2 - 1)}${gaps}`), told.output.slice(-100));
    assert.ok(told.output.endsWith('(1 lost)\n'));
  });
}

for (const more of [0, 1]) {
  test(`half of the bytes for the audit, and ${more} more`, async () => {
    const { writer, told } = world('EAGAIN');
    writer.write(`${'x'.repeat(bounds.flowing.bytes / 2 + more - 1)}\n`, 'audit');
    assert.equal(told.droppedAudit, more);
  });
}

test('a descriptor that refuses: lines of both streams are counted, each for itself', async () => {
  const { writer, told, pass, now } = world('ENOSPC');
  for (const stream of ['audit', 'log', 'audit'] as const) writer.write('a\n', stream);
  await pass(1);
  writer.write('b\n', 'audit');
  await pass(1);
  assert.deepEqual([told.dropped, told.droppedAudit], [1, 3]);
  now('all');
  await pass(1);
  assert.equal(told.output, '(1 and 3 lost)\n');
});

const sizes: [name: string, state: keyof typeof bounds, more: number, dropped: number][] = [
  ['as many bytes as may', 'flowing', 0, 0],
  ['one byte more', 'flowing', 1, 1],
  ['as many bytes as may', 'stalled', 0, 0],
  ['one byte more', 'stalled', 1, 1],
];

for (const [name, state, more, dropped] of sizes) {
  test(`${state}: ${name}`, async () => {
    const { writer, told, pass } = world('EAGAIN');
    if (state === 'stalled') {
      writer.write('\n');
      await pass();
    }
    const most = bounds[state].bytes - writer.waiting.log.bytes;
    writer.write(`${'x'.repeat(most + more - 3)}é\n`);
    assert.equal(told.dropped, dropped);
    assert.ok(writer.waiting.log.bytes <= bounds[state].bytes);
  });
}

test('a descriptor that stalls is tried again, later and later, and nothing is dropped', async () => {
  const { writer, told, pass, now } = world('EAGAIN');
  writer.write('a\n');
  await pass(10);
  writer.write('b\n');
  assert.deepEqual(told.pauses, [10, 20, 40, 80, 160, 320, 640, 1000, 1000, 1000, 1000]);
  now('all');
  await pass(1);
  assert.deepEqual([told.output, told.dropped], ['a\nb\n', 0]);
});

test('a descriptor that refuses: what waits is dropped, and it is tried again once a second, with the count alone', async () => {
  const { writer, told, pass, now } = world('ENOSPC');
  for (let i = 0; i < 5; i++) writer.write('a\n');
  await pass(1);
  assert.equal(told.dropped, 5);
  writer.write('b\n');
  await pass(1);
  assert.equal(told.dropped, 6);
  await pass(1);
  assert.equal(told.dropped, 6);
  assert.deepEqual(new Set(told.pauses), new Set([1000]));
  now('all');
  await pass(1);
  writer.write('c\n');
  await pass();
  assert.equal(told.output, '(6 lost)\nc\n');
});

test('a line that was begun is ended, and those behind it are dropped', async () => {
  const { writer, told, pass, now } = world(3, 'ENOSPC');
  writer.write('first\n');
  writer.write('second\n');
  await pass();
  assert.deepEqual([told.output, told.dropped], ['fir', 1]);
  now('all');
  await pass(1);
  assert.equal(told.output, 'first\n(1 lost)\n');
  assert.deepEqual(writer.waiting, { log: { lines: 0, bytes: 0 }, audit: { lines: 0, bytes: 0 } });
});

test('a write holds whole lines of 4096 bytes at most, so that lines of other processes come between lines only', async () => {
  const { writer, told, pass } = world('all');
  for (let i = 0; i < 41; i++) writer.write(`${'x'.repeat(99)}\n`);
  await pass();
  // The first went alone, at once.
  assert.deepEqual([told.calls, told.output.length], [2, 4100]);
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
    const { writer, pass } = world(...outcomes);
    writer.write('abc\n');
    const flushed = writer.flush(200);
    await pass(5);
    assert.equal(await flushed, isDone);
  });
}

test('a process that ends takes what waits, as far as it can be written', async () => {
  const { writer, pass, now } = world(2);
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
