/**
 * @module
 * Loads `mintproc.yaml` and the files that it names: the result is a snapshot, or everything that is wrong with them.
 */
import { dirname } from 'node:path';
import { type Chain, denied } from '../decision/rules.ts';
import { type Problem, Problems } from '../diagnostics/problem.ts';
import { eachInSteps, finish, type Steps } from '../diagnostics/steps.ts';
import { Documents } from '../documents/document-file.ts';
import { makeIdentify } from '../identity/authentication.ts';
import { lookalikesOf } from '../request/lookalikes.ts';
import type { Route } from '../routing/route-index.ts';
import { compileMatch, makeRouteFinder } from '../routing/router.ts';
import { type Configuration, readConfiguration } from './configuration.ts';
import { checkConfiguration } from './configuration-checks.ts';
import { type ConfigurationDigests, type DigestSources, digestsOf } from './configuration-digests.ts';
import type { Placed } from './configuration-part.ts';
import type { RouteEntry, Settings } from './configuration-schema.ts';
import { envoyReads, WatchedReads } from './envoy-reads.ts';
import { inForce, keptByEnvoy, reusedParts } from './envoy-reuse.ts';
import { resolveFrom } from './files.ts';
import { Allowances, isStrictIn, judgeProblems } from './judged-problems.ts';
import { keySourcesOf } from './key-sources.ts';
import type { SigningUse } from './keys/key-rings.ts';
import { loadTls, type TlsApart, type TlsPart } from './listener-tls.ts';
import type { LoadContext } from './load-context.ts';
import { checkOutputs } from './output-checks.ts';
import { policyContextOf } from './policy/policy-context.ts';
import { type CompiledPolicy, PolicyLoader } from './policy/policy-loader.ts';
import { loadPolicySet, type PolicySet } from './policy/policy-set.ts';
import { reuseGeneration } from './reuse-generation.ts';
import type { Snapshot } from './snapshot.ts';

export interface Loaded {
  /** Undefined if one of the problems is an error: a configuration is put in force as a whole or not at all. */
  readonly snapshot: Snapshot | undefined;
  /** The well-formed routes, in order. */
  readonly routes: readonly Placed<RouteEntry>[];
  /** Errors, warnings and notes, as `allow` and `strict` judge them. */
  readonly problems: readonly Problem[];
  /** Digests of the parts that could be read; undefined if nothing could. */
  readonly digests: ConfigurationDigests | undefined;
  /** How each policy signs that could be loaded, by name. */
  readonly uses: ReadonlyMap<string, SigningUse>;
  /** The TLS of `listen`; undefined if another process has reported it already. */
  readonly tls: TlsPart | undefined;
}

export interface LoadOptions extends LoadContext {
  /** The number of the snapshot to make. */
  readonly version?: number;
  /** With it, problems of the files of `tls` are reported there only; without it, they fail the configuration. */
  readonly tlsApart?: TlsApart;
}

/**
 * Reads a configuration and compiles it.
 *
 * @param file the configuration; paths in it are relative to it, and problems show them that way
 */
export function loadConfiguration(file: string, options: LoadOptions): Loaded {
  return finish(loadInSteps(file, options));
}

/** Does the same in steps of some milliseconds, for a thread that serves requests meanwhile. */
export function* loadInSteps(file: string, options: LoadOptions): Steps<Loaded> {
  const problems = new Problems();
  const { documents = new Documents(), tlsApart } = options;
  const configuration = yield* readConfiguration(file, { files: options.files, documents, problems });
  const tls = documents.areChecked ? undefined : tlsOf(configuration, file, options);
  if (tls !== undefined) tlsApart?.report(tls);
  if (tls !== undefined && tlsApart === undefined) for (const problem of problemsOf(tls)) problems.add(problem);
  const compiled = configuration && (yield* compile(configuration, { ...options, documents }, problems));
  const allowances = configuration && new Allowances(configuration);
  if (!documents.areChecked) allowances?.check(problems);
  const isStrict = isStrictIn(configuration?.settings, options.strict);
  const judged = judgeProblems(problems.all, { allowances, isStrict });
  const isRefused = judged.some(({ severity }) => severity === 'error');
  const snapshot = isRefused ? undefined : compiled?.snapshot;
  const routes = configuration?.routes ?? [];
  const { digests, uses = new Map() } = compiled ?? {};
  return { snapshot, routes, digests, uses, problems: inOrder(judged), tls };
}

function problemsOf(tls: TlsPart): readonly Problem[] {
  switch (tls.kind) {
    case 'plain':
      return [];
    case 'pair':
      return tls.warnings ?? [];
    case 'unusable':
      return tls.problems;
  }
}

/** Sorted by file, in the order in which the files were read, and by place within a file. */
function inOrder(problems: readonly Problem[]): Problem[] {
  const files = new Set(problems.map(({ place }) => place.file));
  const ranks = new Map(Array.from(files, (file, rank) => [file, rank]));
  const rankOf = (file: string): number => ranks.get(file) ?? 0;
  return problems.toSorted(
    ({ place: a }, { place: b }) => rankOf(a.file) - rankOf(b.file) || a.line - b.line || a.column - b.column,
  );
}

function tlsOf(
  configuration: Configuration | undefined,
  file: string,
  { files, tlsApart, now = Date.now, standInKeys }: LoadOptions,
): TlsPart | undefined {
  if (standInKeys?.areForAll === true) return undefined;
  const resolve = (name: string): string => resolveFrom(dirname(file), name);
  return loadTls({ file, configuration, before: tlsApart?.before, files, now: now(), resolve });
}

