/**
 * @module
 * Finds the earlier route that takes everything a route matches, without comparing each with all before it.
 *
 * Routes are filed under what they ask for. Whatever covers a route asks for the same or less: the same name of Envoy's
 * route or any, the host or a domain above it or any, the path or one above it or any; so few places need a look.
 */
import type { HostPattern } from './request-host.ts';
import type { Conditions } from './route-index.ts';
import { covers } from './router.ts';

interface Earlier {
  readonly order: number;
  readonly conditions: Conditions;
}

/** Of routes that differ in their methods alone, so many are compared: this is about a warning. */
const mostCompared = 100;

const any = undefined;

type Filed = Map<string | undefined, Map<string | undefined, Map<string | undefined, Earlier[]>>>;

export class RouteReach {
  readonly #byName: Filed = new Map();
  #count = 0;

  /** The place of the first route before that covers this one; undefined, and the route is kept, where none does. */
  add(conditions: Conditions): number | undefined {
    const order = this.#count;
    this.#count += 1;
    const taker = this.#takerOf(conditions);
    // What a covered route covers, its taker covers too.
    if (taker === undefined) this.#file({ order, conditions });
    return taker?.order;
  }

  #takerOf(conditions: Conditions): Earlier | undefined {
    const { host, pathPrefix, routeName } = conditions;
    const hosts = hostsAbove(host);
    const paths = pathsAbove(pathPrefix);
    const names = routeName === undefined ? [any] : [any, routeName];
    const places = names
      .flatMap((name) => this.#byName.get(name) ?? [])
      .flatMap((byHost) => hosts.flatMap((key) => byHost.get(key) ?? []))
      .flatMap((byPath) => paths.flatMap((key) => [byPath.get(key) ?? []]));
    let first: Earlier | undefined;
    for (const routes of places) {
      const found = routes.find((earlier) => covers(earlier.conditions, conditions));
      if (found !== undefined && (first === undefined || found.order < first.order)) first = found;
    }
    return first;
  }

  #file(route: Earlier): void {
    const { host, pathPrefix, routeName } = route.conditions;
    const byHost = this.#byName.get(routeName) ?? new Map();
    this.#byName.set(routeName, byHost);
    const hostKey = host === undefined ? any : keyOf(host);
    const byPath: Map<string | undefined, Earlier[]> = byHost.get(hostKey) ?? new Map();
    byHost.set(hostKey, byPath);
    const routes = byPath.get(pathPrefix) ?? [];
    byPath.set(pathPrefix, routes);
    if (routes.length < mostCompared) routes.push(route);
  }
}

function keyOf({ kind, text }: HostPattern): string {
  return `${kind} ${text}`;
}

/** The keys of everything that can cover the host. */
function hostsAbove(host: HostPattern | undefined): (string | undefined)[] {
  const keys: (string | undefined)[] = [any];
  if (host === undefined) return keys;
  if (host.kind === 'exact') keys.push(keyOf(host));
  for (let dot = host.text.indexOf('.'); dot !== -1; dot = host.text.indexOf('.', dot + 1)) {
    keys.push(keyOf({ kind: 'below', text: host.text.slice(dot) }));
  }
  return keys;
}

/** The path, and those that end before one of its slashes. */
function pathsAbove(path: string | undefined): (string | undefined)[] {
  const keys: (string | undefined)[] = [any];
  if (path === undefined) return keys;
  keys.push(path);
  for (let slash = path.indexOf('/'); slash !== -1; slash = path.indexOf('/', slash + 1))
    keys.push(path.slice(0, slash));
  return keys;
}
