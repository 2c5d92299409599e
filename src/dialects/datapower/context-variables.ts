/**
 * @module
 * The context variables of API Connect that a request through Envoy has, by name (vendor page, "API Connect context
 * variables").
 */
import type { JsonValue } from '../../diagnostics/json.ts';
import type { Computed, Scope } from '../../plan/token-plan.ts';
import { type Operation, operationOf, pathParameter } from './operations.ts';

type Read = (scope: Scope) => JsonValue | null | undefined;

interface Row {
  readonly pattern: RegExp;
  /** Makes the reader; the arguments are the pattern's groups. */
  make(operations: readonly Operation[], ...groups: string[]): Read;
}

const rows: readonly Row[] = [
  { pattern: /^request\.headers\.(.+)$/, make: (_, name) => (scope) => headerValue(scope, name) },
  {
    pattern: /^request\.parameters\.(.+)$/,
    make: (operations, name) => (scope) =>
      scope.attributes.queryParams().get(name) ?? pathParameter(operations, scope, name),
  },
  {
    pattern: /^request\.querystring$/,
    make:
      () =>
      ({ attributes }) =>
        attributes.queryString,
  },
  {
    pattern: /^request\.search$/,
    make:
      () =>
      ({ attributes: { queryString } }) =>
        queryString && `?${queryString}`,
  },
  {
    pattern: /^request\.verb$/,
    make:
      () =>
      ({ attributes }) =>
        attributes.method,
  },
  {
    pattern: /^request\.path$/,
    make:
      () =>
      ({ attributes }) =>
        attributes.requestPath,
  },
  { pattern: /^request\.uri$/, make: () => requestUri },
  { pattern: /^request\.content-type$/, make: () => (scope) => headerValue(scope, 'content-type') },
  {
    pattern: /^request\.date$/,
    make:
      () =>
      ({ now }) =>
        new Date(now).toISOString(),
  },
  {
    pattern: /^client\.app\.id$/,
    make:
      () =>
      ({ authentication }) =>
        authentication.clientId,
  },
  {
    pattern: /^client\.app\.name$/,
    make:
      () =>
      ({ authentication }) =>
        authentication.clientName,
  },
  { pattern: /^api\.operation\.path$/, make: (operations) => (scope) => operationOf(operations, scope)?.path },
  {
    pattern: /^api\.operation\.id$/,
    make: (operations) => (scope) => operationOf(operations, scope)?.ids.get(scope.attributes.method ?? ''),
  },
  {
    pattern: /^system\.datetime$/,
    make:
      () =>
      ({ now }) =>
        new Date(now).toISOString(),
  },
  {
    pattern: /^system\.date$/,
    make:
      () =>
      ({ now }) =>
        new Date(now).toISOString().slice(0, 10),
  },
  {
    pattern: /^system\.time$/,
    make:
      () =>
      ({ now }) =>
        new Date(now).toISOString().slice(11, 19),
  },
  { pattern: /^system\.(?:datetime|date|time)\.([a-z]+)$/, make: (_, part) => dateParts[part] ?? (() => undefined) },
  { pattern: /^system\.timezone$/, make: () => () => '+00:00' },
  { pattern: /^decoded\.claims$/, make: () => verifiedClaims },
  {
    pattern: /^decoded\.claims\.(.+)$/,
    make: (_, path) => (scope) => memberAt(verifiedClaims(scope), path.split('.')),
  },
];

/** Everything is in UTC: a sidecar has no time zone of its own. */
const dateParts: Readonly<Record<string, Read>> = {
  year: ({ now }) => new Date(now).getUTCFullYear(),
  month: ({ now }) => new Date(now).getUTCMonth() + 1,
  day: ({ now }) => new Date(now).getUTCDate(),
  hour: ({ now }) => new Date(now).getUTCHours(),
  minute: ({ now }) => new Date(now).getUTCMinutes(),
  second: ({ now }) => new Date(now).getUTCSeconds(),
  millisecond: ({ now }) => new Date(now).getUTCMilliseconds(),
};

/** @param name canonical; undefined where a request through Envoy has no such variable */
export function contextVariable(name: string, operations: readonly Operation[]): Computed | undefined {
  for (const { pattern, make } of rows) {
    const match = pattern.exec(name);
    if (match === null) continue;
    const read = make(operations, ...match.slice(1));
    return { evaluate: (scope) => read(scope) ?? undefined };
  }
  return undefined;
}

const unreachable: readonly (readonly [pattern: RegExp, advice: string])[] = [
  [/^(?:request|message)\.body\b/, 'mintproc does not see the body of a request.'],
  [/^response\./, 'The token is made before there is a response.'],
  [/^(?:oauth|client|plan|application)\./, 'The gateway knows it from its own catalog; here, Envoy must tell it.'],
];

/** Why nothing sets a variable, as a sentence. */
export function whyUnset(name: string): string {
  const advice = unreachable.find(([pattern]) => pattern.test(name))?.[1];
  return advice ?? 'Neither the file, before the policy, nor the configuration does, and no request has it.';
}

/** Repeated headers are one list (RFC 9110 section 5.3). */
function headerValue({ request }: Scope, name: string): string | undefined {
  const values = request.headers.values(name);
  return values.length === 0 ? undefined : values.join(', ');
}

function requestUri({ attributes }: Scope): string | undefined {
  const authority = attributes.header(':authority');
  const { scheme, requestUri: target } = attributes;
  return scheme === null || authority === undefined || target === null
    ? undefined
    : `${scheme}://${authority}${target}`;
}

/** Where a `jwt-validate` stood before on the gateway, Envoy's jwt_authn or another source of the identity stands here. */
function verifiedClaims({ authentication }: Scope): JsonValue | undefined {
  return authentication.properties?.['claims'];
}

function memberAt(value: JsonValue | undefined, path: readonly string[]): JsonValue | undefined {
  let found = value;
  for (const name of path) {
    if (typeof found !== 'object' || found === null || Array.isArray(found) || !Object.hasOwn(found, name)) {
      return undefined;
    }
    found = (found as Readonly<Record<string, JsonValue>>)[name];
  }
  return found;
}
