/**
 * @module
 * What an expression can read: the request's `attributes`, the caller's `authentication`, declared `vars` and the
 * `payload`.
 *
 * These are interfaces so that a request is looked at only as far as an expression asks. Both engines read them by the
 * functions below.
 */
import type { JsonObject, JsonValue } from '../diagnostics/json.ts';

/** The eleven fields that Flex Gateway binds as `attributes`; null where the request has no such value. */
export interface RequestAttributes {
  /** The first value of a header; `name` is lower case and may be a pseudo-header (`:path`). */
  header(name: string): string | undefined;
  /** The last value of a header, its name compared exactly. */
  lastHeader(name: string): string | undefined;
  /** All headers by lower-case name, pseudo-headers included; of a repeated header the last value. */
  headerMap(): ReadonlyMap<string, string>;
  /** Query parameters, form-decoded; of a repeated name the last value. */
  queryParams(): ReadonlyMap<string, string>;
  readonly method: string | null;
  /** The path without its query, normalised as the WHATWG URL standard says. */
  readonly requestPath: string | null;
  /** The path and query as they came. */
  readonly requestUri: string | null;
  /** The query without its `?`; null when the request has none. */
  readonly queryString: string | null;
  readonly scheme: string | null;
  /** The protocol, such as `HTTP/1.1`. */
  readonly version: string | null;
  /** The caller's `address:port`. */
  readonly remoteAddress: string | null;
  /** The `address:port` that the caller reached. */
  readonly localAddress: string | null;
  /** The response's status; null while a request is on its way in. */
  readonly statusCode: number | null;
}

/** The caller's authenticated identity. Without one, all four are null. */
export interface Caller {
  readonly clientId: string | null;
  readonly clientName: string | null;
  readonly principal: string | null;
  readonly properties: JsonObject | null;
  /** One member of `properties`, where that can be had without making all of them. */
  property?(name: string): JsonValue | undefined;
  /** Whether what was read since the last call has a number that may have lost digits (`isInexact`). */
  gaveInexact?(): boolean;
}

export interface Bindings {
  readonly attributes: RequestAttributes;
  readonly authentication: Caller;
  /** Declared variables by name: `vars`. */
  readonly variables: ReadonlyMap<string, JsonValue>;
  /** The request's body, where it is read at all. No policy that mints a token reads it. */
  readonly payload?: JsonValue;
  /** A random UUID, version 4, lower case. */
  randomId(): string;
  /** When the request came, in milliseconds since 1970. */
  readonly now: number;
}

/** The four inputs that an expression may name. */
export const inputNames = ['vars', 'attributes', 'authentication', 'payload'] as const;

export type InputName = (typeof inputNames)[number];

/** What the JWT generation policy binds. Another input may be named there only where it is never evaluated. */
export const policyInputs: readonly InputName[] = ['attributes', 'authentication'];

/** How each field is read. A function of its own for each is several times as fast as a lookup by a name. */
export const attributeReaders: ReadonlyMap<string, (attributes: RequestAttributes) => string | number | null> = new Map<
  string,
  (attributes: RequestAttributes) => string | number | null
>([
  ['method', ({ method }) => method],
  ['requestPath', ({ requestPath }) => requestPath],
  ['requestUri', ({ requestUri }) => requestUri],
  ['remoteAddress', ({ remoteAddress }) => remoteAddress],
  ['localAddress', ({ localAddress }) => localAddress],
  ['queryString', ({ queryString }) => queryString],
  ['scheme', ({ scheme }) => scheme],
  ['version', ({ version }) => version],
  ['statusCode', ({ statusCode }) => statusCode],
]);

export const callerReaders: ReadonlyMap<string, (caller: Caller) => string | JsonObject | null> = new Map<
  string,
  (caller: Caller) => string | JsonObject | null
>([
  ['clientId', ({ clientId }) => clientId],
  ['clientName', ({ clientName }) => clientName],
  ['principal', ({ principal }) => principal],
  ['properties', ({ properties }) => properties],
]);

/** `authentication.properties.name`; null where there is none. */
export function propertyOfCaller({ authentication }: Bindings, name: string): JsonValue {
  if (authentication.property !== undefined) return authentication.property(name) ?? null;
  const { properties } = authentication;
  return properties !== null && Object.hasOwn(properties, name) ? (properties[name] ?? null) : null;
}

/** Lower case for ASCII only: the Kelvin sign is not a `k` in a header's name. */
export function headerName(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}
