/**
 * @module
 * Runs the cases of test files.
 */
import { dirname } from 'node:path';
import { diskFiles, type FileReader, readTextFile, resolveFrom, type TextContents } from '../../configuration/files.ts';
import { missingFileHint } from '../../diagnostics/missing-file.ts';
import { type Problem, Problems, problemAt } from '../../diagnostics/problem.ts';
import { SourceText } from '../../diagnostics/source-text.ts';
import type { YamlPath } from '../../documents/yaml-places.ts';
import { readTestFile, type TestCase, type TestFile } from '../../trial/cases/read-test-file.ts';
import { type CaseContext, runCase } from '../../trial/cases/run-case.ts';
import { WrittenTexts } from '../../trial/member-fields.ts';
import { PasswordBudget } from '../../verification/opened-token.ts';
import type { VerifyingKey } from '../../verification/verifying-key.ts';
import type { Unread } from '../folder-files.ts';
import { CommandError, type Terminal } from '../terminal.ts';
import { keysOfFile } from '../verifying-keys.ts';
import { explainFailures } from './explain-failures.ts';
import type { CaseReport, TestReport, TestRun } from './test-report.ts';
import { type LoadedTests, TestedConfigurations } from './tested-configurations.ts';

/** @param found the test files, and the folders that could not be searched for more */
export async function runTests(
  { paths, unread }: { readonly paths: readonly string[]; readonly unread: readonly Unread[] },
  files: FileReader,
  terminal: Pick<Terminal, 'environment' | 'now'>,
): Promise<TestRun> {
  const runner = new Runner(files, terminal);
  const reports: TestReport[] = [];
  for (const path of paths) reports.push(await runner.run(path));
  return { reports: [...reports, ...unread.map(unreadFolder)], files: paths };
}

function unreadFolder({ path, message }: Unread): TestReport {
  const problem = problemAt(SourceText.ofFile(path, ''), 0, 'config.unreadable-file', { message });
  return unusable(path, undefined, [problem]);
}

/** @param config the path of the configuration, if it is known */
function unusable(file: string, config: string | undefined, problems: readonly Problem[]): TestReport {
  return { file, config, problems, cases: [], standInKeys: [] };
}

/** Reads the text of each file at most once. */
function readingOnce(files: FileReader): (path: string) => TextContents {
  const texts = new Map<string, TextContents>();
  return (path) => {
    const text = texts.get(path) ?? readTextFile(files, path);
    texts.set(path, text);
    return text;
  };
}

class Runner {
  readonly #files: FileReader;
  readonly #now: number;
  readonly #configurations: TestedConfigurations;
  readonly #texts = new WrittenTexts(diskFiles);
  readonly #budget = new PasswordBudget();

  constructor(files: FileReader, { environment, now }: Pick<Terminal, 'environment' | 'now'>) {
    this.#files = files;
    this.#now = now();
    this.#configurations = new TestedConfigurations(files, { environment, now: () => this.#now });
  }

  async run(file: string): Promise<TestReport> {
    const contents = readTextFile(this.#files, file);
    if (contents.kind === 'failed') return unusable(file, undefined, [this.#unreadable(file, contents.reason)]);
    const reading = readTestFile(file, contents.text);
    if (!reading.ok) return unusable(file, undefined, reading.problems);
    const test = reading.value;
    const config = resolveFrom(dirname(file), test.config);
    const problems = new Problems();
    this.#checkFile(test, ['config'], config, problems);
    const keys = [...test.keys.entries()].flatMap((key) => this.#keysOf(file, test, key, problems));
    if (problems.hasErrors) return unusable(file, config, problems.all);
    const loaded = this.#configurations.of(config);
    if (!loaded.ok) return unusable(file, config, loaded.problems);
    const context = {
      now: this.#now,
      files: this.#files,
      textOf: readingOnce(this.#files),
      resolve: (path: string) => resolveFrom(dirname(file), path),
      keys,
      budget: this.#budget,
    };
    const cases: CaseReport[] = [];
    for (const one of test.cases) cases.push(await this.#runCase(one, loaded, config, context));
    return { file, config, problems: [], cases, standInKeys: loaded.standInKeys };
  }

  async #runCase(
    one: TestCase,
    { tested, warnings }: LoadedTests,
    config: string,
    context: CaseContext,
  ): Promise<CaseReport> {
    const { name, document, path } = one;
    const place = document.source.placeAt(document.offsetOf(path));
    const ran = await runCase(one, tested, context);
    if (ran.failures.length === 0) return { name, place, failures: [] };
    const failures = await explainFailures(one, ran, {
      recording: () => this.#configurations.recording(config),
      routes: tested.routes,
      texts: this.#texts,
      warnings,
    });
    return { name, place, failures };
  }

  #keysOf(
    file: string,
    test: TestFile,
    [index, key]: readonly [number, TestFile['keys'][number]],
    problems: Problems,
  ): readonly VerifyingKey[] {
    const { file: written, encoding } = key;
    const path = resolveFrom(dirname(file), written);
    const at = ['keys', index];
    if (!this.#checkFile(test, at, path, problems)) return [];
    try {
      return keysOfFile(path, { jwk: true, encoding }, 'Tests need it without a passphrase.').keys;
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      test.document.report(problems, at, 'trial.invalid-value', { message: error.message });
      return [];
    }
  }

  /** Whether a file that the test file names can be read; if not, it is reported. */
  #checkFile({ document }: TestFile, at: YamlPath, path: string, problems: Problems): boolean {
    const contents = readTextFile(this.#files, path);
    if (contents.kind === 'text') return true;
    const suggestion = missingFileHint(path, (folder) => this.#files.list(folder), '');
    const message = `The file ${contents.reason}.`;
    document.report(problems, at, 'config.unreadable-file', { message, suggestion });
    return false;
  }

  #unreadable(file: string, reason: string): Problem {
    const suggestion = missingFileHint(file, (folder) => this.#files.list(folder), '');
    const message = `The file ${file} ${reason}.`;
    return problemAt(SourceText.ofFile(file, ''), 0, 'config.unreadable-file', { message, suggestion });
  }
}
