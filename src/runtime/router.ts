/**
 * @module
 * Which policies a request gets: the routes of the configuration, compiled. The first that matches wins.
 */
import { MintError } from '../diagnostics/mint-error.ts';
import type { RouteMatch } from './configuration-schema.ts';
import { hostCovers, hostOf, readHostPattern } from './request-host.ts';
import { isBelow, pathReadings, readPathPrefix } from './request-path.ts';
import { type Conditions, type Route, RouteIndex } from './route-index.ts';

/** What of a request routes look at. */
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
 * destinations (see `request-path.ts`).
 */
export function makeRouter<T>(routes: readonly Route<T>[]): Router<T> {
  const index = new RouteIndex(routes);
  const readsHost = routes.some(({ conditions }) => conditions.host !== undefined);
  const readsPath = routes.some(({ conditions }) => conditions.pathPrefix !== undefined);
  return ({ authority, target, method, routeName }) => {
    const host = readsHost ? hostOf(authority) : '';
    if (!readsPath) return index.find({ host, path: '', method, routeName });
    const [first = '', ...others] = pathReadings(target) ?? tooUnusual();
    const destination = index.find({ host, path: first, method, routeName });
    for (const path of others) if (index.find({ host, path, method, routeName }) !== destination) ambiguous();
    return destination;
  };
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
