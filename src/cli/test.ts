/**
 * @module
 * `mintproc test`: requests with what must become of them.
 */
import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import { diskFiles } from '../configuration/files.ts';
import { type Arguments, type Command, stringOption } from './command.ts';
import { filesBelow, statOf, type Unread } from './folder-files.ts';
import { repositoryOf } from './reporting/github-annotation.ts';
import { type Terminal, UsageError } from './terminal.ts';
import type { Form, Format } from './testing/formats/format.ts';
import { formatNamed, formats } from './testing/formats/index.ts';
import { runTests } from './testing/run-tests.ts';
import { isGood, type TestRun } from './testing/test-report.ts';
import { watchPaths } from './watching/watch-paths.ts';

const help = `Usage: mintproc test FILE|DIR… [--watch] [--format text|tap|junit|json|github]

Runs test files: requests, each with what must become of it. A request goes its whole way through the configuration that
the file names (routes, identity, policies, keys), so that what passes here is what happens behind Envoy. A failure shows
each member that differs, with its expression and its place. docs/testing.md explains how to write tests.

FILE is a test file. Of a DIR, every *.test.yaml (.yml, .json) is one, also in folders below.

  --watch        tests again after a test file, its configuration or a file that it reads is saved, and prints one line
                 for it, until it is ended with Ctrl-C
  --format FORM  text (default); tap: TAP version 14; junit: JUnit XML; github: annotations of GitHub Actions;
                 json: {"ok", "passed", "failed", "unusable", "files": [{file, config, ok, problems, cases: [{name, line,
                 column, ok, failures: [{what, line, column, message, expected, actual, member, routes}]}]}]}

The exit code is 0 if all cases pass, 1 if one fails or a file cannot be used, and 2 if a folder has no test file.`;

export const testCommand: Command = {
  help,
  options: { watch: { type: 'boolean' }, format: { type: 'string' } },
  formats: Object.keys(formats),
  async run(args, terminal) {
    const { positionals: paths } = args;
    if (paths.length === 0) throw new UsageError('At least one test file or folder is required.');
    const found = paths.map(testFilesAt);
    checkFolders(paths, found);
    const format = formatNamed(stringOption(args, 'format') ?? 'text') ?? formats.text;
    if (args.values['watch'] === true) return watch(args, format, terminal);
    const run = await runTests(joined(found), diskFiles, terminal);
    print(format.whole, run, terminal);
    return exitCodeOf(run);
  },
};

function exitCodeOf({ reports }: TestRun): number {
  return isGood(reports) ? 0 : 1;
}

function print(form: Form, run: TestRun, terminal: Terminal): void {
  const { isColoured, environment } = terminal;
  terminal.out(form({ run, isColoured, folder: repositoryOf(environment), time: new Date(terminal.now()) }));
}

/** Until the user ends it. @throws UsageError if it cannot be watched */
async function watch({ positionals: paths }: Arguments, { watch: forms }: Format, terminal: Terminal): Promise<number> {
  if (forms === undefined) throw new UsageError('--watch prints text or json.');
  let form = forms.first;
  const last = await watchPaths(
    {
      paths,
      wanted: isTestName,
      check: (files) => runTests(joined(paths.map(testFilesAt)), files, terminal),
      print: (run) => {
        print(form, run, terminal);
        form = forms.next;
      },
    },
    terminal,
  );
  return exitCodeOf(last);
}

function isTestName(name: string): boolean {
  return /\.test\.(?:ya?ml|json)$/.test(name);
}

interface TestFiles {
  readonly paths: readonly string[];
  readonly unread: readonly Unread[];
}

/** Each test file once. */
function joined(all: readonly TestFiles[]): TestFiles {
  const byRealPath = new Map<string, string>();
  for (const path of all.flatMap((found) => found.paths)) {
    const real = realPathOf(path);
    if (!byRealPath.has(real)) byRealPath.set(real, path);
  }
  return { paths: [...byRealPath.values()], unread: all.flatMap(({ unread }) => unread) };
}

/** The test file that is named, or those of a folder. @throws CommandError if a folder has too many files */
function testFilesAt(path: string): TestFiles {
  if (statOf(path)?.isDirectory() !== true) return { paths: [path], unread: [] };
  const { names, unread } = filesBelow(path, isTestName);
  return { paths: names.map((name) => join(path, name)), unread };
}

/** @throws UsageError if a folder has no test file: a build that tests the wrong folder must not pass */
function checkFolders(paths: readonly string[], found: readonly TestFiles[]): void {
  const empty = paths.find((_, index) => found[index]?.paths.length === 0);
  if (empty === undefined) return;
  throw new UsageError(`The folder ${empty} has no test file, whose name ends in .test.yaml.`);
}

/** All names of one file have the same real path. What is no file keeps its own. */
function realPathOf(path: string): string {
  return statOf(path) === undefined ? path : realpathSync(path);
}
