/**
 * @module
 * Header values as Apigee counts them: repeats and the parts between commas are values alike.
 */
import type { Scope } from '../../plan/token-plan.ts';

/** Headers whose value is one even with a comma in it (RFC 9110 defines them as no list). */
const single: ReadonlySet<string> = new Set([
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

/** The first value; undefined where the request has no such header. @param name in lower case */
export function headerValue(scope: Scope, name: string): string | undefined {
  const value = scope.attributes.header(onTheWire(name));
  if (value === undefined || single.has(name)) return value;
  const comma = value.indexOf(',');
  return comma === -1 ? value : value.slice(0, comma).trim();
}

/** Every value, in order; empty where the request has no such header. @param name in lower case */
export function headerValues(scope: Scope, name: string): readonly string[] {
  const wanted = onTheWire(name);
  const values: string[] = [];
  for (const value of scope.request.headers.values(wanted)) {
    if (single.has(name)) values.push(value);
    else for (const part of value.split(',')) values.push(part.trim());
  }
  return values;
}

/** The names of all headers, each once, without HTTP/2's pseudo-headers. */
export function headerNames(scope: Scope): readonly string[] {
  const names = scope.request.headers.all.map(([name]) => name).filter((name) => !name.startsWith(':'));
  return [...new Set(names)];
}

/** Envoy hands on the Host header as HTTP/2's `:authority`. */
function onTheWire(name: string): string {
  return name === 'host' ? ':authority' : name;
}
