/**
 * @module
 * Query parameters as Apigee's flow variables give them: decoded, in order, with repeats.
 */
import type { Scope } from '../../plan/token-plan.ts';

/** The query without its `?`; empty where the request has none. */
export function rawQuery({ attributes }: Scope): string {
  const uri = attributes.requestUri;
  const mark = uri?.indexOf('?') ?? -1;
  return uri === null || mark === -1 ? (attributes.queryString ?? '') : uri.slice(mark + 1);
}

export function parameterValues(scope: Scope, name: string): readonly string[] {
  return pairs(scope).flatMap((pair) => (pair[0] === name && pair[1] !== undefined ? [pair[1]] : []));
}

/** Each name once, in the order of its first value. */
export function parameterNames(scope: Scope): readonly string[] {
  return [...new Set(pairs(scope).flatMap(([name]) => (name === undefined ? [] : [name])))];
}

/** By what the parsed query is kept for the rest of the request. */
const parsed = {};

function pairs(scope: Scope): readonly (readonly string[])[] {
  const known = scope.memo.get(parsed);
  if (known !== undefined) return known as readonly (readonly string[])[];
  const query = rawQuery(scope);
  // A request that is written down may state its parameters and no query.
  const read = query === '' ? [...scope.attributes.queryParams()] : [...new URLSearchParams(query)];
  scope.memo.set(parsed, read);
  return read;
}
