/**
 * Every input of the corpus, and every seed that a run begins with, through its target.
 */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { checkInput, FuzzFinding } from './check-input.ts';
import { bytesOf, keptInput, keptInputs } from './corpus.ts';
import { fuzzTarget, fuzzTargets } from './index.ts';
import type { FuzzTarget } from './target.ts';

/** Bytes of one corpus as inputs: a run begins with all of them. */
const maxCorpus = 16_384;

for (const name of Object.keys(fuzzTargets)) {
  test(`${name}: no input of the corpus is a finding`, async () => {
    const target = await fuzzTarget(name);
    const inputs = keptInputs(name).map(bytesOf);
    const seeds = Array.from(target.seeds(), (seed) =>
      typeof seed === 'string' ? Buffer.from(seed) : Buffer.from(seed),
    );
    assert.ok(inputs.length > 0 && seeds.length > 0);
    assert.ok(inputs.reduce((sum, { length }) => sum + length, 0) <= maxCorpus);
    for (const bytes of [...inputs, ...seeds.slice(0, 20)]) await checkInput(target, bytes);
  });
}

test('each corpus belongs to a target', () => {
  const files = readdirSync(join(import.meta.dirname, 'corpus')).sort();
  assert.deepEqual(
    files,
    Object.keys(fuzzTargets)
      .map((name) => `${name}.jsonl`)
      .sort(),
  );
});

function targetOf(run: FuzzTarget['run'], rest: Partial<FuzzTarget> = {}): FuzzTarget {
  return { property: 'None.', form: 'text', seeds: () => [], run, ...rest };
}

class Refusal extends Error {}

const shared: Record<string, unknown> = Object.prototype as unknown as Record<string, unknown>;

/** Takes this much CPU time. */
function busy(milliseconds: number): undefined {
  const before = process.threadCpuUsage();
  let used = 0;
  while (used < milliseconds * 1000) {
    const { user, system } = process.threadCpuUsage(before);
    used = user + system;
  }
  return undefined;
}

const findings: [name: string, target: FuzzTarget, said: RegExp][] = [
  ['an error', targetOf(() => assert.fail('because')), /because/],
  ['an error that comes later', targetOf(async () => assert.fail('later')), /later/],
  ['too much output', targetOf(() => 11, { maxOutput: () => 10 }), /^11 characters came of 3 bytes; 10 are allowed/],
  ['too much time', targetOf(() => busy(20), { maxMilliseconds: 5 }), /ms of CPU time/],
  [
    'a changed prototype',
    targetOf(() => {
      shared['polluted'] = 1;
      return undefined;
    }),
    /changed a prototype/,
  ],
];

for (const [name, target, said] of findings) {
  test(`a finding: ${name}`, async () => {
    try {
      await assert.rejects(
        async () => checkInput(target, Buffer.from('abc')),
        (error) => error instanceof FuzzFinding && said.test(error.message),
      );
    } finally {
      delete shared['polluted'];
    }
  });
}

const answers: [name: string, target: FuzzTarget][] = [
  ['nothing', targetOf(() => undefined)],
  ['a refusal', targetOf(() => assert.fail(new Refusal('no')), { refusals: [Refusal] })],
  ['the most output', targetOf(() => 10, { maxOutput: () => 10 })],
];

for (const [name, target] of answers) {
  test(`no finding: ${name}`, async () => {
    await checkInput(target, Buffer.from('abc'));
  });
}

const written: [form: FuzzTarget['form'], hex: string, expected: object][] = [
  ['text', '61c3a9', { text: 'aé' }],
  ['text', '61ff', { base64: 'Yf8=' }],
  ['bytes', '61', { base64: 'YQ==' }],
];

for (const [form, hex, expected] of written) {
  test(`the corpus writes ${hex} of a target of ${form} as ${JSON.stringify(expected)}`, () => {
    const bytes = Buffer.from(hex, 'hex');
    const input = keptInput({ form }, bytes);
    assert.deepEqual(input, expected);
    assert.deepEqual(bytesOf(input), bytes);
  });
}
