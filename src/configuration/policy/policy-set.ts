/**
 * @module
 * The policies of a configuration, each compiled once for its entry and once more for each set of variables that a
 * route declares. All of them have the entry's name, and so its metrics.
 */
import type { Problems } from '../../diagnostics/problem.ts';
import { eachInSteps, type Steps } from '../../diagnostics/steps.ts';
import type { Configuration } from '../configuration.ts';
import type { Placed } from '../configuration-part.ts';
import type { RouteEntry } from '../configuration-schema.ts';
import { type WantedPolicy, wantedPolicy } from '../wanted-policy.ts';
import type { CompiledPolicy, PolicyLoader } from './policy-loader.ts';
import { exactForms, type RouteVariables } from './policy-variables.ts';

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

  /**
   * The policies that requests can get, as each route runs them.
   *
   * @param areAllNamed whether a route of Envoy may name any policy
   */
  reachable(routes: readonly RouteEntry[], areAllNamed: boolean): readonly CompiledPolicy[] {
    const named = new Set(routes.flatMap(({ policies = [] }) => policies));
    return [...this.policies.values(), ...this.variants].filter(({ name }) => areAllNamed || named.has(name));
  }

  /** What identifies the variables of each route that declares some. */
  readonly #keys = new Map<RouteEntry, string>();

  /** Identifies the variables of a route; empty if it declares none. */
  variablesKey(route: RouteEntry): string {
    return this.#keys.get(route) ?? '';
  }

  /** The policy as a route runs it. @throws TypeError if it did not load, which was reported */
  onRoute(route: RouteEntry, name: string): CompiledPolicy {
    const key = this.variablesKey(route);
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

  /** Compiles the policies of a route, unless another route with the same variables has them. */
  *addVariants(loader: PolicyLoader, wanted: readonly WantedPolicy[], entry: RouteEntry, route: RouteVariables) {
    const key = JSON.stringify([route.origin.folder, route.forms]);
    this.#keys.set(entry, key);
    for (const policy of wanted) yield* this.#addVariant(loader, policy, route, key);
  }

  *#addVariant(loader: PolicyLoader, wanted: WantedPolicy, route: RouteVariables, variables: string): Steps<void> {
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

export function* loadPolicySet(
  configuration: Configuration,
  loader: PolicyLoader,
  problems: Problems,
): Steps<PolicySet> {
  const { policies: entries, routes } = configuration;
  const set = new PolicySet();
  const onlyOnRoutes = usedOnlyWithVariables(configuration);
  const onSomeRoutes = new Set(namesOn(routes.filter(({ entry }) => hasVariables(entry))));
  const all = yield* eachInSteps(entries, (placed) => {
    const policy = wantedPolicy(placed, problems);
    loader.noteLayers(policy, onSomeRoutes.has(policy.name));
    return policy;
  });
  const wanted = new Map(all.map((policy) => [policy.name, policy]));
  for (const policy of all) if (!onlyOnRoutes.has(policy.name)) yield* set.addPolicy(loader, policy);
  for (const placed of routes) {
    const route = routeVariables(placed);
    if (route === undefined) continue;
    const { entry } = placed;
    const used = (entry.policies ?? []).flatMap((name) => wanted.get(name) ?? []);
    yield* set.addVariants(loader, used, entry, route);
  }
  return set;
}

/**
 * The variables of the first route that runs the policy, if every such route has variables of its own: without them the
 * policy runs nowhere.
 */
export function variablesOfFirstRoute(configuration: Configuration, policy: string): RouteVariables | undefined {
  if (!usedOnlyWithVariables(configuration).has(policy)) return undefined;
  const first = configuration.routes.find(({ entry }) => entry.policies?.includes(policy) === true);
  return first && routeVariables(first);
}

/** Undefined if the route has no variables of its own. */
function routeVariables({ entry, origin, path }: Placed<RouteEntry>): RouteVariables | undefined {
  const { variables = {} } = entry;
  if (!hasVariables(entry)) return undefined;
  const place = { origin, path: [...path, 'variables'] };
  return { ...place, forms: exactForms(variables, () => place) };
}

function variantKey(name: string, variables: string): string {
  return `${name} ${variables}`;
}

/** The policies that no request gets without a route's variables. They need not load without them. */
function usedOnlyWithVariables({ settings, routes }: Configuration): ReadonlySet<string> {
  if (settings?.allowRoutePolicy === true) return new Set();
  const without = new Set(namesOn(routes.filter(({ entry }) => !hasVariables(entry))));
  return new Set(namesOn(routes.filter(({ entry }) => hasVariables(entry))).filter((name) => !without.has(name)));
}

function namesOn(routes: readonly Placed<RouteEntry>[]): string[] {
  return routes.flatMap(({ entry }) => entry.policies ?? []);
}
