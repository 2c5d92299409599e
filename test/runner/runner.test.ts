import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { type CoverageSummary, coverageProblems, holdsCode, ranges } from './coverage.ts';
import { runStaticChecks } from './static-checks.ts';
import { Tally } from './tally.ts';

const folder = mkdtempSync(join(tmpdir(), 'mintproc-runner-'));
after(() => rmSync(folder, { recursive: true }));

const runner = join(folder, 'runner.mjs');
writeFileSync(
  runner,
  `
  import { runTests } from ${JSON.stringify(import.meta.resolve('./node-tests.ts'))};
  import { Tally } from ${JSON.stringify(import.meta.resolve('./tally.ts'))};
  const tally = new Tally((line) => console.log(line));
  await runTests({ root: process.cwd(), files: [process.argv[2]], coverage: false, concurrency: 1 }, tally);
  console.log(tally.ok + ': ' + tally.summary);
`,
);

const testFiles: [name: string, text: string, last: string, said: RegExp][] = [
  ['one passes', `test('a', () => {});`, 'true: 1 passed, 0 failed', /^ok /],
  ['one fails', `test('a', () => { throw new Error('because'); });`, 'false: 0 passed, 1 failed', /: a\n.*because/],
  [
    'a rejected value that is not an error',
    `test('a', () => Promise.reject({ n: 1 }));`,
    'false: 0 passed, 1 failed',
    /n: 1/,
  ],
  ['a suite counts its tests', `suite('s', () => { test('a'); test('b'); });`, 'true: 2 passed, 0 failed', /^ok /],
  [
    'a failure inside counts once',
    `suite('s', () => { test('a', () => assert.fail('x')); });`,
    'false: 0 passed, 1 failed',
    /x/,
  ],
  ['a suite that throws', `suite('s', () => { throw new Error('early'); });`, 'false: 0 passed, 1 failed', /early/],
  ['a hook that throws', `after(() => { throw new Error('hook'); }); test('a');`, 'false: 1 passed, 1 failed', /hook/],
  [
    'skipped with a reason',
    `test('a', { skip: 'no root' }); test('b');`,
    'true: 1 passed, 0 failed, 1 skipped',
    /no root/,
  ],
  ['all skipped', `test('a', { skip: true });`, 'false: 0 passed, 1 failed, 1 skipped', /executed no test/],
  ['all skipped with a reason', `test('a', { skip: 'no root' });`, 'false: 0 passed, 0 failed, 1 skipped', /no root/],
  ['to do', `test('a', { todo: true });`, 'false: 0 passed, 1 failed', /marked as to do/],
  ['no test', `assert.ok(true);`, 'false: 0 passed, 1 failed', /executed no test/],
  ['crashes on loading', `throw new Error('crash');`, 'false: 0 passed, 1 failed', /ended with 7\n[\s\S]*Error: crash/],
  [
    'exits after one test',
    `test('a'); test('b', () => new Promise(() => setTimeout(process.exit, 100, 0)));`,
    'false: 1 passed, 1 failed',
    /before its tests did/,
  ],
  ['exits early', `test('a', () => process.exit(0));`, 'false: 0 passed, 1 failed', /executed no test/],
  [
    'fails after its tests',
    `test('a'); process.on('exit', () => { process.exitCode = 3; });`,
    'false: 1 passed, 1 failed',
    /3/,
  ],
];

for (const [name, text, last, said] of testFiles) {
  test(`the runner counts: ${name}`, () => {
    const file = join(folder, `${name.replaceAll(' ', '-')}.test.mjs`);
    const imports = `import { after, suite, test } from 'node:test';\nimport assert from 'node:assert/strict';\n`;
    writeFileSync(file, `${imports}after(() => {});\n${text}\n`);
    const { NODE_TEST_CONTEXT: _context, NODE_V8_COVERAGE: _coverage, ...env } = process.env;
    const child = spawnSync(process.execPath, [runner, file], {
      cwd: folder,
      env,
      encoding: 'utf8',
    });
    assert.equal(child.stdout.trimEnd().split('\n').at(-1), last, child.stdout + child.stderr);
    assert.match(child.stdout, said);
  });
}

