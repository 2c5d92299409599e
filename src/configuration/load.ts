/**
 * @module
 * From `mintproc.yaml` and the files that it names to a snapshot, or to everything that is wrong with them.
 */
import { dirname } from 'node:path';
import { type Chain, denied } from '../decision/rules.ts';
import { called } from '../diagnostics/harmless.ts';
import { type Problem, Problems, problemAt } from '../diagnostics/problem.ts';
import { SourceText } from '../diagnostics/source-text.ts';
import { eachInSteps, finish, type Steps } from '../diagnostics/steps.ts';
import { Documents } from '../documents/document-file.ts';
import type { LocatedYaml } from '../documents/located-yaml.ts';
import type { YamlPath } from '../documents/yaml-places.ts';
import { makeIdentify } from '../identity/authentication.ts';
import { lookalikesOf } from '../request/lookalikes.ts';
import type { Route } from '../routing/route-index.ts';
import { compileMatch, makeRouter } from '../routing/router.ts';
import { type Configuration, type Placed, readConfiguration } from './configuration.ts';
import { checkConfiguration } from './configuration-checks.ts';
import type { PolicyEntry, RouteEntry, Settings } from './configuration-schema.ts';
import { readTextFile } from './files.ts';
import { loadTls, type TlsApart, type TlsPart } from './listener-tls.ts';
import type { LoadContext } from './load-context.ts';
import { type Outline, outlineOf } from './outline.ts';
import { type CompiledPolicy, PolicyLoader } from './policy/policy.ts';
import type { WantedPolicy } from './policy/wanted-policy.ts';
import type { Snapshot } from './snapshot.ts';
import { resolveFrom, surroundingsOf } from './surroundings.ts';

export interface Loaded {
  /** Undefined where one of the problems is an error: nothing is put in force by halves. */
  readonly snapshot: Snapshot | undefined;
  /** Everything found, warnings included. */
  readonly problems: readonly Problem[];
  /** Of as much as could be read; undefined where nothing could. */
  readonly outline: Outline | undefined;
  /** What `listen` may speak; undefined where another process has told that already. */
  readonly tls: TlsPart | undefined;
}

export interface LoadOptions extends LoadContext {
  /** The number of the snapshot to make. */
  readonly version?: number;
  /** With it, what is wrong with the files of `tls` is told there alone; without it, it is an error of the whole. */
  readonly tlsApart?: TlsApart;
}

/**
 * Reads a configuration and compiles it.
 *
 * @param file the configuration; the files it names are relative to it, and problems name them so
 */
export function loadConfiguration(file: string, options: LoadOptions): Loaded {
  return finish(loadInSteps(file, options));
}

/** The same in steps of some milliseconds, for a thread that serves meanwhile. */
export function* loadInSteps(file: string, options: LoadOptions): Steps<Loaded> {
  const problems = new Problems();
  const { documents = new Documents(), tlsApart } = options;
  const configuration = yield* open(file, documents, options, problems);
  const tls = documents.areChecked ? undefined : tlsOf(configuration, file, options);
  if (tls !== undefined) tlsApart?.tell(tls);
  if (tls !== undefined && tlsApart === undefined) for (const one of foundIn(tls)) problems.add(one);
  const compiled = configuration && (yield* compile(configuration, file, { ...options, documents }, problems));
  const snapshot = problems.hasErrors ? undefined : compiled?.snapshot;
  return { snapshot, outline: compiled?.outline, problems: inOrder(problems.all), tls };
}

function foundIn(tls: TlsPart): readonly Problem[] {
  if (tls.kind === 'unusable') return tls.problems;
  return tls.kind === 'pair' ? (tls.warnings ?? []) : [];
}

/** By file, in the order in which the files were read, and by place within a file. */
function inOrder(problems: readonly Problem[]): Problem[] {
  const files = new Set(problems.map(({ place }) => place.file));
  const ranks = new Map(Array.from(files, (file, rank) => [file, rank]));
  const rankOf = (file: string): number => ranks.get(file) ?? 0;
  return problems.toSorted(
    ({ place: a }, { place: b }) => rankOf(a.file) - rankOf(b.file) || a.line - b.line || a.column - b.column,
  );
}

function* open(
  file: string,
  documents: Documents,
  { files }: LoadOptions,
  problems: Problems,
): Steps<Configuration | undefined> {
  const text = readTextFile(files, file);
  if (text.kind === 'failed') {
    const message = `The configuration ${file} ${text.reason}.`;
    problems.add(problemAt(SourceText.ofFile(file, ''), 0, 'config.unreadable-file', { message }));
    return undefined;
  }
  return yield* readConfiguration(documents.open(SourceText.ofFile(file, text.text)), problems);
}

function tlsOf(
  configuration: Configuration | undefined,
  file: string,
  { files, tlsApart, now = Date.now }: LoadOptions,
): TlsPart {
  const resolve = (name: string): string => resolveFrom(dirname(file), name);
  return loadTls({ file, configuration, before: tlsApart?.before, files, now: now(), resolve });
}

