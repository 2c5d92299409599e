/**
 * @module
 * `mintproc validate`: reports all problems of configurations and policies.
 */

import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { looksLikeConfiguration } from '../configuration/configuration.ts';
import type { ConfigurationDigests } from '../configuration/configuration-digests.ts';
import { diskFiles, type FileContents } from '../configuration/files.ts';
import { strictly } from '../configuration/judged-problems.ts';
import type { CompiledPolicy } from '../configuration/policy/policy-loader.ts';
import { describeReuse } from '../configuration/policy/reuse-settings.ts';
import { proveKeys } from '../configuration/prove-keys.ts';
import { checkPolicyFile, notePolicy } from '../configuration/single-policy.ts';
import { formatProblem, type Problem, Problems, problemAt } from '../diagnostics/problem.ts';
import { SourceText } from '../diagnostics/source-text.ts';
import { finish } from '../diagnostics/steps.ts';
import { type Bundle, type BundledPolicy, readBundles } from '../dialects/apigee/bundle/bundle.ts';
import { isBundleFile } from '../dialects/apigee/bundle/proxy-files.ts';
import { readPolicyFile } from '../dialects/index.ts';
import { DocumentFile } from '../documents/document-file.ts';
import { bundleToJson, bundleToText } from './bundle-report.ts';
import { type Command, stringOption } from './command.ts';
import { type Comparison, compare, comparisonToText, load } from './compare.ts';
import { exportFiles } from './export-files.ts';
import { readInput } from './input-file.ts';
import { policyFilesBelow } from './policy-folder.ts';
import { CommandError, type Terminal, UsageError } from './terminal.ts';

const help = `Usage: mintproc validate FILE… [--strict] [--notes] [--against OLD.yaml] [--format text|json]

Checks mintproc.yaml files with every policy and key that they name, or single policy files. It shows all problems, each
with its place, a stable code and what to write instead.

FILE may also be a folder: every policy file and mintproc.yaml below it is checked. In the folder or .zip of an Apigee
proxy (apiproxy/), the GenerateJWT policies are listed with the flows that call them, where their tokens go, and a
section to paste into mintproc.yaml.

  --strict       every warning that \`allow\` does not name is an error, as with \`strict: true\` in the configuration
  --notes        also shows what is worth knowing, and warnings that \`allow\` names
  --against OLD  the mintproc.yaml that FILE would replace: lists the policies, keys, routes, variables and settings that
                 would be added, removed or changed
  --format FORM  text (default), or json: {"files": [{file, dialect, ok, problems: [{code, severity, message, line, column}]}]}

The exit code is 1 if a file has an error. Warnings (without --strict), notes and differences do not change it.
docs/rules.md lists all warnings and notes.`;

/** The problems of one file and of the files that it names. */
interface Report {
  readonly file: string;
  readonly dialect: string | null;
  readonly problems: readonly Problem[];
  /** The policies of a configuration that could be loaded. */
  readonly policies?: readonly CompiledPolicy[];
  /** Digests of a configuration, as far as it could be read. */
  readonly digests?: ConfigurationDigests | undefined;
  /** The files that a configuration was read from, as absolute paths. */
  readonly parts?: ReadonlySet<string>;
}

export const validateCommand: Command = {
  help,
  options: {
    format: { type: 'string' },
    against: { type: 'string' },
    strict: { type: 'boolean' },
    notes: { type: 'boolean' },
  },
  async run(args, terminal) {
    if (args.positionals.length === 0) throw new UsageError('At least one file is required.');
    const now = terminal.now();
    const strict = args.values['strict'] === true;
    const showsNotes = args.values['notes'] === true;
    const checked = await Promise.all(
      args.positionals.map((file) => {
        const checking = checkFile(file, { strict }, terminal, now);
        return args.positionals.length === 1 ? checking : checking.catch((error) => unreadable(file, error));
      }),
    );
    const reports = checked.flatMap((one) => one.reports);
    const bundles = checked.flatMap((one) => one.bundle ?? []);
    const comparison = compareWith(stringOption(args, 'against'), reports, terminal, now);
    const format = stringOption(args, 'format') === 'json' ? asJson : asText;
    terminal.out(format(reports, bundles, comparison, showsNotes));
    return reports.every(isOk) ? 0 : 1;
  },
};

