/**
 * @module
 * One policy on its own, for the command line: from its file alone, with an entry given as JSON, or with the entry that
 * a `mintproc.yaml` has for it.
 */
import { dirname, resolve } from 'node:path';
import { type Problem, Problems, problemAt } from '../diagnostics/problem.ts';
import { SourceText } from '../diagnostics/source-text.ts';
import { readYaml } from '../dialects/located-yaml.ts';
import { readShape } from '../dialects/shape.ts';
import { readConfiguration, shapeCodes } from './configuration.ts';
import { loneEntrySchema } from './configuration-schema.ts';
import { type FileReader, readText } from './files.ts';
import { wantedPolicy } from './load.ts';
import { type CompiledPolicy, PolicyLoader, type WantedPolicy } from './policy.ts';

export interface LonePolicy {
  /** The policy's file. */
  readonly file: string;
  /** Its entry, as JSON; `name` and `file` may be left out. Paths in it are relative to the policy's file. */
  readonly entry: unknown;
  /** A configuration that has an entry for the file; not looked at where `entry` is given. */
  readonly config: string | undefined;
}

export interface LoadedPolicy {
  /** Undefined where one of the problems is an error. */
  readonly policy: CompiledPolicy | undefined;
  readonly problems: readonly Problem[];
}

export function loadPolicy(lone: LonePolicy, files: FileReader): LoadedPolicy {
  const problems = new Problems();
  const wanted = want(lone, files, problems);
  const policy = wanted === undefined ? undefined : new PolicyLoader({ files }, problems).load(wanted);
  return { policy: problems.hasErrors ? undefined : policy, problems: problems.all };
}

function want(lone: LonePolicy, files: FileReader, problems: Problems): WantedPolicy | undefined {
  if (lone.entry !== undefined) return fromEntry(lone, problems);
  if (lone.config !== undefined) return fromConfiguration(lone.file, lone.config, files, problems);
  const { file } = lone;
  const nowhere = SourceText.ofFile(file, '');
  return {
    name: file,
    file,
    keyFile: undefined,
    settings: {},
    report: (_path, code, details) => problems.add(problemAt(nowhere, 0, code, details)),
  };
}

function fromEntry({ file, entry }: LonePolicy, problems: Problems): WantedPolicy | undefined {
  // JSON is YAML, so the entry is read, and reported on, as in a configuration.
  const source = SourceText.ofFile('entry', JSON.stringify(entry));
  const [document] = readYaml(source, problems, 'config.syntax');
  if (document === undefined) return undefined;
  const settings = readShape(loneEntrySchema, document, [], problems, shapeCodes);
  if (settings === undefined) return undefined;
  const whole = { ...settings, name: settings.name ?? file, file: resolve(file) };
  return { ...wantedPolicy(whole, [], document, dirname(file), problems), file };
}

function fromConfiguration(
  file: string,
  config: string,
  files: FileReader,
  problems: Problems,
): WantedPolicy | undefined {
  const text = readText(files, config);
  const source = SourceText.ofFile(config, text.kind === 'text' ? text.text : '');
  if (text.kind === 'failed') {
    const message = `The configuration ${config} ${text.reason}.`;
    problems.add(problemAt(source, 0, 'config.unreadable-file', { message }));
    return undefined;
  }
  const configuration = readConfiguration(source, problems);
  if (configuration === undefined) return undefined;
  const { document } = configuration;
  const wanted = configuration.policies
    .map(({ entry, path }) => wantedPolicy(entry, path, document, dirname(config), problems))
    .filter((candidate) => resolve(candidate.file) === resolve(file));
  if (wanted.length === 1) return wanted[0];
  document.report(problems, ['policies'], wanted.length === 0 ? 'config.unknown-policy' : 'policy.several-policies', {
    message:
      wanted.length === 0 ? `No policy of ${config} has the file ${file}.` : `Several policies have the file ${file}.`,
    suggestion: `The policies are: ${[...configuration.policyNames].join(', ')}.`,
  });
  return undefined;
}
