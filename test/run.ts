/**
 * @module
 * `npm test`: every check of the project, with a line for each; the last line is the count.
 */
import { globSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, relative } from 'node:path';
import { endWithNpm } from '../src/cli/parent.ts';
import { type CoverageSummary, coverageProblems, unloadedFiles } from './runner/coverage.ts';
import { runTests } from './runner/node-tests.ts';
import { runShares } from './runner/search-shares.ts';
import { runStaticChecks, staticChecks } from './runner/static-checks.ts';
import { Tally } from './runner/tally.ts';
import { searches } from './search/index.ts';

const help = `npm test                 types, lint, dead code, all tests with coverage, a share of each search
npm test -- PATTERN…     only the test files whose path contains one of the patterns, and the searches whose name,
                         as search/NAME, contains one; no other check
npm test -- --help       this text

The last line is "N passed, N failed", with ", N skipped" where tests were skipped.`;

const root = join(import.meta.dirname, '..');
/** How many test files run at a time. */
const concurrency = availableParallelism();

async function runAll(tally: Tally): Promise<void> {
  const { quick, whole } = grouped(testFiles());
  // Tests that wait for a process leave the CPU to the programs.
  const [coverage] = await Promise.all([
    runTests({ root, files: quick, coverage: true, concurrency }, tally),
    runStaticChecks(root, staticChecks, tally).then(() => runShares(root, Object.keys(searches), tally)),
  ]);
  judge(coverage, tally);
  await runTests({ root, files: whole, coverage: false, concurrency }, tally);
}

/**
 * Tests that start Envoy or the benchmark run after the others, since a busy machine would distort the times that they
 * measure. Their coverage is not collected, since that would slow down the processes that they time.
 */
function grouped(files: readonly string[]): { readonly quick: readonly string[]; readonly whole: readonly string[] } {
  const {
    starting = [],
    quick = [],
    whole = [],
  } = Object.groupBy(files, (file) => {
    const path = relative(root, file);
    if (/^test\/(?:bench|e2e|demo|deploy)\//.test(path)) return 'whole';
    return /^test\/(?:cli|serving)\//.test(path) ? 'starting' : 'quick';
  });
  // Files that start processes take longest. They begin first.
  return { quick: [...starting, ...quick], whole };
}

function judge(coverage: CoverageSummary | undefined, tally: Tally): void {
  if (coverage === undefined) {
    tally.fail('coverage', 'was not measured');
    return;
  }
  // main.ts runs only in processes that the tests start, and the editor of the playground only in a browser.
  const sources = globSync('src/**/*.ts', {
    cwd: root,
    exclude: ['src/main.ts', 'src/playground/page/editor/**'],
  });
  const unloaded = unloadedFiles(
    coverage,
    sources.map((file) => join(root, file)),
  );
  const problems = coverageProblems(
    coverage,
    root,
    unloaded.map((file) => relative(root, file)),
  );
  const { coveredLinePercent, coveredBranchPercent, coveredFunctionPercent } = coverage.totals;
  const figures = [coveredLinePercent, coveredBranchPercent, coveredFunctionPercent].map((percent) =>
    percent.toFixed(1),
  );
  if (problems.length > 0) {
    tally.fail('coverage', problems.join('\n'));
  } else {
    tally.pass();
    tally.say(`ok coverage (lines ${figures[0]} %, branches ${figures[1]} %, functions ${figures[2]} %)`);
  }
}

async function runMatching(patterns: readonly string[], tally: Tally): Promise<void> {
  const matches = (path: string): boolean => patterns.some((pattern) => path.includes(pattern));
  const files = testFiles().filter((file) => matches(relative(root, file)));
  const wanted = Object.keys(searches).filter((name) => matches(`search/${name}`));
  if (files.length + wanted.length === 0) tally.fail(patterns.join(' '), 'no test file has this in its path');
  const { quick, whole } = grouped(files);
  await runTests({ root, files: quick, coverage: false, concurrency }, tally);
  await runTests({ root, files: whole, coverage: false, concurrency }, tally);
  await runShares(root, wanted, tally);
}

function testFiles(): string[] {
  return globSync('test/**/*.test.ts', { cwd: root })
    .sort()
    .map((file) => join(root, file));
}

async function main(given: readonly string[]): Promise<void> {
  const print = (line: string): void => void process.stdout.write(`${line}\n`);
  if (given.includes('--help') || given.includes('-h')) {
    print(help);
    return;
  }
  endWithNpm(process.env);
  const tally = new Tally(print);
  try {
    await (given.length === 0 ? runAll(tally) : runMatching(given, tally));
  } catch (error) {
    tally.fail('the runner itself', error instanceof Error ? (error.stack ?? error.message) : String(error));
  }
  print(tally.summary);
  process.exitCode = tally.ok ? 0 : 1;
}

await main(process.argv.slice(2));