interface Checked {
  readonly reports: readonly Report[];
  /** Undefined for a single file. */
  readonly bundle: ReadBundle | undefined;
}

/** One of several files that cannot be read is a problem of its own: the others are checked. */
function unreadable(file: string, error: unknown): Checked {
  if (!(error instanceof CommandError)) throw error;
  const problem = problemAt(SourceText.ofFile(file, ''), 0, 'config.unreadable-file', { message: error.message });
  return { reports: [{ file, dialect: null, problems: [problem] }], bundle: undefined };
}

interface Strictness {
  readonly strict: boolean;
}

async function checkFile(file: string, strictness: Strictness, terminal: Terminal, now: number): Promise<Checked> {
  const files = exportFiles(file, isBundleFile);
  if (files === undefined) return { reports: [await validate(file, strictness, terminal, now)], bundle: undefined };
  const bundles = readBundles(files, {});
  const policies = bundles.flatMap((bundle) => bundle.policies);
  const others = statSync(file).isDirectory() ? policyFilesBelow(file) : [];
  const reports = [
    ...policies.map(
      (policy): Report => ({ file: policy.file, dialect: 'apigee', problems: judged(withNotes(policy), strictness) }),
    ),
    ...(await Promise.all(others.map((other) => validate(other, strictness, terminal, now)))),
  ];
  if (reports.length === 0) return { reports: [withoutPolicy(file)], bundle: undefined };
  return {
    reports: withoutParts(reports),
    bundle: policies.length === 0 ? undefined : { path: file, proxies: bundles },
  };
}

function withNotes({ problems, plan, place }: BundledPolicy): readonly Problem[] {
  const notes = new Problems();
  if (plan !== undefined) notePolicy(plan, place, notes);
  return [...problems, ...notes.all];
}

/** A file that a configuration names is checked with it: alone, it lacks what the configuration gives it. */
function withoutParts(reports: readonly Report[]): readonly Report[] {
  const isPart = ({ file }: Report): boolean =>
    reports.some((other) => other.file !== file && other.parts?.has(resolve(file)) === true);
  return reports.filter((report) => !isPart(report));
}

/** An error: a build that checks the wrong folder must not pass. */
function withoutPolicy(file: string): Report {
  const message = 'There is no policy that mints a token in this folder or archive.';
  const suggestion = 'Name the folder of the policies, or the policy files themselves.';
  const problem = problemAt(SourceText.ofFile(file, ''), 0, 'policy.unknown-dialect', { message, suggestion });
  return { file, dialect: null, problems: [problem] };
}

type Format = (
  reports: readonly Report[],
  bundles: readonly ReadBundle[],
  comparison: Comparison | undefined,
  showsNotes: boolean,
) => string;

const asJson: Format = (reports, bundles, comparison, showsNotes) => {
  const output = {
    files: reports.map((report) => toJson(report, showsNotes)),
    ...(comparison === undefined ? {} : { comparison }),
    ...(bundles.length === 0
      ? {}
      : { bundles: bundles.flatMap(({ path, proxies }) => proxies.map((one) => bundleToJson(path, one))) }),
  };
  return `${JSON.stringify(output, null, 2)}\n`;
};

const asText: Format = (reports, bundles, comparison, showsNotes) =>
  [
    ...reports.map((report) => toText(report, showsNotes)),
    ...bundles.flatMap(({ path, proxies }) => proxies.map((one) => bundleToText(path, one))),
    ...(comparison === undefined ? [] : [comparisonToText(comparison)]),
  ].join('');

interface ReadBundle {
  readonly path: string;
  /** Those with a GenerateJWT policy. */
  readonly proxies: readonly Bundle[];
}

