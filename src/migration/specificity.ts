/**
 * @module
 * How specific a match is: if one match is narrower than another, it is also more specific. The narrower route must be
 * tried first.
 */
import { Open, type Writable } from '../dialects/exported.ts';

/** Compared from the first number on: host, path, then the other conditions. */
export function specificity(match: Writable): readonly number[] {
  const { host, path, pathPrefix, method, headers, query, routeName } = membersOf(match);
  return [
    routeName === undefined ? 0 : 1,
    ...hostNumbers(textOf(host)),
    ...pathNumbers(textOf(path), textOf(pathPrefix)),
    conditions(headers) + conditions(query),
    -choices(headers) - choices(query),
    method === undefined ? 0 : 1,
    Array.isArray(method) ? -method.length : 0,
  ];
}

function membersOf(match: Writable): Readonly<Record<string, Writable>> {
  const isMap = typeof match === 'object' && match !== null && !Array.isArray(match) && !(match instanceof Open);
  return isMap ? (match as Readonly<Record<string, Writable>>) : {};
}

function textOf(value: Writable | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function hostNumbers(host: string | undefined): readonly number[] {
  if (host === undefined) return [0, 0];
  return host.startsWith('*.') ? [1, host.length] : [2, 0];
}

/** The number of segments; then how many are names; a whole path is narrower than a beginning. */
function pathNumbers(path: string | undefined, prefix: string | undefined): readonly number[] {
  const segments = (path ?? prefix ?? '').split('/').filter((segment) => segment !== '');
  const isOpenEnded = path === undefined || segments.at(-1) === '**';
  return [segments.length, segments.filter((segment) => !/^\*\*?$/.test(segment)).length, isOpenEnded ? 0 : 1];
}

function conditions(values: Writable | undefined): number {
  return Object.keys(membersOf(values ?? {})).length;
}

/** Values that a header may have: any is more than a list. */
function choices(values: Writable | undefined): number {
  return Object.values(membersOf(values ?? {}))
    .map((value) => (value === true ? 1_000_000 : Array.isArray(value) ? value.length : 1))
    .reduce((sum, number) => sum + number, 0);
}
