/**
 * @module
 * Loads one policy, for the command line: from its file alone, with an entry given as JSON, or with its entry in a
 * `mintproc.yaml`.
 */
import { dirname, resolve } from 'node:path';
import { plainNames } from '../diagnostics/harmless.ts';
import { type Problem, Problems, problemAt } from '../diagnostics/problem.ts';
import { SourceText } from '../diagnostics/source-text.ts';
import { finish } from '../diagnostics/steps.ts';
import type { PolicyFile } from '../dialects/index.ts';
import { DocumentFile } from '../documents/document-file.ts';
import { readYaml } from '../documents/located-yaml.ts';
import { readShape } from '../documents/shape.ts';
import { type AuthenticationSettings, authenticationSchema } from '../identity/authentication-schema.ts';
import type { KeyRing } from '../keys/rotation.ts';
import { type Configuration, readConfiguration, shapeCodes } from './configuration.ts';
import { singleEntrySchema } from './configuration-schema.ts';
import { type FileReader, readTextFile } from './files.ts';
import { harmlessConfiguration } from './harmless-configuration.ts';
import { KeyRings, noSigningKeys } from './keys/key-rings.ts';
import { noNamedKeys } from './keys/named-keys.ts';
import { checkOwnKeys } from './keys/policy-keys.ts';
import type { LoadContext } from './load-context.ts';
import { type PolicyContext, policyContextOf } from './policy/policy-context.ts';
import { type CompiledPolicy, PolicyLoader } from './policy/policy-loader.ts';
import { noteVariable } from './policy/policy-output.ts';
import { defaultReuseBytes } from './policy/reuse-settings.ts';
import { type WantedPolicy, wantedPolicy } from './wanted-policy.ts';

export interface SinglePolicy {
  /** The policy's file. */
  readonly file: string;
  /** Its entry as JSON; `name` and `file` are optional. Paths in it are relative to the policy's file. */
  readonly entry: unknown;
  /** A configuration, for its edition, variables and keys, and for the policy's entry if `entry` is not given. */
  readonly config: string | undefined;
  /** Secret variables given on the command line; they take precedence over declared ones. */
  readonly secrets?: ReadonlyMap<string, string>;
  /** The process's environment. */
  readonly environment?: LoadContext['environment'];
}

export interface LoadedSinglePolicy {
  /** Undefined if one of the problems is an error. */
  readonly policy: CompiledPolicy | undefined;
  /** The keys that it signs with; empty if it does not sign. */
  readonly ring: KeyRing;
  readonly problems: readonly Problem[];
  /** The sources of the caller's identity, from the configuration or by default. */
  readonly authentication: AuthenticationSettings;
}

export function loadSinglePolicy(single: SinglePolicy, files: FileReader): LoadedSinglePolicy {
  const problems = new Problems();
  const now = Date.now();
  // The caller may ask for a token at a time when another key is active.
  const context: LoadContext = { files, environment: single.environment ?? {}, now: () => now, withoutKeys: 'all' };
  const configuration = single.config === undefined ? undefined : readFile(single.config, files, problems);
  const shared =
    configuration === undefined
      ? {
          ...noConfiguration,
          rings: new KeyRings({ now, announcedIn: 0, before: noSigningKeys, jwks: undefined, withoutKeys: 'all' }),
        }
      : policyContextOf(configuration, dirname(configuration.document.source.file), context, problems);
  const wanted = want(single, configuration, problems);
  const secret = (name: string): string | undefined => single.secrets?.get(name) ?? shared.secret(name);
  const loader = new PolicyLoader(context, problems, { ...shared, secret });
  const policy = wanted === undefined ? undefined : finish(loader.load(wanted));
  finish(loader.reportShownKeys());
  return {
    policy: problems.hasErrors ? undefined : policy,
    ring: shared.rings.finish().rings.get(wanted?.name ?? '') ?? [],
    problems: problems.all,
    authentication: configuration?.settings?.authentication ?? authenticationSchema.parse({}),
  };
}

const noConfiguration: Omit<PolicyContext, 'rings'> = {
  edition: undefined,
  variables: undefined,
  secret: () => undefined,
  keys: noNamedKeys,
  otherSecrets: [],
  strictFiles: false,
  reuseBytes: defaultReuseBytes,
  audit: undefined,
};

function want(
  single: SinglePolicy,
  configuration: Configuration | undefined,
  problems: Problems,
): WantedPolicy | undefined {
  if (single.entry !== undefined) return fromEntry(single, problems);
  if (configuration !== undefined) return fromConfiguration(single.file, configuration, problems);
  if (single.config !== undefined) return undefined;
  const { file } = single;
  const nowhere = SourceText.ofFile(file, '');
  return {
    name: file,
    file,
    resolve: (name) => name,
    settings: {},
    report: (_path, code, details) => problems.add(problemAt(nowhere, 0, code, details)),
  };
}

function fromEntry({ file, entry }: SinglePolicy, problems: Problems): WantedPolicy | undefined {
  // JSON is YAML, so the entry is read like one of a configuration.
  const source = SourceText.ofFile('entry', JSON.stringify(entry));
  const entryFile = new DocumentFile(source);
  entryFile.describe(harmlessConfiguration);
  const [document] = readYaml(entryFile, problems, 'config.syntax');
  if (document === undefined) return undefined;
  const settings = readShape(singleEntrySchema, document, [], problems, shapeCodes);
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
        ? `No policy of ${config} has the file that was given.`
        : `Several policies have the file ${file}.`,
    suggestion: `The policies are: ${plainNames(configuration.policyNames)}.`,
  });
  return undefined;
}

/** Reports the problems that a policy file has without a configuration: of its own keys, and of its output. */
export function checkPolicyFile({ policies }: PolicyFile, source: SourceText, problems: Problems): void {
  for (const { plan, offset } of policies) {
    if (plan === undefined) continue;
    noteVariable(plan, problems);
    checkOwnKeys(plan, source, offset, problems);
  }
}