/** Undefined without --against, or if the new configuration cannot be read; its problems then say why. */
function compareWith(
  old: string | undefined,
  reports: readonly Report[],
  terminal: Terminal,
  now: number,
): Comparison | undefined {
  if (old === undefined) return undefined;
  const [configuration, second] = reports.filter(({ dialect }) => dialect === 'mintproc');
  if (configuration === undefined || second !== undefined) {
    throw new UsageError('--against needs exactly one new mintproc.yaml as FILE.');
  }
  const { digests, problems } = configuration;
  return digests && compare(old, { digests, problems }, terminal, now);
}

async function validate(file: string, strictness: Strictness, terminal: Terminal, now: number): Promise<Report> {
  const text = readInput(file);
  if (looksLikeConfiguration(text)) {
    const parts = new Set<string>();
    const read = (path: string): FileContents => {
      parts.add(resolve(path));
      return diskFiles.read(path);
    };
    const loaded = load(file, terminal, now, { ...strictness, files: { ...diskFiles, read } });
    const { snapshot, digests, problems } = await proveKeys(loaded);
    const policies = [...(snapshot?.policies.values() ?? [])];
    return { file, dialect: 'mintproc', problems, policies, digests, parts };
  }
  const problems = new Problems();
  const source = SourceText.ofFile(file, text);
  const policyFile = finish(readPolicyFile(new DocumentFile(source), {}, problems));
  if (policyFile !== undefined) checkPolicyFile(policyFile, source, problems);
  return { file, dialect: policyFile?.dialect ?? null, problems: judged(problems.all, strictness) };
}

function judged(problems: readonly Problem[], { strict }: Strictness): readonly Problem[] {
  return strict ? problems.map(strictly) : problems;
}

function isOk({ problems }: Report): boolean {
  return problems.every(({ severity }) => severity !== 'error');
}

function shown({ problems }: Report, showsNotes: boolean): readonly Problem[] {
  return showsNotes ? problems : problems.filter(({ severity }) => severity !== 'note');
}

function toJson(report: Report, showsNotes: boolean): object {
  const problems = shown(report, showsNotes).map(({ code, severity, message, suggestion, place }) => ({
    code,
    severity,
    message,
    ...(suggestion === undefined ? {} : { suggestion }),
    file: place.file,
    line: place.line,
    column: place.column,
  }));
  const policies = report.policies?.map(({ name, dialect, requiresCaller, reuse }) => ({
    name,
    dialect,
    requireCaller: requiresCaller,
    reuse: describeReuse(reuse),
  }));
  const known = policies === undefined ? {} : { policies };
  return { file: report.file, dialect: report.dialect, ok: isOk(report), problems, ...known };
}

function toText(report: Report, showsNotes: boolean): string {
  const lines = shown(report, showsNotes).map((problem) => `${formatProblem(problem)}\n`);
  const { error = [], warning = [], note = [] } = Object.groupBy(report.problems, ({ severity }) => severity);
  const notes = count(note.length, showsNotes ? 'note' : 'note (--notes)');
  const counts = [count(error.length, 'error'), count(warning.length, 'warning'), notes]
    .filter((part) => part !== '')
    .join(', ');
  const verdict = error.length > 0 ? 'not valid' : 'valid';
  const dialect = report.dialect === null ? '' : ` (${report.dialect})`;
  const policies = report.policies?.map(policyLine) ?? [];
  return `${lines.join('')}${report.file}${dialect}: ${verdict}${counts === '' ? '' : `, ${counts}`}\n${policies.join('')}`;
}

function policyLine({ name, requiresCaller, reuse }: CompiledPolicy): string {
  return `  ${name}: ${describeReuse(reuse)}${requiresCaller ? '; a caller is required' : ''}\n`;
}

function count(number: number, noun: string): string {
  if (number === 0) return '';
  const [word = '', ...rest] = noun.split(' ');
  return [`${number} ${word}${number === 1 ? '' : 's'}`, ...rest].join(' ');
}
