/**
 * @module
 * Finds the route of a request: the routes of the configuration, compiled. The first route that matches wins.
 */

import { MintError } from '../diagnostics/mint-error.ts';
import { headerCondition, type RoutedHeaders } from './header-condition.ts';
import { matchesEverything, type PathPattern, readPath, readPathPrefix, wholePathReadings } from './path-pattern.ts';
import { hostMatches, hostOf, readHostPattern } from './request-host.ts';
import { pathInterpretations } from './request-path.ts';
import { RequestValues, type ValueConditions } from './request-values.ts';
import { type Conditions, type MatchInput, type Route, RouteIndex } from './route-index.ts';
import { routeNameMatches } from './route-name.ts';
import { compileConditions, type ValueForm } from './value-condition.ts';

/** The `match` of a route in the configuration. All conditions must match. */
export interface RouteMatch {
  readonly host?: string | undefined;
  readonly pathPrefix?: string | undefined;
  /** Not together with `pathPrefix`. */
  readonly path?: string | undefined;
  readonly method?: readonly string[] | undefined;
  /** A whole name, or its beginning with `/*` at the end. */
  readonly routeName?: string | undefined;
  /** By name, in any case. */
  readonly headers?: Readonly<Record<string, ValueForm>> | undefined;
  /** By name. */
  readonly query?: Readonly<Record<string, ValueForm>> | undefined;
}

/** The parts of a request that routes read. */
export interface RoutingInput {
  /** Undefined if Envoy did not send it; a client may well send an empty one. */
  readonly authority: string | undefined;
  /** `:path` with its query; empty if there is none (CONNECT). */
  readonly target: string;
  readonly method: string;
  readonly routeName: string | undefined;
  readonly headers: RoutedHeaders;
}

export type Router<T> = (request: RoutingInput) => T | undefined;

/** Finds the route itself. Several routes may have the destination of a request; then it is one of them. */
type RouteFinder<T> = Router<Route<T>>;

/** Compiles a match whose parts are valid. */
export function compileMatch(match: RouteMatch): Conditions {
  return {
    host: match.host === undefined ? undefined : readHostPattern(match.host),
    path: compilePath(match),
    method: match.method === undefined ? undefined : new Set(match.method),
    routeName: match.routeName,
    values: compileValues(match),
  };
}

function compilePath({ path, pathPrefix }: RouteMatch): PathPattern | undefined {
  if (path !== undefined) return readPath(path);
  return pathPrefix === undefined ? undefined : readPathPrefix(pathPrefix);
}

function compileValues(match: RouteMatch): ValueConditions | undefined {
  const headers = compileConditions(match.headers, (name) => name.toLowerCase());
  const query = compileConditions(match.query, (name) => name);
  return headers === undefined && query === undefined ? undefined : { headers: headers?.map(headerCondition), query };
}

/** Compiles the function that finds the destination of a request. It throws what `makeRouteFinder` throws. */
export function makeRouter<T>(routes: readonly Route<T>[]): Router<T> {
  const find = makeRouteFinder(routes);
  return (request) => find(request)?.destination;
}

/**
 * Compiles the function that finds the route of a request.
 *
 * The function throws MintError: `route.ambiguous-path` if interpretations of the path lead to different destinations
 * (see `request-path.ts`), `route.ambiguous-header` and `route.ambiguous-query` if servers may read what a route needs
 * in two ways, `route.ambiguous-host` if the host is not valid, and `route.untold` if something that Envoy did not send
 * could change the destination: without the attribute `xds.route_name`, no `routeName` would ever match.
 */
