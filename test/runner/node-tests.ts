/**
 * @module
 * Runs test files with Node's own runner, each in a process of its own, and counts what they report.
 */
import { relative } from 'node:path';
import { finished } from 'node:stream/promises';
import { type EventData, run } from 'node:test';
import { inspect } from 'node:util';
import { compileCache } from './compile-cache.ts';
import type { CoverageSummary } from './coverage.ts';
import { stopped } from './stopped.ts';
import type { Tally } from './tally.ts';

type Finished = EventData.TestPass | EventData.TestFail;

export interface TestRun {
  readonly root: string;
  readonly files: readonly string[];
  /** Whether to measure src/. */
  readonly coverage: boolean;
  /** How many files run at a time. They begin in their order. */
  readonly concurrency: number;
}

const measured = {
  coverage: true,
  coverageIncludeGlobs: ['src/**/*.ts'],
  // By default Node leaves out names such as `test.ts` and `write-test.ts`, which `mintproc test` has.
  coverageExcludeGlobs: ['test/**'],
  execArgv: ['--import', import.meta.resolve('./started-processes.ts')],
};

/** A file that takes longer than this hangs, in milliseconds. */
const fileTimeout = 240_000;

/** What is kept of a file's own output, for the case that its process fails, in UTF-16 units. */
const longestOutput = 20_000;

/** @returns the coverage of src/, where it was asked for and measured. */
export async function runTests(
  { root, files, coverage, concurrency }: TestRun,
  tally: Tally,
): Promise<CoverageSummary | undefined> {
  // Without files Node's runner looks for some of its own.
  if (files.length === 0) return undefined;
  let summary: CoverageSummary | undefined;
  const executed = new Map(files.map((file) => [file, 0]));
  const complete = new Set<string>();
  const printed = new Map<string | undefined, string>();
  const stream = run({
    cwd: root,
    files,
    concurrency,
    timeout: fileTimeout,
    signal: stopped,
    ...(coverage ? measured : { env: { ...process.env, NODE_COMPILE_CACHE: compileCache } }),
  });
  stream.on('test:pass', (data) => {
    if (countPass(data, titleOf(data, root), tally)) note(executed, data);
  });
  stream.on('test:fail', (data) => {
    const { error } = data.details;
    if (isWholeFile(data)) {
      complete.add(data.name);
      tally.fail(relative(root, data.name), `${ending(error)}\n${printed.get(data.name) ?? ''}`);
    } else if (!isEcho(error)) tally.fail(titleOf(data, root), reason(error));
    note(executed, data);
  });
  const keep = ({ file, message }: EventData.TestStdout): void => {
    printed.set(file, ((printed.get(file) ?? '') + message).slice(-longestOutput));
  };
  stream.on('test:stdout', keep);
  stream.on('test:stderr', keep);
  stream.on('test:coverage', (data) => {
    summary = data.summary;
  });
  stream.on('test:summary', ({ file, success, duration_ms: duration }) => {
    if (file === undefined) return;
    complete.add(file);
    tally.say(`${success ? 'ok' : 'not ok'} ${relative(root, file)} (${seconds(duration)} s)`);
  });
  await finished(stream.resume());
  for (const [file, tests] of executed) {
    if (tests === 0) tally.fail(relative(root, file), 'executed no test');
    else if (!complete.has(file)) tally.fail(relative(root, file), 'its process ended before its tests did');
  }
  return summary;
}

function note(executed: Map<string, number>, data: Finished): void {
  const file = data.entryFile ?? data.file;
  if (file !== undefined) executed.set(file, (executed.get(file) ?? 0) + 1);
}

/**
 * The runner reports suites, skipped tests and whole files alike.
 *
 * @returns whether a test was executed, or says what it needs and this machine lacks
 */
function countPass(data: EventData.TestPass, title: string, tally: Tally): boolean {
  if (data.skip !== undefined) {
    const needs = typeof data.skip === 'string' ? data.skip : '';
    tally.skip(title, needs);
    return needs !== '';
  }
  if (data.details.type === 'suite' || isWholeFile(data)) return false;
  if (data.todo !== undefined) tally.fail(title, 'is marked as to do: finish it or take it out');
  else tally.pass();
  return true;
}

function titleOf(data: Finished, root: string): string {
  return data.file === undefined ? data.name : `${relative(root, data.file)}:${data.line}: ${data.name}`;
}

/** A file without tests is reported as one test of the file's name, and so is one whose process failed. */
function isWholeFile(data: Finished): boolean {
  return data.nesting === 0 && data.name === data.file;
}

/** A suite or a test that fails because one inside it failed, which was counted already. */
function isEcho(error: Error): boolean {
  return 'failureType' in error && error.failureType === 'subtestsFailed';
}

/** How the process of a test file ended. */
function ending(error: Error): string {
  const signal = 'signal' in error ? error.signal : undefined;
  const exitCode = 'exitCode' in error ? error.exitCode : undefined;
  const how = signal ?? exitCode;
  return how === undefined || how === null ? reason(error) : `its process ended with ${how}`;
}

/** The runner wraps what the test threw as `cause`. */
function reason(error: Error): string {
  const thrown = error.cause ?? error;
  return thrown instanceof Error ? (thrown.stack ?? thrown.message) : inspect(thrown);
}

function seconds(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(1);
}
