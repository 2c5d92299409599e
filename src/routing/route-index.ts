/**
 * @module
 * Finds the first route that matches without trying all of them: a thousand routes cost a request about as much as one.
 *
 * Routes are indexed by their exact conditions: the host, the path, the name of Envoy's route. A request looks up its
 * own value and "any" for each of the three, with the beginnings of the name if a route has one, and tries the routes
 * that it finds in their order. Routes that differ only in methods, headers or query parameters are tried one after the
 * other.
 */
import type { PathPattern } from './path-pattern.ts';
import { PathTree } from './path-tree.ts';
import { type HostPattern, hostMatches } from './request-host.ts';
import type { RequestValues, ValueConditions } from './request-values.ts';
import { beginningsOf, isBeginning, routeNameMatches } from './route-name.ts';

/** The conditions of a route. An undefined condition matches everything. */
export interface Conditions {
  readonly host: HostPattern | undefined;
  readonly path: PathPattern | undefined;
  readonly method: ReadonlySet<string> | undefined;
  /** A whole name, or a beginning with `/*` (`route-name.ts`). */
  readonly routeName: string | undefined;
  /** Undefined if the route has no condition on headers or query parameters. */
  readonly values: ValueConditions | undefined;
}

export interface Route<T> {
  readonly conditions: Conditions;
  /** Compared by reference: routes with the same destination share one object. */
  readonly destination: T;
  /** For traces. */
  readonly name?: string | undefined;
}

/** A request with one interpretation of its path. */
export interface MatchInput {
  /** From `hostOf`. */
  readonly host: string;
  /** One of `pathInterpretations`. */
  readonly path: string;
  readonly method: string;
  readonly routeName: string | undefined;
  /** Undefined if no route has a condition on them. */
  readonly values: RequestValues | undefined;
}

interface IndexedRoute<T> {
  readonly order: number;
  readonly route: Route<T>;
}

/** The key of routes without this condition. */
const any = undefined;

type Level<T> = Map<string | typeof any, T>;
type ByName<T> = Level<IndexedRoute<T>[]>;

class ByPath<T> {
  /** Of the routes without a path. */
  any: ByName<T> | undefined;
  readonly tree = new PathTree<ByName<T>>();

  namesFor(path: PathPattern | undefined): ByName<T> {
    if (path !== undefined) return this.tree.getOrAdd(path, () => new Map());
    this.any ??= new Map();
    return this.any;
  }
}

export class RouteIndex<T> {
  readonly #byHost: Level<ByPath<T>> = new Map();
  /** Whether a route matches names by their beginning. */
  readonly #hasBeginnings: boolean;

  constructor(routes: readonly Route<T>[]) {
    this.#hasBeginnings = routes.some(
      ({ conditions: { routeName } }) => routeName !== undefined && isBeginning(routeName),
    );
    for (const [order, route] of routes.entries()) {
      const { host, path, routeName } = route.conditions;
      const byPath = getOrAdd(this.#byHost, host?.kind === 'exact' ? host.text : any, () => new ByPath<T>());
      const byName = byPath.namesFor(path);
      getOrAdd(byName, routeName, (): IndexedRoute<T>[] => []).push({ order, route });
    }
  }

  /**
   * The first route that matches.
   *
   * @throws MintError `route.ambiguous-…` if it matches for some servers only
   */
  find(input: MatchInput): Route<T> | undefined {
    const names = this.#namesFor(input.routeName);
    let best: IndexedRoute<T> | undefined;
    for (const host of [input.host, any]) {
      const byPath = this.#byHost.get(host);
      if (byPath === undefined) continue;
      if (byPath.any !== undefined) best = ofNames(byPath.any, names, input, best);
      for (const byName of byPath.tree.matching(input.path)) best = ofNames(byName, names, input, best);
    }
    if (best?.route.conditions.values !== undefined) input.values?.requireClear(best.route.conditions.values);
    return best?.route;
  }

  /** The keys of the index that match a name. */
  #namesFor(name: string | undefined): readonly (string | typeof any)[] {
    if (name === undefined) return [any];
    return this.#hasBeginnings ? [any, name, ...beginningsOf(name)] : [any, name];
  }
}

function getOrAdd<T>(level: Level<T>, key: string | typeof any, make: () => T): T {
  const found = level.get(key);
  if (found !== undefined) return found;
  const made = make();
  level.set(key, made);
  return made;
}

function ofNames<T>(
  byName: ByName<T>,
  names: readonly (string | typeof any)[],
  input: MatchInput,
  best: IndexedRoute<T> | undefined,
): IndexedRoute<T> | undefined {
  let first = best;
  for (const name of names) first = earlier(byName.get(name), input, first);
  return first;
}

function earlier<T>(
  candidates: readonly IndexedRoute<T>[] | undefined,
  input: MatchInput,
  best: IndexedRoute<T> | undefined,
): IndexedRoute<T> | undefined {
  for (const candidate of candidates ?? []) {
    if (best !== undefined && candidate.order > best.order) break;
    if (matches(candidate.route.conditions, input)) return candidate;
  }
  return best;
}

/**
 * Whether the request meets the conditions other than the path, for some server at least. @internal Exported for the
 * test that compares the index with a look at every route.
 */
export function matches(
  conditions: Omit<Conditions, 'path'>,
  { host, method, routeName, values }: Omit<MatchInput, 'path'>,
): boolean {
  return (
    routeNameMatches(conditions.routeName, routeName) &&
    (conditions.host === undefined || hostMatches(conditions.host, host)) &&
    (conditions.method === undefined || conditions.method.has(method)) &&
    (conditions.values === undefined || values?.mayMeet(conditions.values) === true)
  );
}
