/**
 * @module
 * The context variables of API Connect that a request through Envoy has (vendor page, "API Connect context variables").
 */
import type { JsonValue } from '../../diagnostics/json.ts';
import { plainCaller } from '../../expressions/bindings.ts';
import type { NeedingValue } from '../../plan/needs.ts';
import { callerValue, connectionValue, type SentScope, sentValue } from '../../plan/request-values.ts';
import { type Operation, operationOf, pathParameter } from './operations.ts';

type Read = (scope: SentScope) => JsonValue | undefined;

/** A pattern for names, and from its groups the value. */
type Row = readonly [pattern: RegExp, make: (operations: readonly Operation[], group: string) => NeedingValue];

const rows: readonly Row[] = [
  [/^request\.headers\.(.+)$/, (_, name) => sentValue((scope) => headerValue(scope, name))],
  [/^request\.parameters\.(.+)$/, (operations, name) => sentValue((scope) => parameter(operations, scope, name))],
  [/^request\.querystring$/, () => sentValue((scope) => scope.attributes.queryString)],
  [/^request\.search$/, () => sentValue((scope) => scope.attributes.queryString && `?${scope.attributes.queryString}`)],
  [/^request\.verb$/, () => sentValue((scope) => scope.attributes.method)],
  [/^request\.path$/, () => sentValue((scope) => scope.attributes.requestPath)],
  [/^request\.uri$/, () => connectionValue('scheme', requestUri)],
  [/^request\.content-type$/, () => sentValue((scope) => headerValue(scope, 'content-type'))],
  [/^request\.date$/, () => sentValue(dateAndTime)],
  [/^client\.app\.id$/, () => callerValue((caller) => plainCaller(caller).clientId, ['clientId'])],
  [/^client\.app\.name$/, () => callerValue((caller) => plainCaller(caller).clientName, ['clientName'])],
  [/^api\.operation\.path$/, (operations) => sentValue((scope) => operationOf(operations, scope)?.path)],
  [/^api\.operation\.id$/, (operations) => sentValue((scope) => operationId(operations, scope))],
  [/^system\.datetime$/, () => sentValue(dateAndTime)],
  [/^system\.date$/, () => sentValue((scope) => dateAndTime(scope).slice(0, 10))],
  [/^system\.time$/, () => sentValue((scope) => dateAndTime(scope).slice(11, 19))],
  [/^system\.(?:datetime|date|time)\.([a-z]+)$/, (_, part) => sentValue((scope) => dateParts.get(part)?.(scope))],
  [/^system\.timezone$/, () => sentValue(() => '+00:00')],
];

/** @internal Exported for the test that each has a sentence in documentation.ts. */
export const contextVariablePatterns: readonly RegExp[] = rows.map(([pattern]) => pattern);

/** Everything is in UTC: a sidecar has no time zone. */
const dateParts: ReadonlyMap<string, Read> = new Map<string, Read>([
  ['year', ({ now }) => new Date(now).getUTCFullYear()],
  ['month', ({ now }) => new Date(now).getUTCMonth() + 1],
  ['day', ({ now }) => new Date(now).getUTCDate()],
  ['hour', ({ now }) => new Date(now).getUTCHours()],
  ['minute', ({ now }) => new Date(now).getUTCMinutes()],
  ['second', ({ now }) => new Date(now).getUTCSeconds()],
  ['millisecond', ({ now }) => new Date(now).getUTCMilliseconds()],
]);

/** The variable with this name; undefined if a request through Envoy does not have it. @param name canonical */
export function contextVariable(name: string, operations: readonly Operation[]): NeedingValue | undefined {
  for (const [pattern, make] of rows) {
    const match = pattern.exec(name);
    if (match !== null) return make(operations, match[1] ?? '');
  }
  return undefined;
}

/** What the gateway has, and a request through Envoy does not. */
const unreachable: readonly (readonly [pattern: RegExp, advice: string])[] = [
  [/^(?:request|message)\.body\b/, 'mintproc does not see the body of a request.'],
  [/^response\./, 'The token is minted before there is a response.'],
  [
    /^(?:oauth|client|plan|application)\./,
    'The gateway gets it from its own catalog; mintproc can only get it from Envoy.',
  ],
];

/** Why a variable of the gateway has no value here, as a sentence; undefined if it is not a variable of the gateway. */
export function whyUnreachable(name: string): string | undefined {
  return unreachable.find(([pattern]) => pattern.test(name))?.[1];
}

/** Repeated headers are joined (RFC 9110 section 5.3). */
function headerValue({ request }: SentScope, name: string): string | undefined {
  const values = request.headers.values(name);
  return values.length === 0 ? undefined : values.join(', ');
}

function parameter(operations: readonly Operation[], scope: SentScope, name: string): string | undefined {
  return scope.attributes.queryParams().get(name) ?? pathParameter(operations, scope, name);
}

function operationId(operations: readonly Operation[], scope: SentScope): string | undefined {
  return operationOf(operations, scope)?.ids.get(scope.attributes.method ?? '');
}

function dateAndTime({ now }: SentScope): string {
  return new Date(now).toISOString();
}

function requestUri(scheme: string | null, { attributes }: SentScope): string | undefined {
  const authority = attributes.header(':authority');
  const { requestUri: target } = attributes;
  return scheme === null || authority === undefined || target === null
    ? undefined
    : `${scheme}://${authority}${target}`;
}
