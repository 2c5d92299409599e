import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fuzzTargets } from '../fuzz/index.ts';
import { areas } from '../mutation/areas.ts';
import { runProgram } from '../runner/run-program.ts';
import { searches } from '../search/index.ts';
import { type Item, Left, type Run } from './item.ts';
import { type Result, runItem } from './run-item.ts';

const root = join(import.meta.dirname, '..', '..');
const folder = mkdtempSync(join(tmpdir(), 'mintproc-nightly-'));
after(() => rmSync(folder, { recursive: true }));

const main = (...args: string[]) =>
  runProgram(root, { file: process.execPath, arguments: ['test/nightly/main.ts', ...args] });

test('every search, every fuzz target and every area of mutation is an item', async () => {
  const { output } = await main('--list');
  const names: readonly string[] = JSON.parse(output);
  assert.equal(new Set(names).size, names.length);
  for (const name of Object.keys(searches)) assert.ok(names.includes(`search/${name}`), name);
  for (const name of Object.keys(fuzzTargets)) assert.ok(names.includes(`fuzz/${name}`), name);
  for (const name of Object.keys(areas)) assert.ok(names.includes(`mutation/${name}`), name);
});

test('the jobs name every item once', async () => {
  const names: readonly string[] = JSON.parse((await main('--list')).output);
  const jobs: readonly string[] = JSON.parse((await main('--jobs')).output);
  for (const name of names) {
    assert.equal(jobs.filter((job) => name === job || name.startsWith(`${job}/`)).length, 1, name);
  }
});

test('what cannot run here is skipped, and the summary says why', async () => {
  const environment = { ...process.env, FLEX_ORACLE: '' };
  const file = join(root, 'test/nightly/main.ts');
  const args = [file, '--only', 'differential/flex', '--minutes', '1', '--summary', folder];
  const { status, stdout } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8', env: environment });
  assert.equal(status, 0);
  const why = 'FLEX_ORACLE has no command line of the evaluator';
  assert.equal(stdout, `SKIPPED differential/flex: ${why}\n0 passed, 0 failed, 1 skipped\n`);
  const { summary, results } = JSON.parse(readFileSync(join(folder, 'summary.json'), 'utf8'));
  assert.equal(summary, '0 passed, 0 failed, 1 skipped');
  assert.deepEqual(
    results.map(({ name, outcome, figures }: Result) => [name, outcome, figures]),
    [['differential/flex', 'skipped', why]],
  );
  assert.match(readFileSync(join(folder, 'summary.md'), 'utf8'), /\| differential\/flex \| skipped \|/);
});

function itemOf(prepare: Item['prepare']): Item {
  return { name: 'group/item', isTimed: false, prepare };
}

const node = (script: string, rest: Partial<Run> = {}): Item =>
  itemOf(async () => ({ arguments: ['--eval', script], ...rest }));

const results: [name: string, item: Item, outcome: Result['outcome'], figures: RegExp][] = [
  ['passes', node(`console.log('a\\n7 inputs')`), 'passed', /^7 inputs$/],
  ['fails', node(`console.log('this input'); process.exit(1)`), 'failed', /^ended with 1\nthis input$/],
  ['is killed', node(`process.kill(process.pid, 'SIGKILL')`), 'failed', /^ended with SIGKILL/],
  ['cannot run here', node(`console.log('no tool'); process.exit(3)`, { leftCode: 3 }), 'skipped', /^no tool$/],
  ['fails with that code', node(`process.exit(3)`), 'failed', /^ended with 3/],
  [
    'has no program',
    itemOf(async () => ({ file: join(folder, 'nothing'), arguments: [] })),
    'failed',
    /nothing ENOENT/,
  ],
  [
    'is left out',
    itemOf(async () => Promise.reject(new Left('there is no oracle'))),
    'skipped',
    /^there is no oracle$/,
  ],
];

for (const [name, item, outcome, figures] of results) {
  test(`an item ${name}: ${outcome}`, async () => {
    const result = await runItem(item, { root, seconds: undefined, folder, print: () => undefined });
    assert.equal(result.outcome, outcome);
    assert.match(result.figures, figures);
  });
}

test('the output of an item is kept', async () => {
  await runItem(node(`console.log('kept')`), { root, seconds: undefined, folder, print: () => undefined });
  assert.equal(readFileSync(join(folder, 'group-item.log'), 'utf8'), 'kept\n');
});

const mistakes: [args: string[], said: RegExp][] = [
  [['--only', 'nothing'], /^There is no item nothing\./],
  [['--minutes', '0'], /^--minutes takes a whole number, not 0\./],
  [['--loud'], /^Unknown option '--loud'/],
];

for (const [args, said] of mistakes) {
  test(`npm run nightly ${args.join(' ')}`, async () => {
    const { ok, output } = await main(...args);
    assert.equal(ok, false);
    assert.match(output, said);
  });
}
