/**
 * @module
 * Checks what a user names: configurations, policy files, folders and archives with any mix of them. Each file is
 * checked once, in the widest way: a policy that a configuration names is checked with it, since alone it lacks what
 * the configuration gives it.
 */
import { realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import { askingServices } from '../../configuration/asking-services.ts';
import { type FileReader, largestFile, readTextFile, type TextContents, tooLarge } from '../../configuration/files.ts';
import { strictly } from '../../configuration/judged-problems.ts';
import { type Loaded, type LoadOptions, loadConfiguration } from '../../configuration/load.ts';
import { namedPolicyFiles } from '../../configuration/named-policies.ts';
import { proveKeys } from '../../configuration/prove-keys.ts';
import { isConfigurationAmongOthers, looksLikeConfiguration } from '../../configuration/recognise.ts';
import { checkPolicyFile, notePolicy } from '../../configuration/single-policy.ts';
import { type Problem, Problems, problemAt } from '../../diagnostics/problem.ts';
import { SourceText } from '../../diagnostics/source-text.ts';
import { finish } from '../../diagnostics/steps.ts';
import { type Bundle, type BundledPolicy, readBundles } from '../../dialects/apigee/bundle/bundle.ts';
import { isBundleFile } from '../../dialects/apigee/bundle/proxy-files.ts';
import type { ExportFile } from '../../dialects/exported.ts';
import { isExportFile } from '../../dialects/exports.ts';
import { isPolicyFile, readPolicyFile } from '../../dialects/index.ts';
import { DocumentFile } from '../../documents/document-file.ts';
import { isOwnSchema } from '../../documents/json-schema.ts';
import { type ExportFiles, exportFiles } from '../export-files.ts';
import { readInput } from '../input-file.ts';
import { CommandError } from '../terminal.ts';
import { type Findings, type Report, unreadable } from './report.ts';

export interface CheckOptions {
  readonly strict: boolean;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Milliseconds since the epoch; all configurations are loaded for this time. */
  readonly now: number;
  /** Whether services are asked for the keys that they hold. */
  readonly asksServices: boolean;
  /** Reads configurations and the files that they name. */
  readonly files: FileReader;
}

type Found = Omit<Findings, 'comparison'>;

/** The findings for all paths, in their order. */
export async function checkPaths(paths: readonly string[], options: CheckOptions): Promise<Found> {
  const found: Found[] = [];
  for (const path of paths) found.push(await checkPath(path, options));
  const reports = withoutRepeats(found.flatMap((one) => one.reports));
  return { reports, bundles: bundlesOf(found, reports), files: found.flatMap(({ files }) => files) };
}

async function checkPath(path: string, options: CheckOptions): Promise<Found> {
  try {
    const files = exportFiles(path, isExportFile);
    if (files !== undefined) return await checkFolder(path, files, options);
    const text = readInput(path);
    return alone(await checkText(path, text, looksLikeConfiguration(text), options));
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    return alone(unreadable(path, error.message));
  }
}

function alone(report: Report): Found {
  return { reports: [report], bundles: [], files: [report.file] };
}

async function checkFolder(path: string, { files, unread }: ExportFiles, options: CheckOptions): Promise<Found> {
  const bundled = files.filter(({ name }) => isBundleFile(name));
  const proxies = readBundles(bundled, {});
  const byPath = new Map(files.map((file) => [file.path, file]));
  const policies = proxies.flatMap((bundle) => bundle.policies);
  const reports = policies.map((policy) => bundledReport(policy, byPath.get(policy.file), options));
  for (const { file, problems } of new Set(proxies.flatMap(({ unreadable: flows }) => flows))) {
    reports.push({ file: file.path, dialect: 'apigee', problems });
  }
  const others = files.filter(isPolicyAmongOthers);
  for (const file of others) reports.push(await checkFound(file, options));
  reports.push(...unread.map((one) => unreadable(one.path, one.message)));
  if (reports.length === 0) return alone(withoutPolicy(path));
  const checked = [...(policies.length === 0 ? [] : bundled), ...others].map(({ source }) => source);
  return {
    reports,
    bundles: policies.length === 0 ? [] : [{ path, proxies }],
    files: [...checked, ...unread.map((one) => one.path)],
  };
}

/** XML is read as a proxy bundle. */
function isPolicyAmongOthers({ name, text }: ExportFile): boolean {
  if (isBundleFile(name) || isOwnSchema(text)) return false;
  // UTF-16, which is then refused with its name.
  const plain = text.includes('\0') ? text.replaceAll('\0', '') : text;
  return isPolicyFile(plain) || isConfigurationAmongOthers(name, plain);
}

function checkFound(file: ExportFile, options: CheckOptions): Promise<Report> | Report {
  const contents = textOf(file);
  if (contents.kind === 'failed') return refused(file, contents);
  const { text } = contents;
  return checkText(file.path, text, isConfigurationAmongOthers(file.name, text), options);
}

/** As `serve` would read it. */
function textOf({ path, bytes }: ExportFile): TextContents {
  if (bytes.length > largestFile) return tooLarge;
  return readTextFile({ read: () => ({ kind: 'bytes', bytes }) }, path);
}

function refused({ path }: ExportFile, { reason }: Extract<TextContents, { kind: 'failed' }>): Report {
  return unreadable(path, `The file ${path} ${reason}.`);
}

async function checkText(file: string, text: string, isConfiguration: boolean, options: CheckOptions): Promise<Report> {
  if (isConfiguration) return checkConfiguration(file, text, options);
  const problems = new Problems();
  const source = SourceText.ofFile(file, text);
  const policyFile = finish(readPolicyFile(new DocumentFile(source), {}, problems));
  if (policyFile !== undefined) checkPolicyFile(policyFile, source, problems);
  return { file, dialect: policyFile?.dialect ?? null, problems: judged(problems.all, options) };
}

async function checkConfiguration(
  file: string,
  text: string,
  { files, now, strict, environment, asksServices }: CheckOptions,
): Promise<Report> {
  const parts = new Set<string>();
  const read: FileReader['read'] = (path) => {
    parts.add(keyOf(path));
    return files.read(path);
  };
  const context = {
    files: { read, list: (folder: string) => files.list(folder) },
    environment,
    now: () => now,
    strict,
  };
  const load = (outside: LoadOptions['outside']): Loaded => loadConfiguration(file, { ...context, outside });
  const loaded = asksServices ? await askingServices({ environment }, load) : load('unasked');
  const { snapshot, digests, problems } = await proveKeys(loaded);
  if (digests === undefined) for (const policy of namedPolicyFiles(file, text)) parts.add(keyOf(policy));
  const policies = [...(snapshot?.policies.values() ?? [])];
  const kept = snapshot?.envoyReuse?.policies ?? new Set();
  return { file, dialect: 'mintproc', problems, policies, keptByEnvoy: kept, digests, parts };
}

function bundledReport(
  { file, problems, plan, place }: BundledPolicy,
  source: ExportFile | undefined,
  options: CheckOptions,
): Report {
  const contents = source && textOf(source);
  if (source !== undefined && contents?.kind === 'failed') return refused(source, contents);
  const notes = new Problems();
  if (plan !== undefined) notePolicy(plan, place, notes);
  return { file, dialect: 'apigee', problems: judged([...problems, ...notes.all], options) };
}

function judged(problems: readonly Problem[], { strict }: CheckOptions): readonly Problem[] {
  return strict ? problems.map(strictly) : problems;
}

/** An error: a build that checks the wrong folder must not pass. */
function withoutPolicy(file: string): Report {
  const message = 'There is no policy that mints a token in this folder or archive.';
  const suggestion = 'Name the folder of the policies, or the policy files themselves.';
  const problem = problemAt(SourceText.ofFile(file, ''), 0, 'policy.unknown-dialect', { message, suggestion });
  return { file, dialect: null, problems: [problem] };
}

/** The same for all names of a file. */
function keyOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    // It does not exist, or is in an archive.
    return resolve(path);
  }
}

/** One report for each file, and none for the parts of a configuration that is reported itself. */
function withoutRepeats(reports: readonly Report[]): readonly Report[] {
  const kept = new Map<string, Report>();
  for (const report of reports) if (!kept.has(keyOf(report.file))) kept.set(keyOf(report.file), report);
  const wholes = new Map([...kept].filter(([, { parts }]) => parts !== undefined));
  for (const key of kept.keys()) {
    const isPart = [...wholes].some(([other, { parts }]) => other !== key && parts?.has(key) === true);
    // Two configurations that name each other must not hide each other.
    if (isPart && kept.delete(key)) wholes.delete(key);
  }
  return [...kept.values()];
}

/** Each proxy once, and only if one of its policies is reported: others have a configuration already. */
function bundlesOf(found: readonly Found[], reports: readonly Report[]): Found['bundles'] {
  const open = new Set(reports.map(({ file }) => keyOf(file)));
  const takes = ({ policies }: Bundle): boolean => policies.filter(({ file }) => open.delete(keyOf(file))).length > 0;
  return found
    .flatMap(({ bundles }) => bundles)
    .map(({ path, proxies }) => ({ path, proxies: proxies.filter(takes) }))
    .filter(({ proxies }) => proxies.length > 0);
}
