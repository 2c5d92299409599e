/**
 * @module
 * The path of a route: a base path, and the pattern that a condition compares the rest with (`MatchesPath`).
 *
 * On Apigee, `*` is one segment, `**` is any number of levels, and a final slash counts: `MatchesPath "/orders"` does
 * not match `/orders/`, and `MatchesPath "/orders/*"` does. A route's `path` is the same, except that a request with
 * such a slash is refused if it would make a difference.
 */
import type { Part } from './condition.ts';

/** No member: every path. */
export interface RoutePath {
  readonly pathPrefix?: string;
  readonly path?: string;
}

export interface MadePaths {
  /** Empty if no route can say it. A request that matches one of them matched on Apigee. */
  readonly paths: readonly RoutePath[];
  readonly differences: readonly string[];
}

/** What a route takes as a segment: no dots at its end, and no escapes. */
const literal = String.raw`[\w~-]+(?:\.[\w~-]+)*`;
const basePathForm = new RegExp(String.raw`^(?:\/(?:${literal}|\*))*\/?$`);
const patternForm = new RegExp(String.raw`^(?:\/(?:${literal}|\*))*(?:\/(?:\*\*)?)?$`);
/** The largest that a route takes. */
const longestPath = 2048;

/** The paths of a ProxyEndpoint's requests that meet the parts of a condition. */
export function pathsOf(basePath: string | undefined, parts: readonly Part[]): MadePaths {
  const [pattern, ...more] = parts.flatMap((part) => (part.kind === 'path' ? [part.pattern] : []));
  if (basePath === undefined || !basePathForm.test(basePath)) return unsayable('The base path is not known.');
  if (more.length > 0) return unsayable('It compares the path more than once.');
  const base = basePath.replace(/\/$/, '');
  if (pattern === undefined) return { paths: belowBase(base), differences: [] };
  if (!pattern.startsWith('/') || !patternForm.test(pattern)) {
    return unsayable('In a route, `*` is a whole segment, and `**` is the last one.');
  }
  // `MatchesPath "/"` matches the base path without a slash.
  const path = pattern === '/' && base !== '' ? base : `${base}${pattern}`;
  if (path.length > longestPath) return unsayable('The path is too long.');
  const isWider = pattern !== '/' && pattern.endsWith('/');
  return { paths: [{ path }], differences: isWider ? ['On Apigee the path matches only with its final slash.'] : [] };
}

function unsayable(difference: string): MadePaths {
  return { paths: [], differences: [difference] };
}

/** A base path may have wildcards, and a `pathPrefix` has none. */
function belowBase(base: string): readonly RoutePath[] {
  if (base === '') return [{}];
  return base.includes('*') ? [{ path: `${base}/` }, { path: `${base}/**` }] : [{ pathPrefix: base }];
}

/** Whether no request matches both routes. They ignore letter case. */
export function areDisjointRoutes(a: RoutePath, b: RoutePath): boolean {
  return areDisjointPatterns(patternOf(a), patternOf(b));
}

function patternOf({ path, pathPrefix = '' }: RoutePath): string {
  return (path ?? `${pathPrefix}/**`).toLowerCase();
}

/** Whether no path matches both patterns of MatchesPath. */
export function areDisjointPatterns(a: string, b: string): boolean {
  const [left, right] = [a.split('/'), b.split('/')];
  for (let at = 0; at < Math.max(left.length, right.length); at++) {
    const [one, other] = [left[at], right[at]];
    if (one?.includes('**') || other?.includes('**')) return false;
    // One of them ends: a slash at the end of the other may still match.
    if (one === undefined || other === undefined) return `${one ?? other}` !== '';
    if (one !== other && !one.includes('*') && !other.includes('*')) return true;
  }
  return false;
}
