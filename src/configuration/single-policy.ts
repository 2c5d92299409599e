/**
 * @module
 * Loads one policy, for the command line and the library: from its file alone, with an entry given as JSON, or with its
 * entry in a `mintproc.yaml`.
 */
import { dirname, resolve } from 'node:path';
import { isPlainName, isPlainPath, plainNames } from '../diagnostics/harmless.ts';
import { listed } from '../diagnostics/listing.ts';
import { type Problem, type ProblemDetails, Problems, problemAt } from '../diagnostics/problem.ts';
import { type Place, SourceText } from '../diagnostics/source-text.ts';
import { finish } from '../diagnostics/steps.ts';
import { isPolicyFile, type PolicyFile } from '../dialects/index.ts';
import { DocumentFile, Documents } from '../documents/document-file.ts';
import { readYaml } from '../documents/located-yaml.ts';
import { readShape } from '../documents/shape.ts';
import { type AuthenticationSettings, authenticationSchema } from '../identity/authentication-schema.ts';
import type { KeyRing } from '../keys/rotation.ts';
import { probeMembers } from '../mint/probe.ts';
import type { TokenPlan } from '../plan/token-plan.ts';
import { AbsentSecrets } from './absent-secrets.ts';
import { askingServices } from './asking-services.ts';
import { type Configuration, readConfiguration } from './configuration.ts';
import { shapeCodes } from './configuration-part.ts';
import { limitsSchema, type Settings, singleEntrySchema } from './configuration-schema.ts';
import { type FileReader, readTextFile } from './files.ts';
import { harmlessConfiguration } from './harmless-configuration.ts';
import { Allowances, isStrictIn, judgeProblems } from './judged-problems.ts';
import { KeyRings, noSigningKeys } from './keys/key-rings.ts';
import { noNamedKeys } from './keys/named-keys.ts';
import { checkOwnKeys } from './keys/policy-keys.ts';
import type { LoadContext } from './load-context.ts';
import { notePlan } from './policy/plan-notes.ts';
import { type PolicyContext, policyContextOf } from './policy/policy-context.ts';
import { type CompiledPolicy, PolicyLoader } from './policy/policy-loader.ts';
import { noteVariable } from './policy/policy-output.ts';
import { variablesOfFirstRoute } from './policy/policy-set.ts';
import type { RouteVariables } from './policy/policy-variables.ts';
import { defaultReuseBytes } from './policy/reuse-settings.ts';
import { looksLikeConfiguration } from './recognise.ts';
import { type WantedPolicy, wantedPolicy } from './wanted-policy.ts';

export interface SinglePolicy {
  /** The policy's file; with `config` and without `entry`, it may also be the name of an entry. */
  readonly file: string;
  /** Its entry as JSON; `name` and `file` are optional. Paths in it are relative to the policy's file. */
  readonly entry: unknown;
  /** A configuration, for its edition, variables and keys, and for the policy's entry if `entry` is not given. */
  readonly config: string | undefined;
  /** Keys and secret variables that the command line gives; they take precedence over declared ones. */
  readonly given?: ReadonlyMap<string, string>;
  /** The process's environment. */
  readonly environment?: LoadContext['environment'];
  readonly recorder?: LoadContext['recorder'];
  /** Milliseconds since the epoch. Default: now. */
  readonly now?: number;
  readonly standInKeys?: LoadContext['standInKeys'];
  readonly outside?: LoadContext['outside'];
  /** What to write if `file` is a `mintproc.yaml`. Default: in the words of the command line. */
  readonly insteadOfConfiguration?: string;
}

const onCommandLine = 'Write `--config FILE --policy NAME`, with the name of one of its policies.';

export interface LoadedSinglePolicy {
  /** Undefined if one of the problems is an error. */
  readonly policy: CompiledPolicy | undefined;
  /** The keys that it signs with; empty if it does not sign. */
  readonly ring: KeyRing;
  readonly problems: readonly Problem[];
  /** The sources of the caller's identity, from the configuration or by default. */
  readonly authentication: AuthenticationSettings;
  /** The limits of a request and its token, from the configuration or by default. */
  readonly limits: Settings['limits'];
}

/** Loads one policy, after services were asked for the keys that they hold. */
export function loadAskingServices(
  single: Omit<SinglePolicy, 'outside'>,
  files: FileReader,
): Promise<LoadedSinglePolicy> {
  return askingServices(single, (outside) => loadSinglePolicy({ ...single, outside }, files));
}

/** The same without asking. @internal Exported for tests that name no service. */
export function loadSinglePolicy(single: SinglePolicy, files: FileReader): LoadedSinglePolicy {
  const problems = new Problems();
  // The caller may ask for a token at a time when another key is active.
  const { environment = {}, recorder, standInKeys, outside, now = Date.now() } = single;
  const keys = { standInKeys, outside, withoutKeys: 'all' } as const;
  const context: LoadContext = { files, environment, now: () => now, recorder, ...keys };
  const configuration = single.config === undefined ? undefined : readWhole(single.config, files, problems);
  const shared =
    configuration === undefined
      ? {
          ...noConfiguration,
          absentSecrets: standInKeys && new AbsentSecrets(standInKeys.areForAll),
          rings: new KeyRings({
            ...{ now, announcedIn: 0, before: noSigningKeys, jwks: undefined, withoutKeys: 'all' },
            standIns: standInKeys,
          }),
        }
      : policyContextOf(configuration, context, problems);
  const wanted = want(single, configuration, files, problems);
  const loader = new PolicyLoader(context, problems, { ...shared, given: single.given ?? shared.given });
  const policy = wanted === undefined ? undefined : finish(loader.load(wanted, routeOf(single, configuration, wanted)));
  finish(loader.reportTogether());
  const allowances = configuration && new Allowances(configuration);
  const judged = judgeProblems(
    problems.all.filter((problem) => !isOfAnother(problem, wanted)),
    { allowances, isStrict: isStrictIn(configuration?.settings) },
  );
  return {
    policy: judged.some(({ severity }) => severity === 'error') ? undefined : policy,
    ring: shared.rings.finish().rings.get(wanted?.name ?? '') ?? [],
    problems: judged,
    authentication: configuration?.settings?.authentication ?? authenticationSchema.parse({}),
    limits: configuration?.settings?.limits ?? limitsSchema.parse({}),
  };
}