test('nothing run is no success', () => {
  const tally = new Tally(() => {});
  assert.equal(tally.ok, false);
  assert.equal(tally.summary, '0 passed, 0 failed');
});

const programs: [name: string, script: string | undefined, summary: string, said: RegExp][] = [
  ['ends with 0', 'exit 0', '1 passed, 0 failed', /^ok ends with 0 /],
  [
    'ends with 2',
    'echo seen; echo wrong >&2; exit 2',
    '0 passed, 1 failed',
    /^FAILED ends with 2\n {4}seen\n {4}wrong\n/,
  ],
  ['is killed', 'kill -9 $$', '0 passed, 1 failed', /SIGKILL/],
  ['is not there', undefined, '0 passed, 1 failed', /cannot be started/],
];

for (const [title, script, summary, said] of programs) {
  test(`a static check that ${title}`, async () => {
    const bin = join(folder, 'node_modules', '.bin');
    const program = title.replaceAll(' ', '-');
    mkdirSync(bin, { recursive: true });
    if (script !== undefined) writeFileSync(join(bin, program), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    const lines: string[] = [];
    const tally = new Tally((line) => lines.push(line));
    await runStaticChecks(folder, [{ title, program, arguments: [] }], tally);
    assert.equal(tally.summary, summary);
    assert.match(lines.join('\n'), said);
  });
}

function coverage(lines: number, branches: number, functions: number): CoverageSummary {
  const figures = { coveredLinePercent: lines, coveredBranchPercent: branches, coveredFunctionPercent: functions };
  const counts = { totalLineCount: 0, totalBranchCount: 0, totalFunctionCount: 0 };
  const covered = { coveredLineCount: 0, coveredBranchCount: 0, coveredFunctionCount: 0 };
  const totals = { ...figures, ...counts, ...covered };
  const uncovered = [3, 4, 9].map((line) => ({ line, count: 0 }));
  const file = { path: '/project/src/a.ts', ...totals, functions: [], branches: [], lines: uncovered };
  return { files: [file], totals, thresholds: { line: 0, branch: 0, function: 0 }, workingDirectory: '/project' };
}

const measured: [name: string, lines: number, branches: number, functions: number, unloaded: string[], said: RegExp][] =
  [
    ['enough', 95, 90, 90, [], /^$/],
    ['too few lines', 94.99, 90, 90, [], /^94.99 % of lines .* 95 %\n {2}src\/a.ts: 95 % lines.*never run: 3-4, 9$/],
    ['too few branches', 95, 89.9, 90, [], /^89.90 % of branches/],
    ['too few functions', 95, 90, 89.9, [], /^89.90 % of functions/],
    ['a file loaded by no test', 100, 100, 100, ['src/b.ts'], /^src\/b.ts is loaded by no test$/],
  ];

for (const [name, lines, branches, functions, unloaded, said] of measured) {
  test(`coverage: ${name}`, () => {
    assert.match(coverageProblems(coverage(lines, branches, functions), '/project', unloaded).join('\n'), said);
  });
}

const modules: [text: string, code: boolean][] = [
  [`import type { A } from './a.ts';\n/** A row. */\nexport interface B { readonly a: A } // shape`, false],
  ['export type A = 1;', false],
  ['export const a = 1;', true],
  [`export { a } from './a.ts';`, true],
  [`import './a.ts';`, true],
];

for (const [text, code] of modules) {
  test(`${JSON.stringify(text)} ${code ? 'holds code' : 'holds types alone'}`, () => {
    assert.equal(holdsCode(text), code);
  });
}

test('ranges of lines', () => {
  assert.equal(ranges([1, 3, 4, 5, 9]), '1, 3-5, 9');
  assert.equal(ranges([]), 'none');
});
