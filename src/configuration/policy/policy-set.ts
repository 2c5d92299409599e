/**
 * @module
 * The policies of a configuration, each compiled once for its entry and once more for each set of variables that a
 * route declares. All of them have the entry's name, and so its metrics.
 */
import type { Problems } from '../../diagnostics/problem.ts';
import type { Steps } from '../../diagnostics/steps.ts';
import type { LocatedYaml } from '../../documents/located-yaml.ts';
import type { YamlPath } from '../../documents/yaml-places.ts';
import type { Configuration, Placed } from '../configuration.ts';
import type { RouteEntry } from '../configuration-schema.ts';
import { resolveFrom } from '../files.ts';
import { type WantedPolicy, wantedPolicy } from '../wanted-policy.ts';
import type { CompiledPolicy, PolicyLoader } from './policy-loader.ts';
import type { RouteVariables } from './policy-variables.ts';

export class PolicySet {
  /** One of each policy that loaded: for its entry, or if only routes with variables use it, for the first of them. */
  readonly policies = new Map<string, CompiledPolicy>();
  /** By `variantKey`. */
  readonly #variants = new Map<string, CompiledPolicy>();
  /** Whether every policy loaded, for every route. */
  isWhole = true;

  /** The others: policies that were compiled again for the variables of a route. */
  get variants(): readonly CompiledPolicy[] {
    return [...this.#variants.values()].filter((policy) => this.policies.get(policy.name) !== policy);
  }

  /** The policy as a route runs it. @throws TypeError if it did not load, which was reported */
  onRoute(route: RouteEntry, name: string): CompiledPolicy {
    const key = variablesKey(route);
    const policy = key === '' ? this.policies.get(name) : this.#variants.get(variantKey(name, key));
    if (policy === undefined) throw new TypeError(`the policy ${name} was not loaded, and no problem was reported`);
    return policy;
  }

  *addPolicy(loader: PolicyLoader, wanted: WantedPolicy): Steps<void> {
    const policy = yield* loader.load(wanted);
    if (policy === undefined) this.isWhole = false;
    else this.policies.set(wanted.name, Object.freeze(policy));
    yield;
  }

  /** Compiles a policy for a route, unless another route with the same variables has it. */
  *addVariant(loader: PolicyLoader, wanted: WantedPolicy, route: RouteVariables, variables: string): Steps<void> {
    const { name } = wanted;
    const key = variantKey(name, variables);
    if (this.#variants.has(key)) return;
    const policy = yield* loader.load(wanted, route);
    yield;
    if (policy === undefined) {
      this.isWhole = false;
      return;
    }
    this.#variants.set(key, Object.freeze(policy));
    if (!this.policies.has(name)) this.policies.set(name, policy);
  }
}

/** Whether the route has variables of its own. */
function hasVariables({ variables = {} }: RouteEntry): boolean {
  return Object.keys(variables).length > 0;
}

/** Identifies the variables of a route; empty if it declares none. */
export function variablesKey(route: RouteEntry): string {
  return hasVariables(route) ? JSON.stringify(route.variables) : '';
}

/** @param folder relative paths in the configuration start there */
export function* loadPolicySet(
  configuration: Configuration,
  folder: string,
  loader: PolicyLoader,
  problems: Problems,
): Steps<PolicySet> {
  const { document, policies: entries, routes } = configuration;
  const set = new PolicySet();
  const onlyOnRoutes = usedOnlyWithVariables(configuration);
  const wanted = new Map<string, WantedPolicy>();
  for (const { entry, path } of entries) {
    const policy = wantedPolicy(entry, path, document, folder, problems);
    wanted.set(entry.name, policy);
    if (!onlyOnRoutes.has(entry.name)) yield* set.addPolicy(loader, policy);
  }
  for (const { entry, path } of routes) {
    const route = routeVariables(entry, path, document, folder);
    if (route === undefined) continue;
    const used = (entry.policies ?? []).flatMap((name) => wanted.get(name) ?? []);
    for (const policy of used) yield* set.addVariant(loader, policy, route, variablesKey(entry));
  }
  return set;
}

/** Undefined if the route has no variables of its own. */
function routeVariables(
  entry: RouteEntry,
  path: YamlPath,
  document: LocatedYaml,
  folder: string,
): RouteVariables | undefined {
  const { variables: forms = {} } = entry;
  if (!hasVariables(entry)) return undefined;
  return { forms, document, path: [...path, 'variables'], resolve: (file) => resolveFrom(folder, file) };
}

function variantKey(name: string, variables: string): string {
  return `${name} ${variables}`;
}

/** The policies that no request gets without a route's variables. They need not load without them. */
function usedOnlyWithVariables({ settings, routes }: Configuration): ReadonlySet<string> {
  if (settings?.allowRoutePolicy === true) return new Set();
  const names = (some: readonly Placed<RouteEntry>[]) => some.flatMap(({ entry }) => entry.policies ?? []);
  const without = new Set(names(routes.filter(({ entry }) => !hasVariables(entry))));
  return new Set(names(routes.filter(({ entry }) => hasVariables(entry))).filter((name) => !without.has(name)));
}
