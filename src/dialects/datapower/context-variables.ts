/**
 * @module
 * The context variables of API Connect that a request through Envoy has (vendor page, "API Connect context variables").
 */
import { plainCaller } from '../../expressions/bindings.ts';
import { headerNeeds, path, query, target, time } from '../../plan/needs.ts';
import { callerValue, connectionValue, constantValue, type ScopeOf, sentValue } from '../../plan/request-values.ts';
import type { Computed } from '../../plan/token-plan.ts';
import { type Operation, operationOf, pathParameter } from './operations.ts';

/** A pattern for names, and from its groups the value. */
type Row = readonly [pattern: RegExp, make: (operations: readonly Operation[], group: string) => Computed];

const method = headerNeeds(':method');
const dateAndTimeValue = sentValue([time], dateAndTime);

const rows: readonly Row[] = [
  [/^request\.headers\.(.+)$/, (_, name) => headerValue(name)],
  [
    /^request\.parameters\.(.+)$/,
    (operations, name) => sentValue(target, (scope) => parameter(operations, scope, name)),
  ],
  [/^request\.querystring$/, () => sentValue([query], (scope) => scope.attributes.queryString)],
  [
    /^request\.search$/,
    () => sentValue([query], (scope) => scope.attributes.queryString && `?${scope.attributes.queryString}`),
  ],
  [/^request\.verb$/, () => sentValue(method, (scope) => scope.attributes.method)],
  [/^request\.path$/, () => sentValue([path], (scope) => scope.attributes.requestPath)],
  [/^request\.uri$/, () => connectionValue('scheme', requestUri, [...authority, ...target])],
  [/^request\.content-type$/, () => headerValue('content-type')],
  [/^request\.date$/, () => dateAndTimeValue],
  [/^client\.app\.id$/, () => callerValue((caller) => plainCaller(caller).clientId, ['clientId'])],
  [/^client\.app\.name$/, () => callerValue((caller) => plainCaller(caller).clientName, ['clientName'])],
  [/^api\.operation\.path$/, (operations) => sentValue([path], (scope) => operationOf(operations, scope)?.path)],
  [
    /^api\.operation\.id$/,
    (operations) => sentValue([path, ...method], (scope) => operationId(operations, scope, scope.attributes.method)),
  ],
  [/^system\.datetime$/, () => dateAndTimeValue],
  [/^system\.date$/, () => sentValue([time], (scope) => dateAndTime(scope).slice(0, 10))],
  [/^system\.time$/, () => sentValue([time], (scope) => dateAndTime(scope).slice(11, 19))],
  [
    /^system\.(?:datetime|date|time)\.([a-z]+)$/,
    (_, part) => sentValue([time], ({ now }) => dateParts.get(part)?.(new Date(now))),
  ],
  [/^system\.timezone$/, () => constantValue('+00:00')],
];

/** @internal Exported for the test that each has a sentence in documentation.ts. */
export const contextVariablePatterns: readonly RegExp[] = rows.map(([pattern]) => pattern);

/** Everything is in UTC: a sidecar has no time zone. */
const dateParts: ReadonlyMap<string, (at: Date) => number> = new Map<string, (at: Date) => number>([
  ['year', (at) => at.getUTCFullYear()],
  ['month', (at) => at.getUTCMonth() + 1],
  ['day', (at) => at.getUTCDate()],
  ['hour', (at) => at.getUTCHours()],
  ['minute', (at) => at.getUTCMinutes()],
  ['second', (at) => at.getUTCSeconds()],
  ['millisecond', (at) => at.getUTCMilliseconds()],
]);

/** The variable with this name; undefined if a request through Envoy does not have it. @param name canonical */
export function contextVariable(name: string, operations: readonly Operation[]): Computed | undefined {
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
function headerValue(name: string): Computed {
  return sentValue(headerNeeds(name), ({ request }) => {
    const values = request.headers.values(name);
    return values.length === 0 ? undefined : values.join(', ');
  });
}

function parameter(operations: readonly Operation[], scope: ScopeOf<'path'>, name: string): string | undefined {
  return scope.attributes.queryParams().get(name) ?? pathParameter(operations, scope, name);
}

function operationId(
  operations: readonly Operation[],
  scope: ScopeOf<'path'>,
  verb: string | null,
): string | undefined {
  return operationOf(operations, scope)?.ids.get(verb ?? '');
}

function dateAndTime({ now }: ScopeOf<'time'>): string {
  return new Date(now).toISOString();
}

const authority = headerNeeds(':authority');

function requestUri(scheme: string | null, { attributes }: ScopeOf<'header' | 'path'>): string | undefined {
  const host = attributes.header(':authority');
  const { requestUri: wanted } = attributes;
  return scheme === null || host === undefined || wanted === null ? undefined : `${scheme}://${host}${wanted}`;
}
