/**
 * @module
 * What `npm run mutation` relies on, without the instrumenter: that collected tests run as Node's runner runs them, and
 * which survivors the file of equivalent mutants explains.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import * as stand from './collected-tests.ts';
import { type Case, collect, test as collected, endingsOf, runCase, type Suite, suite } from './collected-tests.ts';
import { type Equivalent, explained, readEquivalents } from './equivalent.ts';
import { nearestTo } from './near.ts';
import type { Outcome } from './trial.ts';

function casesOf({ children }: Suite): Case[] {
  return children.flatMap((child) => ('children' in child ? casesOf(child) : [child]));
}

async function outcomesOf(define: () => void): Promise<string[]> {
  const outcomes: string[] = [];
  for (const one of casesOf(await collect('file', async () => define()))) {
    outcomes.push(
      await runCase(one).then(
        () => 'passed',
        (error: Error) => error.message,
      ),
    );
  }
  return outcomes;
}

const fails = (): never => {
  throw new Error('failed');
};
const within = (name: string) => (t: unknown) =>
  (t as { test(name: string, work: () => void): unknown }).test(name, fails);

const files: readonly [name: string, define: () => void, expected: readonly string[]][] = [
  ['a test that passes', () => void collected('a', () => {}), ['passed']],
  ['a test that throws', () => void collected('a', fails), ['failed']],
  ['a test that rejects', () => void collected('a', async () => fails()), ['failed']],
  ['a test that is skipped', () => void collected('a', { skip: 'no tool' }, fails), []],
  ['a test with options', () => void collected('a', { skip: false }, fails), ['failed']],
  ['a suite', () => suite('s', () => void collected('a', fails)), ['failed']],
  ['a suite that is skipped', () => suite('s', { skip: true }, () => void collected('a', fails)), []],
  ['a test within a test', () => void collected('a', within('b')), ['failed']],
  [
    'a hook before each that throws',
    () => {
      stand.beforeEach(fails);
      collected('a', () => {});
    },
    ['failed'],
  ],
];

for (const [name, define, expected] of files) {
  test(`collected: ${name}`, async () => {
    assert.deepEqual(await outcomesOf(define), expected);
  });
}

test('collected: hooks run around each test, the outer ones outside, each time that it runs', async () => {
  const log: string[] = [];
  const note = (word: string) => (): void => void log.push(word);
  const file = await collect('file', async () => {
    stand.beforeEach(note('before'));
    stand.afterEach(note('after'));
    suite('s', () => {
      stand.beforeEach(note('inner before'));
      stand.afterEach(note('inner after'));
      collected('a', (t: unknown) => {
        (t as { after(work: () => void): void }).after(note('cleaned'));
        log.push('test');
      });
    });
  });
  const [one] = casesOf(file);
  assert.ok(one);
  await runCase(one);
  const once = ['before', 'inner before', 'test', 'cleaned', 'inner after', 'after'];
  assert.deepEqual(log, once);
  await runCase(one);
  assert.deepEqual(log, [...once, ...once]);
});

const endings: readonly [name: string, define: () => void, expected: number][] = [
  ['what a file made when it was loaded lasts', () => stand.after(fails), 0],
  [
    'what a file makes before its tests ends after them',
    () => {
      stand.before(fails);
      stand.after(fails);
    },
    1,
  ],
];

for (const [name, define, expected] of endings) {
  test(`collected: ${name}`, async () => {
    assert.equal(endingsOf(await collect('file', async () => define())).length, expected);
  });
}

test('collected: what a suite within a file ends, it ends each time', async () => {
  const file = await collect('file', async () => suite('s', () => stand.after(fails)));
  const [inner] = file.children;
  assert.ok(inner !== undefined && 'children' in inner);
  assert.equal(endingsOf(inner).length, 1);
});

test('collected: a test outside of a file is refused', () => {
  assert.throws(() => collected('a', fails), /outside of its file/);
});

test('near: the test files that import a source, the nearest first', () => {
  const near = nearestTo(join(import.meta.dirname, '..', '..'), [
    'test/documents/shape.test.ts',
    'test/configuration/configuration.test.ts',
    'test/configuration/duration.test.ts',
  ]);
  assert.deepEqual(near('src/configuration/duration.ts'), [
    'test/configuration/duration.test.ts',
    'test/configuration/configuration.test.ts',
  ]);
  assert.deepEqual(near('src/main.ts'), []);
});

test('near: the test files of the folder come before nearer ones', () => {
  const files = ['test/dialects/flex/problems.test.ts', 'test/dialects/apigee/conformance.test.ts'];
  const near = nearestTo(join(import.meta.dirname, '..', '..'), files);
  assert.deepEqual(near('src/dialects/apigee/flow-variables.ts'), files.toReversed());
  assert.deepEqual(near('src/expressions/dataweave/request.ts'), files);
});

test('near: the files that are written from a schema judge it first', () => {
  const files = ['test/configuration/duration.test.ts', 'test/cli/schema-files.test.ts'];
  const near = nearestTo(join(import.meta.dirname, '..', '..'), files);
  assert.deepEqual(near('src/configuration/drain-schema.ts'), ['test/cli/schema-files.test.ts']);
  assert.deepEqual(near('src/configuration/duration.ts'), files);
});

const mutant = {
  id: '0',
  file: 'src/a.ts',
  line: 3,
  column: 1,
  kind: 'EqualityOperator',
  original: 'a < b',
  replacement: 'a <= b',
  text: 'if (a < b) return;',
};
const survived: Outcome = { mutant, kind: 'survived', tests: [] };
const entry: Equivalent = {
  file: 'src/a.ts',
  line: 'if (a < b) return;',
  mutants: ['a < b => a <= b'],
  reason: 'They are never equal.',
};

const entries: readonly [
  name: string,
  entry: Equivalent,
  outcome: Outcome,
  found: number,
  problems: readonly RegExp[],
][] = [
  ['a survivor', entry, survived, 1, []],
  ['a mutant that no test executes', entry, { ...survived, kind: 'uncovered' }, 1, []],
  ['a mutant that did not end', entry, { ...survived, kind: 'timeout' }, 0, []],
  [
    'a mutant that a test detects',
    entry,
    { ...survived, kind: 'killed' },
    0,
    [/^a test detects it: src\/a\.ts: a < b/],
  ],
  ['another line', { ...entry, line: 'x' }, survived, 0, [/^there is no such mutant: src\/a\.ts: a < b/]],
  ['another change', { ...entry, mutants: ['a => b'] }, survived, 0, [/^there is no such mutant/]],
  ['another file, which was not tried', { ...entry, file: 'src/b.ts' }, survived, 0, []],
];

for (const [name, given, outcome, found, problems] of entries) {
  test(`equivalent: ${name}`, () => {
    const result = explained([outcome], [given], true);
    assert.equal(result.outcomes.length, found);
    assert.equal(result.problems.length, problems.length);
    for (const [index, problem] of problems.entries()) assert.match(result.problems[index] ?? '', problem);
  });
}

test('equivalent: a sample need not have every mutant', () => {
  assert.deepEqual(explained([survived], [{ ...entry, mutants: ['a => b'] }], false).problems, []);
});

test('equivalent.yaml: each entry says which mutants and why', () => {
  for (const { file, line, mutants, reason } of readEquivalents()) {
    assert.match(file, /^src\/.*\.ts$/);
    assert.ok(line.length > 0 && reason.length > 20 && mutants.length > 0, line);
    for (const change of mutants) assert.match(change, / => /);
  }
});

const overruns: [name: string, cpuSeconds: number, megabytes: number, loop: string][] = [
  ['memory, outside the heap', 60, 300, 'kept.push(Buffer.alloc(1e6, 1))'],
  ['CPU time', 0.3, 3_000, ''],
];

for (const [name, cpuSeconds, megabytes, loop] of overruns) {
  test(`a process ends that needs too much ${name}`, () => {
    const script = `
      const { Worker } = require('node:worker_threads');
      const cpu = new SharedArrayBuffer(8);
      new Float64Array(cpu)[0] = ${cpuSeconds} * 1e6;
      const workerData = { cpu, memory: ${megabytes} * 1e6, parent: process.ppid };
      const limits = new Worker(${JSON.stringify(join(import.meta.dirname, 'limits.ts'))}, { workerData });
      limits.once('online', () => {
        const kept = [];
        for (;;) { ${loop} }
      });`;
    // Longer than it may take with any load; then the signal is another one.
    const { signal } = spawnSync(process.execPath, ['--eval', script], { timeout: 60_000 });
    assert.equal(signal, 'SIGKILL');
  });
}
