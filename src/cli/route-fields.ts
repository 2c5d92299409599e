/**
 * @module
 * Which route a request takes, and why those before it do not match, as commands show it.
 */
import { codes } from '../diagnostics/codes.ts';
import { printable } from '../diagnostics/printable.ts';
import { shortened } from '../trial/member-fields.ts';
import type { RouteFields } from '../trial/route-fields.ts';
import type { Painted } from './paint.ts';

/** One line. */
export function routeText(route: RouteFields, painted: Painted): string {
  const { number, name, file, line, column, matches, unmet, unclear } = route;
  const place = painted.faint(printable(`(${file}:${line}:${column})`));
  const answer = matches
    ? painted.good('matches')
    : unclear === undefined
      ? `does not match: ${printable(shortened(unmet.join('; ')))}`
      : painted.bad(`has no clear answer: ${codes[unclear]} [${unclear}]`);
  return `route ${number}${name === undefined ? '' : ` ${painted.strong(name)}`} ${place} ${answer}`;
}
