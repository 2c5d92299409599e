/**
 * @module
 * The routes up to the one that the request takes, with what keeps it from the others.
 */
import type { Loaded } from '../configuration/load.ts';
import { codes } from '../diagnostics/codes.ts';
import type { WrittenRequest } from '../trial/incoming.ts';
import { type RouteFields, routeFields } from '../trial/route-fields.ts';
import type { ShownRoute } from './interface.ts';
import type { NameOf } from './problems.ts';

export function shownRoutes(routes: Loaded['routes'], incoming: WrittenRequest, nameOf: NameOf): readonly ShownRoute[] {
  if (incoming.routePolicy !== undefined) return [];
  return routeFields(routes, incoming).map((route) => {
    const { number, name = `${number}`, file, line, column, matches } = route;
    const from = { line, column };
    return { name, isTaken: matches, why: whyOf(route), range: { file: nameOf(file), from, to: from } };
  });
}

function whyOf({ matches, unclear, unmet }: RouteFields): string {
  if (matches) return 'It matches.';
  return unclear === undefined
    ? `It does not match: ${unmet.join('; ')}.`
    : `It has no clear answer: ${codes[unclear]}`;
}
