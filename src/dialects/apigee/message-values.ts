/**
 * @module
 * Headers and query parameters as Apigee's flow variables return them.
 */
import type { ScopeOf } from '../../plan/request-values.ts';

export type HeaderScope = ScopeOf<'header'>;
export type QueryScope = ScopeOf<'query'>;

/** Headers with one value even if it contains a comma (RFC 9110 does not define them as lists). */
const singleValued: ReadonlySet<string> = new Set([
  'age',
  'authorization',
  'content-length',
  'content-location',
  'content-type',
  'cookie',
  'date',
  'etag',
  'expires',
  'from',
  'host',
  'if-modified-since',
  'if-range',
  'if-unmodified-since',
  'last-modified',
  'location',
  'max-forwards',
  'proxy-authorization',
  'referer',
  'retry-after',
  'user-agent',
]);

/** The first value of a header; undefined if the request does not have it. @param name in lower case */
export function headerValue(scope: HeaderScope, name: string): string | undefined {
  const value = scope.attributes.header(onTheWire(name));
  if (value === undefined || singleValued.has(name)) return value;
  const comma = value.indexOf(',');
  return comma === -1 ? value : value.slice(0, comma).trim();
}

/** All values of a header in order: each repeat and each part between commas is one. @param name in lower case */
export function headerValues(scope: HeaderScope, name: string): readonly string[] {
  const wanted = onTheWire(name);
  const values: string[] = [];
  for (const value of scope.request.headers.values(wanted)) {
    if (singleValued.has(name)) values.push(value);
    else for (const part of value.split(',')) values.push(part.trim());
  }
  return values;
}

/** The names of all headers, each once, without HTTP/2's pseudo-headers. */
export function headerNames(scope: ScopeOf<'headers'>): readonly string[] {
  const names = scope.request.headers.all.map(([name]) => name).filter((name) => !name.startsWith(':'));
  return [...new Set(names)];
}

/** Envoy forwards the Host header as HTTP/2's `:authority`. */
export function onTheWire(name: string): string {
  return name === 'host' ? ':authority' : name;
}

/** The query string without its `?`; empty if the request has none. */
export function rawQuery({ attributes }: QueryScope): string {
  const uri = attributes.requestUri;
  const mark = uri?.indexOf('?') ?? -1;
  return uri === null || mark === -1 ? (attributes.queryString ?? '') : uri.slice(mark + 1);
}

/** The decoded values of a query parameter, in order. */
export function parameterValues(scope: QueryScope, name: string): readonly string[] {
  return pairs(scope).flatMap((pair) => (pair[0] === name && pair[1] !== undefined ? [pair[1]] : []));
}

/** The names of the query parameters, each once, in the order of their first values. */
export function parameterNames(scope: QueryScope): readonly string[] {
  return [...new Set(pairs(scope).flatMap(([name]) => (name === undefined ? [] : [name])))];
}

/** The key of the parsed query in the memo of a request. */
const parsedQuery = {};

function pairs(scope: QueryScope): readonly (readonly string[])[] {
  const known = scope.memo.get(parsedQuery);
  if (known !== undefined) return known as readonly (readonly string[])[];
  // A question mark at the beginning would be taken away, and `??q` is another name than `q`.
  const read = [...new URLSearchParams(`?${rawQuery(scope)}`)];
  scope.memo.set(parsedQuery, read);
  return read;
}
