/**
 * @module
 * Apigee's flow variables that a request through Envoy has, one row for each name (vendor page, "Flow variables
 * reference").
 *
 * A name is resolved to a closure when the policy loads. Header names are case-insensitive, all others case-sensitive,
 * as on Apigee. `message.…` is the request, because the policy runs before there is a response.
 */
import type { JsonObject, JsonValue } from '../../diagnostics/json.ts';
import { type Caller, plainCaller } from '../../expressions/bindings.ts';
import { claimMember, type NeedingValue } from '../../plan/needs.ts';
import { attributeValue, callerValue, connectionValue, type SentScope, sentValue } from '../../plan/request-values.ts';
import { headerNames, headerValue, headerValues, parameterNames, parameterValues, rawQuery } from './message-values.ts';
import { compileTimeFormat } from './time-format.ts';

/** A pattern for names, and from its groups the value. */
type Row = readonly [pattern: RegExp, make: (first: string, second: string) => NeedingValue];

/** The names after `request.` or `message.`. */
const messageRows: readonly Row[] = [
  [/^header\.(.+)\.values$/, (name) => sentValue((scope) => headerValues(scope, lower(name)))],
  [/^header\.(.+)\.values\.count$/, (name) => sentValue((scope) => headerValues(scope, lower(name)).length)],
  [/^header\.(.+)\.values\.string$/, (name) => sentValue((scope) => joined(headerValues(scope, lower(name))))],
  [/^header\.(.+)\.(\d+)$/, (name, n) => sentValue((scope) => headerValues(scope, lower(name))[Number(n) - 1])],
  [/^header\.(.+)$/, (name) => sentValue((scope) => headerValue(scope, lower(name)))],
  [/^headers\.count$/, () => sentValue((scope) => headerNames(scope).length)],
  [/^headers\.names$/, () => sentValue(headerNames)],
  [/^headers\.names\.string$/, () => sentValue((scope) => headerNames(scope).join(','))],
  [/^queryparam\.(.+)\.values$/, (name) => sentValue((scope) => parameterValues(scope, name))],
  [/^queryparam\.(.+)\.values\.count$/, (name) => sentValue((scope) => parameterValues(scope, name).length)],
  [/^queryparam\.(.+)\.values\.string$/, (name) => sentValue((scope) => joined(parameterValues(scope, name)))],
  [/^queryparam\.(.+)\.(\d+)$/, (name, n) => sentValue((scope) => parameterValues(scope, name)[Number(n) - 1])],
  [/^queryparam\.(.+)$/, (name) => sentValue((scope) => parameterValues(scope, name)[0])],
  [/^queryparams\.count$/, () => sentValue((scope) => parameterNames(scope).length)],
  [/^queryparams\.names$/, () => sentValue(parameterNames)],
  [/^queryparams\.names\.string$/, () => sentValue((scope) => parameterNames(scope).join(','))],
  [/^querystring$/, () => sentValue(rawQuery)],
  [/^verb$/, () => sentValue((scope) => scope.attributes.method)],
  [/^path$/, () => sentValue(requestPath)],
  [/^uri$/, () => sentValue((scope) => scope.attributes.requestUri)],
  [/^url$/, () => connectionValue('scheme', url)],
  [/^version$/, () => connectionValue('version', (version) => version?.replace(/^HTTP\//, ''))],
];

const otherRows: readonly Row[] = [
  [/^client\.(?:ip|host)$/, () => connectionValue('remoteAddress', host)],
  [/^client\.port$/, () => connectionValue('remoteAddress', port)],
  [/^client\.scheme$/, () => connectionValue('scheme', (scheme) => scheme)],
  [/^proxy\.client\.ip$/, () => connectionValue('remoteAddress', forwardedClient, true)],
  [/^system\.timestamp$/, () => sentValue((scope) => scope.now)],
  [/^system\.uuid$/, () => sentValue((scope) => scope.randomId())],
  [/^system\.(time(?:\.[a-z]+)?)$/, (part) => systemTime(part)],
  [/^messageid$/, () => attributeValue('request.id', (scope) => headerValue(scope, 'x-request-id'))],
  [/^route\.name$/, () => attributeValue('xds.route_name')],
  [/^virtualhost\.name$/, () => attributeValue('xds.virtual_host_name')],
  [/^target\.name$/, () => attributeValue('xds.cluster_name')],
  [/^jwt\.[^.]+\.(?:decoded\.)?claim\.(.+)$/, verifiedClaim],
];

/** @internal Exported for the test that each has a sentence in documentation.ts. */
export const flowVariablePatterns: readonly RegExp[] = [...messageRows, ...otherRows].map(([pattern]) => pattern);

/** The flow variable with this name; undefined if a request through Envoy does not have it. */
export function flowVariable(name: string): NeedingValue | undefined {
  const messagePart = /^(?:request|message)\.(.+)$/.exec(name)?.[1];
  for (const [pattern, make] of messagePart === undefined ? otherRows : messageRows) {
    const match = pattern.exec(messagePart ?? name);
    if (match !== null) return make(match[1] ?? '', match[2] ?? '');
  }
  return undefined;
}

const timeFormat = compileTimeFormat('EEE, dd MMM yyyy HH:mm:ss z');

/** `system.time` and its parts (vendor page, "system"), in UTC, which Apigee's gateways use. */
const timeParts: Readonly<Record<string, (at: Date) => JsonValue>> = {
  'time.year': (at) => at.getUTCFullYear(),
  'time.month': (at) => at.getUTCMonth() + 1,
  'time.day': (at) => at.getUTCDate(),
  'time.dayofweek': (at) => at.getUTCDay() + 1,
  'time.hour': (at) => at.getUTCHours(),
  'time.minute': (at) => at.getUTCMinutes(),
  'time.second': (at) => at.getUTCSeconds(),
  'time.millisecond': (at) => at.getUTCMilliseconds(),
  'time.zone': () => 'UTC',
};

/** @param part `time`, or one of its parts such as `time.year` */
function systemTime(part: string): NeedingValue {
  if (part === 'time') return sentValue(({ now }) => timeFormat?.(now));
  const read = timeParts[part];
  return sentValue(({ now }) => read?.(new Date(now)));
}

/** Flow variables of Apigee that a request through Envoy cannot have, with the reason. */
const unreachable: readonly (readonly [pattern: RegExp, advice: string])[] = [
  [/^(?:request|message)\.(?:content|formparams?\b)/, 'mintproc does not see the body of a request.'],
  [/^response\./, 'The token is minted before there is a response.'],
];

export function whyUnreachable(name: string): string | undefined {
  return unreachable.find(([pattern]) => pattern.test(name))?.[1];
}

function lower(name: string): string {
  return name.toLowerCase();
}

function joined(values: readonly string[]): string | undefined {
  return values.length === 0 ? undefined : values.join(',');
}

/** The path as received, without its query. */
export function requestPath({ attributes }: SentScope): string | null {
  return attributes.requestUri?.split('?', 1)[0] ?? attributes.requestPath;
}

function url(scheme: string | null, { attributes }: SentScope): string | undefined {
  const authority = attributes.header(':authority');
  const { requestUri } = attributes;
  return scheme === null || authority === undefined || requestUri === null
    ? undefined
    : `${scheme}://${authority}${requestUri}`;
}

/** `address:port`, with brackets around an IPv6 address. */
function host(address: string | null): string | undefined {
  return address?.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1');
}

function port(address: string | null): number | undefined {
  const match = /:(\d+)$/.exec(address ?? '');
  return match === null ? undefined : Number(match[1]);
}

/** The last address in x-forwarded-for: the client itself may have written those before it. */
function forwardedClient(address: string | null, scope: SentScope): string | undefined {
  return headerValues(scope, 'x-forwarded-for').at(-1) ?? host(address);
}

/** Apigee's names for registered claims. */
const claimNames: ReadonlyMap<string, string> = new Map([
  ['subject', 'sub'],
  ['issuer', 'iss'],
  ['audience', 'aud'],
  ['expiry', 'exp'],
  ['issuedat', 'iat'],
  ['notbefore', 'nbf'],
]);

/** Envoy's jwt_authn or another source of the caller's identity replaces Apigee's VerifyJWT. */
function verifiedClaim(name: string): NeedingValue {
  const claim = claimNames.get(name) ?? name;
  return callerValue((caller) => claimOf(caller, claim), claimMember(claim));
}

function claimOf(caller: Caller, claim: string): JsonValue | undefined {
  const claims = plainCaller(caller).properties?.['claims'];
  if (typeof claims !== 'object' || claims === null || Array.isArray(claims)) return undefined;
  return Object.hasOwn(claims, claim) ? (claims as JsonObject)[claim] : undefined;
}