function* compile(
  configuration: Configuration,
  file: string,
  options: LoadOptions & { readonly documents: Documents },
  problems: Problems,
): Steps<Pick<Loaded, 'snapshot' | 'outline'>> {
  if (!options.documents.areChecked) checkConfiguration(configuration, problems);
  const folder = dirname(file);
  const loaded = yield* loadPolicies(configuration, folder, options, problems);
  const { policies, keys } = loaded;
  yield* eachInSteps(configuration.routes, (route) => checkOutputs(route, policies, configuration, problems));
  const { files, environment = {} } = options;
  const resolve = (name: string): string => resolveFrom(folder, name);
  const outline = yield* outlineOf(configuration, { files, environment, resolve, policies, keys });
  const { settings, routes } = configuration;
  if (settings === undefined || problems.hasErrors) return { snapshot: undefined, outline };
  const snapshot = yield* makeSnapshot(settings, { ...loaded, routes }, options);
  return { snapshot: Object.freeze({ ...snapshot, outline }), outline };
}

interface LoadedPolicies extends Pick<Snapshot, 'keys' | 'audit'> {
  readonly policies: ReadonlyMap<string, CompiledPolicy>;
}

function* loadPolicies(
  configuration: Configuration,
  folder: string,
  options: LoadOptions,
  problems: Problems,
): Steps<LoadedPolicies> {
  const { document, policies } = configuration;
  const surroundings = surroundingsOf(configuration, folder, options, problems);
  const loader = new PolicyLoader(options, problems, surroundings);
  const compiled = new Map<string, CompiledPolicy>();
  for (const { entry, path } of policies) {
    const policy = yield* loader.load(wantedPolicy(entry, path, document, folder, problems));
    yield;
    if (policy !== undefined) compiled.set(entry.name, Object.freeze(policy));
  }
  // With a policy left out, these would blame the wrong place.
  if (configuration.complete && compiled.size === policies.length) surroundings.keys.reportUnused();
  const { lacking } = surroundings.rings;
  const mustAnswer = options.withoutKeys !== 'all' && lacking.size > 0;
  if (mustAnswer && !Array.from(compiled.values()).some((policy) => canAnswer(policy, lacking))) {
    const message = 'No policy has a key that is active now, so that every request would be refused.';
    document.report(problems, ['policies'], 'keys.none-active', { message });
  }
  return { policies: compiled, keys: surroundings.rings.finish(), audit: surroundings.audit };
}

/** Whether requests of a policy can be answered with anything but a refusal, where these lack a key. */
export function canAnswer({ name, plan, onError }: CompiledPolicy, lacking: ReadonlySet<string>): boolean {
  return plan.disabled !== true && (onError === 'pass' || !lacking.has(name));
}

/** A policy as its entry asks for it; `path` is the entry's place in `document`, and `folder` where its paths begin. */
export function wantedPolicy(
  { name, file, ...settings }: PolicyEntry,
  path: YamlPath,
  document: LocatedYaml,
  folder: string,
  problems: Problems,
): WantedPolicy {
  return {
    name,
    file: resolveFrom(folder, file),
    resolve: (name) => resolveFrom(folder, name),
    settings,
    report: (inner, code, details) => document.report(problems, [...path, ...inner], code, details),
  };
}

/** Two policies that write one header would leave one token, and no one could say which. */
function checkOutputs(
  { entry, path }: Placed<RouteEntry>,
  policies: ReadonlyMap<string, CompiledPolicy>,
  { document }: Configuration,
  problems: Problems,
): void {
  const writers = new Map<string, string>();
  for (const [index, name] of (entry.policies ?? []).entries()) {
    const policy = policies.get(name);
    if (policy === undefined || policy.plan.disabled === true) continue;
    const { header } = policy.output;
    const writer = writers.get(header);
    if (writer === undefined) writers.set(header, name);
    else {
      document.report(problems, [...path, 'policies', index], 'config.duplicate-output', {
        message: `\`${name}\` writes ${called('the header', header)}, and so does \`${writer}\` before it.`,
        suggestion: 'Give one of them another `output: { header: … }`, or leave one out of this route.',
      });
    }
  }
}

function* makeSnapshot(
  settings: Settings,
  loaded: LoadedPolicies & { readonly routes: readonly Placed<RouteEntry>[] },
  { version = 1, callers }: LoadOptions,
): Steps<Omit<Snapshot, 'outline'>> {
  const { policies, keys, audit } = loaded;
  // One chain for each list of policies, since the router tells destinations apart by reference.
  const chains = new Map<string, Chain>();
  const chainOf = (names: readonly string[], required = false): Chain => {
    const requiresCaller = required || names.some((name) => policies.get(name)?.requiresCaller === true);
    const key = `${requiresCaller} ${names.join(' ')}`;
    const chain = chains.get(key) ?? makeChain(names, policies, requiresCaller);
    chains.set(key, chain);
    return chain;
  };
  const routes: Route<Chain | typeof denied>[] = yield* eachInSteps(loaded.routes, ({ entry }) => ({
    conditions: compileMatch(entry.match),
    destination: entry.policies === undefined ? denied : chainOf(entry.policies, entry.requireCaller),
  }));
  const names = [...policies.keys()];
  return {
    version,
    settings,
    policies,
    keys,
    route: makeRouter(routes),
    named: settings.allowRoutePolicy ? new Map(names.map((name) => [name, chainOf([name])])) : undefined,
    identify: makeIdentify(settings.authentication, callers),
    audit,
  };
}

function makeChain(
  names: readonly string[],
  policies: ReadonlyMap<string, CompiledPolicy>,
  requiresCaller: boolean,
): Chain {
  const found = names.map((name) => {
    const policy = policies.get(name);
    if (policy === undefined) throw new TypeError(`the policy ${name} was not loaded, and no problem says why`);
    return policy;
  });
  return {
    policies: found,
    requiresCaller,
    lookalikes: lookalikesOf(found.map(({ output }) => output.header)),
  };
}
