/**
 * @module
 * Which route a request takes, and why those before it do not match, as plain objects.
 */
import type { Loaded } from '../configuration/load.ts';
import type { Code } from '../diagnostics/codes.ts';
import type { IncomingRequest } from '../request/incoming-request.ts';
import { type RouteAnswer, traceRoutes } from './route-trace.ts';

export interface RouteFields {
  /** From 1, in the order of the configuration. */
  readonly number: number;
  readonly name?: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly matches: boolean;
  /** The conditions of the route that the request does not meet. */
  readonly unmet: readonly string[];
  /** Why the request is refused because of this route. */
  readonly unclear?: Code;
}

/** The routes up to the one that the request takes, or all. */
export function routeFields(routes: Loaded['routes'], incoming: IncomingRequest): readonly RouteFields[] {
  const matches = routes.map(({ entry }) => entry.match);
  return traceRoutes(matches, incoming).flatMap(({ index, unmet, unclear }) => {
    const route = routes[index];
    if (route === undefined) return [];
    const { document } = route.origin;
    const { file, line, column } = document.source.placeAt(document.offsetOf(route.path));
    return {
      number: index + 1,
      ...(route.entry.name === undefined ? {} : { name: route.entry.name }),
      ...{ file, line, column, matches: unmet.length === 0 && unclear === undefined },
      unmet: unmet.map((name) => conditionText(name, route.entry.match)),
      ...(unclear === undefined ? {} : { unclear }),
    };
  });
}

type Match = Loaded['routes'][number]['entry']['match'];

/** Of headers and parameters only the names: a value may be an API key. */
function conditionText(name: RouteAnswer['unmet'][number], match: Match): string {
  const wanted = match[name];
  if (typeof wanted === 'string') return `${name} ${wanted}`;
  return `${name} ${Object.values(Array.isArray(wanted) ? wanted : Object.keys(wanted ?? {})).join(', ')}`;
}