function* compile(
  configuration: Configuration,
  options: LoadOptions & { readonly documents: Documents },
  problems: Problems,
): Steps<Pick<Loaded, 'snapshot' | 'digests' | 'uses'>> {
  if (!options.documents.areChecked) checkConfiguration(configuration, problems);
  const loaded = yield* loadPolicies(configuration, options, problems);
  const { policies, found, uses } = loaded;
  yield* eachInSteps(configuration.routes, (route) => checkOutputs(route, policies, problems));
  const { files, environment } = keySourcesOf(options);
  const digests = yield* digestsOf(configuration, { files, environment, policies, found });
  const { settings, routes } = configuration;
  if (settings === undefined || problems.hasErrors) return { snapshot: undefined, digests, uses };
  const snapshot = yield* makeSnapshot(settings, { ...loaded, routes }, options);
  const reuse = yield* keptByEnvoy(reusedParts(configuration, settings, loaded.set));
  const generation = reuse.kind === 'kept' ? yield* reuseGeneration(digests, found) : '';
  const envoyReuse = reuse.kind === 'kept' ? { ...inForce(reuse.kept), generation } : undefined;
  return { snapshot: Object.freeze({ ...snapshot, digests, envoyReuse }), digests, uses };
}

interface LoadedPolicies
  extends Pick<Snapshot, 'keys' | 'audit'>,
    Pick<DigestSources, 'found' | 'policies'>,
    Pick<Loaded, 'uses'> {
  readonly set: PolicySet;
}

function* loadPolicies(configuration: Configuration, options: LoadOptions, problems: Problems): Steps<LoadedPolicies> {
  const { document } = configuration;
  const context = policyContextOf(configuration, options, problems);
  const loader = new PolicyLoader(options, problems, context);
  const set = yield* loadPolicySet(configuration, loader, problems);
  yield* loader.reportTogether();
  // If a policy is missing here, what it uses would be reported as unused.
  if (configuration.complete && set.isWhole && set.policies.size === configuration.policies.length) {
    context.keys.reportUnused();
    if (!problems.hasErrors) loader.reportUnusedVariables();
  }
  const { withoutActiveKey } = context.rings;
  const mustAnswer = options.withoutKeys !== 'all' && withoutActiveKey.size > 0;
  if (mustAnswer && !Array.from(set.policies.values()).some((policy) => canAnswer(policy, withoutActiveKey))) {
    const message = 'No policy has a key that is active now: every request would be refused.';
    document.report(problems, ['policies'], 'keys.none-active', { message });
  }
  return {
    set,
    policies: set.policies,
    keys: context.rings.finish(),
    found: context.rings.found,
    uses: context.rings.uses,
    audit: context.audit,
  };
}

/** Whether the policy does anything but refuse requests. @param withoutKey names of policies without an active key */
export function canAnswer({ name, plan, onError }: CompiledPolicy, withoutKey: ReadonlySet<string>): boolean {
  return plan.disabled !== true && (onError === 'pass' || !withoutKey.has(name));
}

function* makeSnapshot(
  settings: Settings,
  loaded: LoadedPolicies & { readonly routes: readonly Placed<RouteEntry>[] },
  { version = 1, callers }: LoadOptions,
): Steps<Omit<Snapshot, 'digests' | 'envoyReuse'>> {
  const { policies, set, keys, audit } = loaded;
  // Routes with the same policies share one chain, since the router compares destinations by reference.
  const chains = new Map<string, Chain>();
  const watched = new WatchedReads();
  const chainOf = (found: readonly CompiledPolicy[], required = false, variables = ''): Chain => {
    const requiresCaller = required || found.some((policy) => policy.requiresCaller);
    const key = `${requiresCaller} ${found.map(({ name }) => name).join(' ')} ${variables}`;
    const chain = chains.get(key) ?? makeChain(found, requiresCaller, watched);
    chains.set(key, chain);
    return chain;
  };
  const chainOnRoute = (entry: RouteEntry, names: readonly string[]): Chain => {
    const found = names.map((name) => set.onRoute(entry, name));
    return chainOf(found, entry.requireCaller, set.variablesKey(entry));
  };
  const routes: Route<Chain | typeof denied>[] = yield* eachInSteps(loaded.routes, ({ entry }, index) => ({
    name: entry.name ?? `${index + 1}`,
    conditions: compileMatch(entry.match),
    destination: entry.policies === undefined ? denied : chainOnRoute(entry, entry.policies),
  }));
  const named = settings.allowRoutePolicy
    ? new Map(Array.from(policies, ([name, policy]) => [name, chainOf([policy])]))
    : undefined;
  const entries = loaded.routes.map(({ entry }) => entry);
  const watchedByRoutes = watched.ofRoutes(entries);
  return {
    version,
    settings,
    policies,
    variants: set.variants,
    reads: yield* envoyReads({ settings, routes: entries, policies: set.reachable(entries, named !== undefined) }),
    watchedReads: watched.all,
    watched: watchedByRoutes,
    keys,
    route: makeRouteFinder(routes),
    named,
    identify: makeIdentify(settings.authentication, callers),
    audit,
  };
}

function makeChain(found: readonly CompiledPolicy[], requiresCaller: boolean, watched: WatchedReads): Chain {
  return {
    policies: found,
    requiresCaller,
    watched: watched.of(found),
    lookalikes: lookalikesOf(found.map(({ output }) => output.header)),
  };
}
