/**
 * @module
 * Which policies a request gets: the routes of the configuration, compiled. The first that matches wins.
 */

import { MintError } from '../diagnostics/mint-error.ts';
import { hostCovers, hostMatches, hostOf, readHostPattern } from './request-host.ts';
import { isBelow, pathReadings, readPathPrefix } from './request-path.ts';
import { type Conditions, type Question, type Route, RouteIndex } from './route-index.ts';

/** The match of a route, as the configuration writes it. All that is given must match. */
export interface RouteMatch {
  readonly host?: string | undefined;
  readonly pathPrefix?: string | undefined;
  readonly method?: readonly string[] | undefined;
  readonly routeName?: string | undefined;
}

/** What routes read of a request. */
export interface Routed {
  readonly authority: string;
  /** `:path`, query included; empty where there is none (CONNECT). */
  readonly target: string;
  readonly method: string;
  readonly routeName: string | undefined;
}

export type Router<T> = (request: Routed) => T | undefined;

/** The conditions of a match whose parts have been found valid. */
export function compileMatch(match: RouteMatch): Conditions {
  return {
    host: match.host === undefined ? undefined : readHostPattern(match.host),
    pathPrefix: match.pathPrefix === undefined ? undefined : readPathPrefix(match.pathPrefix),
    method: match.method === undefined ? undefined : new Set(match.method),
    routeName: match.routeName,
  };
}

/**
 * Makes the function that finds a request's destination.
 *
 * The function throws MintError `route.ambiguous-path` where the path can be read in ways that lead to different
 * destinations (see `request-path.ts`), `route.ambiguous-host` where the host is none, and `route.untold` what Envoy did
 * not tell could lead elsewhere: without the attribute `xds.route_name`, no `routeName` would ever match.
 */
export function makeRouter<T>(routes: readonly Route<T>[]): Router<T> {
  const reads = new Set(
    conditionNames.filter((name) => routes.some(({ conditions }) => conditions[name] !== undefined)),
  );
  const names = new Set(routes.map(({ conditions }) => conditions.routeName));
  names.delete(undefined);
  if (reads.size === 0 && names.size === 0) {
    const everything = routes[0]?.destination;
    return () => everything;
  }
  const index = new RouteIndex(routes);
  const [readsHost, readsPath, readsMethod] = [reads.has('host'), reads.has('pathPrefix'), reads.has('method')];
  return (request) => {
    requireTold(request, reads);
    // What no route asks for is not read.
    // Some upstreams take `post` for POST (Symfony's getMethod), so it must not lead past a route of POST.
    const method = readsMethod ? request.method.toUpperCase() : '';
    const routeName = names.size === 0 ? undefined : request.routeName;
    const host = readsHost ? (hostOf(request.authority) ?? noHost()) : '';
    const find = (path: string): T | undefined => {
      const destination = index.find({ host, path, method, routeName });
      if (routeName !== undefined) return destination;
      for (const name of names) {
        if (index.find({ host, path, method, routeName: name }) !== destination) untold('the attribute xds.route_name');
      }
      return destination;
    };
    if (!readsPath) return find('');
    if (request.target === '') return withoutPath(routes, { host, method, routeName });
    return agreed(pathReadings(request.target) ?? tooUnusual(), find);
  };
}

/** The one destination of all readings of a path. */
function agreed<T>([first = '', ...others]: readonly string[], find: (path: string) => T): T {
  const destination = find(first);
  for (const path of others) if (find(path) !== destination) ambiguous();
  return destination;
}

const conditionNames = ['host', 'pathPrefix', 'method'] as const;

/** A proxy that keeps a pseudo-header to itself (`forward_rules`) would have no route match, and all requests go on. */
function requireTold(request: Routed, reads: ReadonlySet<keyof Conditions>): void {
  if (reads.has('host') && request.authority === '') untold(':authority');
  if (reads.has('method') && request.method === '') untold(':method');
  if (reads.has('pathPrefix') && request.target === '' && request.method !== connect) untold(':path');
}

/** RFC 9110 section 9.3.6: a request of this method has no path. */
const connect = 'CONNECT';

/**
 * The destination of a CONNECT. `/` holds every path, and so the missing one; whether a longer `pathPrefix` holds it, no
 * one can say.
 */
function withoutPath<T>(
  routes: readonly Route<T>[],
  { host, method, routeName: told }: Omit<Question, 'path'>,
): T | undefined {
  const route = routes.find(
    ({ conditions: wanted }) =>
      (wanted.routeName === undefined || told === undefined || wanted.routeName === told) &&
      (wanted.host === undefined || hostMatches(wanted.host, host)) &&
      (wanted.method === undefined || wanted.method.has(method)),
  );
  if (route === undefined) return undefined;
  const { pathPrefix = '', routeName } = route.conditions;
  if (told === undefined && routeName !== undefined) untold('the attribute xds.route_name');
  if (pathPrefix !== '') throw new MintError('route.ambiguous-path', 'Routes ask for a path, and a CONNECT has none.');
  return route.destination;
}

function untold(what: string): never {
  throw new MintError('route.untold', `Routes ask for what Envoy does not tell of this request: ${what}.`);
}

function noHost(): never {
  throw new MintError('route.ambiguous-host', 'The host is too unusual to be compared with the routes.');
}

function tooUnusual(): never {
  throw new MintError('route.ambiguous-path', 'The path is too unusual to be compared with the routes.');
}

function ambiguous(): never {
  const message = 'The path can be read in ways that lead to different routes, so none is taken.';
  throw new MintError('route.ambiguous-path', message);
}

/** Whether every request that matches `b` matches `a` too. */
export function covers(a: Conditions, b: Conditions): boolean {
  return (
    (a.routeName === undefined || a.routeName === b.routeName) &&
    (a.host === undefined || (b.host !== undefined && hostCovers(a.host, b.host))) &&
    (a.pathPrefix === undefined || (b.pathPrefix !== undefined && coversPath(a.pathPrefix, b.pathPrefix))) &&
    (a.method === undefined || b.method?.isSubsetOf(a.method) === true)
  );
}

function coversPath(a: string, b: string): boolean {
  return a === b || isBelow(b, a);
}
