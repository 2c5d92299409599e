/**
 * @module
 * One policy on its own, for the command line: from its file alone, with an entry given as JSON, or with the entry that
 * a `mintproc.yaml` has for it.
 */
import { dirname, resolve } from 'node:path';
import { plainNames } from '../diagnostics/harmless.ts';
import { type Problem, Problems, problemAt } from '../diagnostics/problem.ts';
import { SourceText } from '../diagnostics/source-text.ts';
import { finish } from '../diagnostics/steps.ts';
import { DocumentFile } from '../documents/document-file.ts';
import { readYaml } from '../documents/located-yaml.ts';
import { readShape } from '../documents/shape.ts';
import { type AuthenticationSettings, authenticationSchema } from '../identity/authentication-schema.ts';
import type { KeyRing } from '../keys/rotation.ts';
import { type Configuration, readConfiguration, shapeCodes } from './configuration.ts';
import { loneEntrySchema } from './configuration-schema.ts';
import { type FileReader, readTextFile } from './files.ts';
import { harmlessConfiguration } from './harmless-configuration.ts';
import { noNamedKeys } from './keys/named-keys.ts';
import { noSigningKeys, RingBook } from './keys/signing-rings.ts';
import { wantedPolicy } from './load.ts';
import type { LoadContext } from './load-context.ts';
import { type CompiledPolicy, PolicyLoader, type PolicySurroundings } from './policy/policy.ts';
import { defaultReuseBytes } from './policy/reuse-settings.ts';
import type { WantedPolicy } from './policy/wanted-policy.ts';
import { surroundingsOf } from './surroundings.ts';

export interface LonePolicy {
  /** The policy's file. */
  readonly file: string;
  /** Its entry, as JSON; `name` and `file` may be left out. Paths in it are relative to the policy's file. */
  readonly entry: unknown;
  /** A configuration: its edition and variables count, and its entry for the file where `entry` is not given. */
  readonly config: string | undefined;
  /** Secret variables that are stated for a trial; they win over declared ones. */
  readonly secrets?: ReadonlyMap<string, string>;
  /** The process's environment. */
  readonly environment?: LoadContext['environment'];
}

export interface LoadedPolicy {
  /** Undefined where one of the problems is an error. */
  readonly policy: CompiledPolicy | undefined;
  /** The keys by which it signs; empty where it does not. */
  readonly ring: KeyRing;
  readonly problems: readonly Problem[];
  /** Where the caller's identity comes from: by the configuration, or by default. */
  readonly authentication: AuthenticationSettings;
}

export function loadPolicy(lone: LonePolicy, files: FileReader): LoadedPolicy {
  const problems = new Problems();
  const now = Date.now();
  // What no key signs now may be asked for at another time.
  const context: LoadContext = { files, environment: lone.environment ?? {}, now: () => now, withoutKeys: 'all' };
  const configuration = lone.config === undefined ? undefined : readFile(lone.config, files, problems);
  const surroundings =
    configuration === undefined
      ? {
          ...noConfiguration,
          rings: new RingBook({ now, announcedIn: 0, before: noSigningKeys, jwks: undefined, withoutKeys: 'all' }),
        }
      : surroundingsOf(configuration, dirname(configuration.document.source.file), context, problems);
  const wanted = want(lone, configuration, problems);
  const secret = (name: string): string | undefined => lone.secrets?.get(name) ?? surroundings.secret(name);
  const loader = new PolicyLoader(context, problems, { ...surroundings, secret });
  const policy = wanted === undefined ? undefined : finish(loader.load(wanted));
  return {
    policy: problems.hasErrors ? undefined : policy,
    ring: surroundings.rings.finish().rings.get(wanted?.name ?? '') ?? [],
    problems: problems.all,
    authentication: configuration?.settings?.authentication ?? authenticationSchema.parse({}),
  };
}

const noConfiguration: Omit<PolicySurroundings, 'rings'> = {
  edition: undefined,
  variables: undefined,
  secret: () => undefined,
  keys: noNamedKeys,
  strictFiles: false,
  reuseBytes: defaultReuseBytes,
  audit: undefined,
};

function want(
  lone: LonePolicy,
  configuration: Configuration | undefined,
  problems: Problems,
): WantedPolicy | undefined {
  if (lone.entry !== undefined) return fromEntry(lone, problems);
  if (configuration !== undefined) return fromConfiguration(lone.file, configuration, problems);
  if (lone.config !== undefined) return undefined;
  const { file } = lone;
  const nowhere = SourceText.ofFile(file, '');
  return {
    name: file,
    file,
    resolve: (name) => name,
    settings: {},
    report: (_path, code, details) => problems.add(problemAt(nowhere, 0, code, details)),
  };
}

function fromEntry({ file, entry }: LonePolicy, problems: Problems): WantedPolicy | undefined {
  // JSON is YAML, so the entry is read, and reported on, as in a configuration.
  const source = SourceText.ofFile('entry', JSON.stringify(entry));
  const entryFile = new DocumentFile(source);
  entryFile.describe(harmlessConfiguration);
  const [document] = readYaml(entryFile, problems, 'config.syntax');
  if (document === undefined) return undefined;
  const settings = readShape(loneEntrySchema, document, [], problems, shapeCodes);
  if (settings === undefined) return undefined;
  const whole = { ...settings, name: settings.name ?? file, file: resolve(file) };
  return { ...wantedPolicy(whole, [], document, dirname(file), problems), file };
}

function readFile(file: string, files: FileReader, problems: Problems): Configuration | undefined {
  const text = readTextFile(files, file);
  const source = SourceText.ofFile(file, text.kind === 'text' ? text.text : '');
  if (text.kind === 'text') return finish(readConfiguration(new DocumentFile(source), problems));
  const message = `The configuration ${file} ${text.reason}.`;
  problems.add(problemAt(source, 0, 'config.unreadable-file', { message }));
  return undefined;
}

function fromConfiguration(file: string, configuration: Configuration, problems: Problems): WantedPolicy | undefined {
  const { document } = configuration;
  const config = document.source.file;
  const wanted = configuration.policies
    .map(({ entry, path }) => wantedPolicy(entry, path, document, dirname(config), problems))
    .filter((candidate) => resolve(candidate.file) === resolve(file));
  if (wanted.length === 1) return wanted[0];
  document.report(problems, ['policies'], wanted.length === 0 ? 'config.unknown-policy' : 'policy.several-policies', {
    message:
      wanted.length === 0
        ? `No policy of ${config} has the file that was named.`
        : `Several policies have the file ${file}.`,
    suggestion: `The policies are: ${plainNames(configuration.policyNames)}.`,
  });
  return undefined;
}