/** Whether a problem is in the entry of another policy. */
function isOfAnother({ path = [], place }: Problem, wanted: WantedPolicy | undefined): boolean {
  const [list, index] = path;
  if (wanted?.place === undefined || list !== 'policies' || index === undefined) return false;
  const { origin, path: own } = wanted.place;
  return origin.document.source.file !== place.file || own[1] !== index;
}

function routeOf(
  { entry }: SinglePolicy,
  configuration: Configuration | undefined,
  { name }: WantedPolicy,
): RouteVariables | undefined {
  if (configuration === undefined || entry !== undefined) return undefined;
  return variablesOfFirstRoute(configuration, name);
}

const noConfiguration: Omit<PolicyContext, 'rings' | 'absentSecrets'> = {
  edition: undefined,
  callers: undefined,
  variables: undefined,
  areVariablesKnown: true,
  given: new Map(),
  keys: noNamedKeys,
  otherSecrets: [],
  strictFiles: false,
  reuseBytes: defaultReuseBytes,
  audit: undefined,
};

function want(
  single: SinglePolicy,
  configuration: Configuration | undefined,
  files: FileReader,
  problems: Problems,
): WantedPolicy | undefined {
  if (single.entry !== undefined) return fromEntry(single, problems);
  if (configuration !== undefined) return fromConfiguration(single.file, configuration, files, problems);
  if (single.config !== undefined) return undefined;
  const { file } = single;
  const nowhere = SourceText.ofFile(file, '');
  const text = readTextFile(files, file);
  if (text.kind === 'text' && looksLikeConfiguration(text.text) && !isPolicyFile(text.text)) {
    problems.add(
      problemAt(nowhere, 0, 'policy.unknown-dialect', {
        message: 'This is a mintproc.yaml, not a policy file.',
        suggestion: single.insteadOfConfiguration ?? onCommandLine,
      }),
    );
    return undefined;
  }
  return {
    name: file,
    file,
    resolve: (name) => name,
    settings: {},
    place: undefined,
    report: (_path, code, details) => problems.add(problemAt(nowhere, 0, code, details)),
    placeAt: () => nowhere.placeAt(0),
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
  const origin = { document, folder: dirname(file) };
  return { ...wantedPolicy({ entry: whole, origin, path: [] }, problems), file };
}

function readWhole(file: string, files: FileReader, problems: Problems): Configuration | undefined {
  return finish(readConfiguration(file, { files, documents: new Documents(), problems }));
}

/** @param file a file, or the name of an entry if there is no such file */
function fromConfiguration(
  file: string,
  configuration: Configuration,
  files: FileReader,
  problems: Problems,
): WantedPolicy | undefined {
  const { document } = configuration;
  const config = document.source.file;
  const all = configuration.policies.map((policy) => wantedPolicy(policy, problems));
  const withFile = all.filter((candidate) => resolve(candidate.file) === resolve(file));
  const isFile = withFile.length > 0 || files.read(file).kind !== 'failed';
  const wanted = isFile ? withFile : all.filter(({ name }) => name === file);
  if (wanted.length === 1) return wanted[0];
  const details = wanted.length === 0 ? noneOf(config, all) : severalOf(file, wanted, isFile);
  const code = wanted.length === 0 ? 'config.unknown-policy' : 'policy.several-policies';
  document.report(problems, ['policies'], code, details);
  return undefined;
}

function noneOf(config: string, all: readonly WantedPolicy[]): ProblemDetails {
  const entries = all
    .filter(({ name }) => isPlainName(name))
    .map(({ name, file }) => (isPlainPath(file) ? `${name} (${file})` : name));
  return {
    message: `No policy of ${config} has the file or name that was given.`,
    suggestion: entries.length === 0 ? undefined : `Give one of these names or files: ${listed(entries)}.`,
  };
}

function severalOf(file: string, wanted: readonly WantedPolicy[], isFile: boolean): ProblemDetails {
  if (!isFile) return { message: `Several policies have the name ${file}.`, suggestion: 'Give each a different name.' };
  const names = wanted.map(({ name }) => name).filter(isPlainName);
  return {
    message: `Several policies have the file ${file}.`,
    suggestion: names.length === 0 ? undefined : `Give the name of one instead of the file: ${plainNames(names)}.`,
  };
}

/** Reports the problems that a policy file has without a configuration: of its own keys, and of its output. */
export function checkPolicyFile({ policies }: PolicyFile, source: SourceText, problems: Problems): void {
  for (const { plan, offset, tokens, whenUsed } of policies) {
    for (const problem of whenUsed ?? []) problems.add(problem);
    if (plan === undefined) continue;
    for (const problem of tokens?.settle(new Set()).others ?? []) problems.add(problem);
    noteVariable(plan, problems);
    notePolicy(plan, source.placeAt(offset), problems);
    checkOwnKeys(plan, source, offset, problems);
  }
}

/** Adds what is worth knowing about a policy, without its entry. */
export function notePolicy(plan: TokenPlan, place: Place, problems: Problems): void {
  notePlan(plan, finish(probeMembers(plan)), place, problems);
}
