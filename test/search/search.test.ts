import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { runProgram } from '../runner/run-program.ts';
import { runShares } from '../runner/search-shares.ts';
import { Tally } from '../runner/tally.ts';
import { searches } from './index.ts';
import { Effort } from './search.ts';

const root = join(import.meta.dirname, '..', '..');
const main = (...args: string[]) =>
  runProgram(root, { file: process.execPath, arguments: ['test/search/main.ts', ...args] });

test('each search has its name and more inputs than its share', async () => {
  for (const [row, load] of Object.entries(searches)) {
    const { name, inputs, share, property } = (await load()).search;
    assert.equal(name, row);
    assert.match(name, /^[a-z-]{1,16}$/);
    assert.match(property, /\.$/);
    assert.ok(inputs >= share && share > 0, name);
  }
});

test('an effort ends with its inputs', async () => {
  const effort = new Effort(1, 3, 60);
  const numbers: number[] = [];
  for await (const number of effort.inputs()) numbers.push(number);
  assert.deepEqual(numbers, [0, 1, 2]);
  assert.equal(effort.tried, 3);
});

test('an effort ends with its time', async () => {
  const effort = new Effort(1, 3, 0);
  for await (const _ of effort.inputs()) assert.fail('an input was begun after the time was over');
  assert.equal(effort.tried, 0);
});

const commandLines: [args: string[], ok: boolean, said: RegExp][] = [
  [[], true, /^Usage: npm run search NAME/],
  [['frames', '--inputs', '200', '--seed', '5'], true, /^frames: 200 inputs in [\d.]+ s, seed 5; \d+ connections/],
  [['frames', '--seconds', '0'], false, /Nothing was tried\./],
  [['frames', '--inputs', '0'], false, /Nothing was tried\./],
  [['nothing'], false, /^There is no search nothing\. Name one of: .*frames/],
  [['frames', '--inputs', 'many'], false, /^--inputs takes a whole number, not many\./],
  [['frames', '--loud'], false, /^Unknown option '--loud'/],
];

for (const [args, ok, said] of commandLines) {
  test(`npm run search ${args.join(' ')}`, async () => {
    const ended = await main(...args);
    assert.equal(ended.ok, ok, ended.output);
    assert.match(ended.output, said);
  });
}

test('a search that is not there is a failed check', async () => {
  const lines: string[] = [];
  const tally = new Tally((line) => lines.push(line));
  await runShares(root, ['nothing'], tally);
  assert.equal(tally.summary, '0 passed, 1 failed');
  assert.match(lines.join('\n'), /FAILED search nothing/);
});

test('a search that needs an Envoy is skipped by name without one', async () => {
  const lines: string[] = [];
  const tally = new Tally((line) => lines.push(line));
  const { ENVOY: named } = process.env;
  process.env['ENVOY'] = join(root, 'no-envoy');
  await runShares(root, ['hostile'], tally);
  if (named === undefined) delete process.env['ENVOY'];
  else process.env['ENVOY'] = named;
  assert.equal(tally.summary, '0 passed, 0 failed, 1 skipped');
  assert.match(lines.join('\n'), /^SKIPPED search hostile: .*ENVOY is set to/);
});