export function makeRouteFinder<T>(routes: readonly Route<T>[]): RouteFinder<T> {
  const reads = new Set(
    conditionNames.filter((name) => routes.some(({ conditions }) => conditions[name] !== undefined)),
  );
  const names = new Set(routes.map(({ conditions }) => conditions.routeName));
  names.delete(undefined);
  if (reads.size === 0 && names.size === 0) {
    const everything = routes[0];
    return () => everything;
  }
  const index = new RouteIndex(routes);
  const [readsHost, readsPath, readsMethod] = [reads.has('host'), reads.has('path'), reads.has('method')];
  const valuesOf = reads.has('values') ? readValues : () => undefined;
  const readsEnds = routes.some(({ conditions }) => (conditions.path?.ending ?? 'anything') !== 'anything');
  const readsQuery = routes.some(({ conditions }) => conditions.values?.query !== undefined);
  return (request) => {
    requireSent(request, reads, readsQuery);
    // Some upstreams treat `post` as POST (Symfony's getMethod), so it must not bypass a route for POST.
    const method = readsMethod ? request.method.toUpperCase() : '';
    const routeName = names.size === 0 ? undefined : request.routeName;
    const host = readsHost ? validHost(request.authority) : '';
    const values = valuesOf(request);
    const find = (path: string): Route<T> | undefined => {
      const route = index.find({ host, path, method, routeName, values });
      if (routeName !== undefined) return route;
      // The text of a pattern is a name that it matches, and that no narrower one does.
      for (const name of names) {
        const named = index.find({ host, path, method, routeName: name, values });
        if (named?.destination !== route?.destination) notSent(routeNameAttribute);
      }
      return route;
    };
    if (!readsPath) return find('');
    if (request.target === '') return withoutPath(routes, { host, method, routeName, values });
    return commonRoute(pathsOf(request.target, readsEnds), find);
  };
}

function readValues({ headers, target }: RoutingInput): RequestValues {
  return new RequestValues(headers, target);
}

/** @param readsEnds whether a route has a `path`, so that it depends on the end of the path */
function pathsOf(target: string, readsEnds: boolean): readonly string[] {
  const paths = pathInterpretations(target) ?? tooUnusual();
  return readsEnds ? paths.flatMap(wholePathReadings) : paths;
}

/** The route of the first interpretation of a path, whose destination all interpretations have. */
function commonRoute<T>(
  [first = '', ...others]: readonly string[],
  find: (path: string) => Route<T> | undefined,
): Route<T> | undefined {
  const route = find(first);
  for (const path of others) if (find(path)?.destination !== route?.destination) ambiguous();
  return route;
}

const conditionNames = ['host', 'path', 'method', 'values'] as const;

const routeNameAttribute = 'the attribute xds.route_name';

/** If Envoy withholds a pseudo-header (`forward_rules`), no route would match, and all requests would be forwarded. */
function requireSent(request: RoutingInput, reads: ReadonlySet<keyof Conditions>, readsQuery: boolean): void {
  if (reads.has('host') && request.authority === undefined) notSent(':authority');
  if (reads.has('method') && request.method === '') notSent(':method');
  const readsTarget = readsQuery || reads.has('path');
  if (readsTarget && request.target === '' && request.method !== connect) notSent(':path');
}

/** RFC 9110 section 9.3.6: a CONNECT request has no path. */
const connect = 'CONNECT';

/** Whether any request can match: a CONNECT request matches no path but `/`, and has no query. */
export function canMatch({ method, path, values }: Conditions): boolean {
  if (matchesEverything(path) && values?.query === undefined) return true;
  return method === undefined || Array.from(method).some((name) => name !== connect);
}

/**
 * The route of a CONNECT request. `pathPrefix: /` matches every path, and so a missing one; whether a longer one
 * would match is undefined.
 */
function withoutPath<T>(
  routes: readonly Route<T>[],
  { host, method, routeName: sent, values }: Omit<MatchInput, 'path'>,
): Route<T> | undefined {
  const route = routes.find(
    ({ conditions: wanted }) =>
      (sent === undefined || routeNameMatches(wanted.routeName, sent)) &&
      (wanted.host === undefined || hostMatches(wanted.host, host)) &&
      (wanted.method === undefined || wanted.method.has(method)) &&
      (wanted.values === undefined || values?.mayMeet(wanted.values) === true),
  );
  if (route === undefined) return undefined;
  const { path, routeName } = route.conditions;
  if (route.conditions.values !== undefined) values?.requireClear(route.conditions.values);
  if (sent === undefined && routeName !== undefined) notSent(routeNameAttribute);
  if (!matchesEverything(path)) {
    throw new MintError('route.ambiguous-path', 'Routes need a path, but a CONNECT request has none.');
  }
  return route;
}

function notSent(what: string): never {
  throw new MintError('route.untold', `Routes need something that Envoy did not send with this request: ${what}.`);
}

function validHost(authority = ''): string {
  const host = hostOf(authority);
  if (host !== undefined) return host;
  throw new MintError('route.ambiguous-host', 'The host is not valid, so it cannot be compared with the routes.');
}

function tooUnusual(): never {
  throw new MintError('route.ambiguous-path', 'The path has too many interpretations to be compared with the routes.');
}

function ambiguous(): never {
  const message = 'The interpretations of the path lead to different routes.';
  throw new MintError('route.ambiguous-path', message);
}
