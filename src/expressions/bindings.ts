/**
 * @module
 * The inputs of an expression: the request's `attributes`, the caller's `authentication`, declared `vars` and the
 * `payload`.
 *
 * They are interfaces, so that only the parts of a request that an expression reads are decoded. Both engines read them
 * with the functions below.
 */
import type { JsonObject, JsonValue } from '../diagnostics/json.ts';
import type { CallerFact } from './caller-objects.ts';

/** The eleven fields that Flex Gateway binds as `attributes`. A field is null if the request has no such value. */
export interface RequestAttributes {
  /** The first value of a header. `name` is in lower case and may be a pseudo-header (`:path`). */
  header(name: string): string | undefined;
  /** The last value of a header. The name is compared exactly. */
  lastHeader(name: string): string | undefined;
  /** All headers by lower-case name, including pseudo-headers. A repeated header has its last value. */
  headerMap(): ReadonlyMap<string, string>;
  /** The query parameters, form-decoded. A repeated parameter has its last value. */
  queryParams(): ReadonlyMap<string, string>;
  readonly method: string | null;
  /** The path without its query, normalised by the WHATWG URL standard. */
  readonly requestPath: string | null;
  /** The path and query as received. */
  readonly requestUri: string | null;
  /** The query without its `?`; null if the request has no query. */
  readonly queryString: string | null;
  readonly scheme: string | null;
  /** The protocol, such as `HTTP/1.1`. */
  readonly version: string | null;
  /** The caller's `address:port`. */
  readonly remoteAddress: string | null;
  /** The `address:port` that the caller connected to. */
  readonly localAddress: string | null;
  /** The status of the response; null in the request phase. */
  readonly statusCode: number | null;
}

/** The caller's authenticated identity. All four fields are null if the caller is not authenticated. */
export interface Caller {
  readonly clientId: string | null;
  readonly clientName: string | null;
  readonly principal: string | null;
  readonly properties: JsonObject | null;
  /** One member of `properties`, for a caller that can give it without decoding all of them. */
  property?(name: string): JsonValue | undefined;
  /** What the source knows of the caller, for a dialect that does not read an object; undefined if it is not known. */
  fact?(name: CallerFact): JsonValue | undefined;
  /** The caller as without `as`, if this is the object of a vendor's policy. */
  readonly plain?: Caller;
  /** Whether a value read since the last call contains a number that may have lost digits (`isInexact`). */
  gaveInexact?(): boolean;
}

export interface Bindings {
  readonly attributes: RequestAttributes;
  readonly authentication: Caller;
  /** `vars`: the declared variables by name. */
  readonly variables: ReadonlyMap<string, JsonValue>;
  /** The body of the request, if it is available. It is not for policies that mint a token. */
  readonly payload?: JsonValue;
  /** A random UUID, version 4, lower case. */
  randomId(): string;
  /** The time of the request, in milliseconds since the epoch. */
  readonly now: number;
}

/** The four inputs, in the order in which Flex Gateway binds them. */
export const inputNames = ['vars', 'attributes', 'authentication', 'payload'] as const;

export type InputName = (typeof inputNames)[number];

export function isInputName(name: string): name is InputName {
  return inputNames.some((input) => input === name);
}

/** The inputs of the JWT generation policy. An expression may name the others only where they are never evaluated. */
export const policyInputs: readonly InputName[] = ['attributes', 'authentication'];

/** The reader of each field. A separate function for each is several times faster than a lookup by name. */
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

/** `authentication.properties.name`; null if there is no such property. */
export function propertyOfCaller({ authentication }: Pick<Bindings, 'authentication'>, name: string): JsonValue {
  if (authentication.property !== undefined) return authentication.property(name) ?? null;
  const { properties } = authentication;
  return properties !== null && Object.hasOwn(properties, name) ? (properties[name] ?? null) : null;
}

/** The caller for dialects whose variables do not depend on an object of Flex Gateway. */
export function plainCaller(caller: Caller): Caller {
  return caller.plain ?? caller;
}

/** A header name in lower case. Only ASCII letters change: the Kelvin sign does not become `k`. */
export function headerName(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}
