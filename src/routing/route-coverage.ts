/**
 * @module
 * Finds an earlier route that matches everything a route matches (that covers it), without comparing all pairs of
 * routes.
 *
 * Routes are indexed by their conditions. A route that covers another has the same conditions or weaker ones: the same
 * name of Envoy's route or its beginning or any, the host or a domain above it or any, a path that covers its path or
 * any. So few entries of the index need to be compared.
 */
import { PathTree } from './path-tree.ts';
import { type HostPattern, hostCovers } from './request-host.ts';
import type { Conditions } from './route-index.ts';
import { beginningsOf } from './route-name.ts';
import { coversConditions } from './value-condition.ts';

interface EarlierRoute {
  readonly order: number;
  readonly conditions: Conditions;
}

/** The maximum number of compared routes with the same name, host and path: a missed one only costs a warning. */
const maxCompared = 100;

const any = undefined;

interface ByPath {
  readonly any: EarlierRoute[];
  readonly tree: PathTree<EarlierRoute[]>;
}

type CoverageIndex = Map<string | undefined, Map<string | undefined, ByPath>>;

export class RouteCoverage {
  readonly #byName: CoverageIndex = new Map();
  #count = 0;

  /** Adds the next route. Returns the index of the first earlier route that covers it, or undefined. */
  add(conditions: Conditions): number | undefined {
    const order = this.#count;
    this.#count += 1;
    const covering = this.covering(conditions);
    // A route that covers this one covers everything that this one covers.
    if (covering === undefined) this.#insert({ order, conditions });
    return covering?.order;
  }

  /** The first of the added routes that covers these conditions. */
  covering(conditions: Conditions): EarlierRoute | undefined {
    const { host, path, routeName } = conditions;
    const hosts = hostsAbove(host);
    const names = routeName === undefined ? [any] : [any, ...new Set([routeName, ...beginningsOf(routeName)])];
    const places = names
      .flatMap((name) => this.#byName.get(name) ?? [])
      .flatMap((byHost) => hosts.flatMap((key) => byHost.get(key) ?? []))
      .flatMap((byPath) => [byPath.any, ...(path === undefined ? [] : byPath.tree.covering(path))]);
    let first: EarlierRoute | undefined;
    for (const routes of places) {
      const found = routes.find((earlier) => covers(earlier.conditions, conditions));
      if (found !== undefined && (first === undefined || found.order < first.order)) first = found;
    }
    return first;
  }

  #insert(route: EarlierRoute): void {
    const { host, path, routeName } = route.conditions;
    const byHost: Map<string | undefined, ByPath> = this.#byName.get(routeName) ?? new Map();
    this.#byName.set(routeName, byHost);
    const hostKey = host === undefined ? any : keyOf(host);
    const byPath = byHost.get(hostKey) ?? { any: [], tree: new PathTree() };
    byHost.set(hostKey, byPath);
    const routes = path === undefined ? byPath.any : byPath.tree.getOrAdd(path, () => []);
    if (routes.length < maxCompared) routes.push(route);
  }
}

function keyOf({ kind, text }: HostPattern): string {
  return `${kind} ${text}`;
}

/** The keys of the hosts that can cover this one. */
function hostsAbove(host: HostPattern | undefined): (string | undefined)[] {
  const keys: (string | undefined)[] = [any];
  if (host === undefined) return keys;
  if (host.kind === 'exact') keys.push(keyOf(host));
  for (let dot = host.text.indexOf('.'); dot !== -1; dot = host.text.indexOf('.', dot + 1)) {
    keys.push(keyOf({ kind: 'below', text: host.text.slice(dot) }));
  }
  return keys;
}

/** Whether every request that matches `b` matches `a` too, if `a` is at a place of the index that covers `b`'s. */
function covers(a: Conditions, b: Conditions): boolean {
  return (
    (a.host === undefined || (b.host !== undefined && hostCovers(a.host, b.host))) &&
    (a.method === undefined || b.method?.isSubsetOf(a.method) === true) &&
    coversConditions(a.values?.headers, b.values?.headers) &&
    coversConditions(a.values?.query, b.values?.query)
  );
}
