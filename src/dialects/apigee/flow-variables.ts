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
import { anyHeader, claimMember, headerNeeds, path, query, random, target, time } from '../../plan/needs.ts';
import {
  attributeValue,
  callerValue,
  connectionValue,
  type ScopeOf,
  sentValue,
  spareAttributeValue,
  spareConnectionValue,
} from '../../plan/request-values.ts';
import type { Computed } from '../../plan/token-plan.ts';
import {
  type HeaderScope,
  headerNames,
  headerValue,
  headerValues,
  onTheWire,
  parameterNames,
  parameterValues,
  type QueryScope,
  rawQuery,
} from './message-values.ts';
import { compileTimeFormat } from './time-format.ts';

/** A pattern for names, and from its groups the value. */
type Row = readonly [pattern: RegExp, make: (first: string, second: string) => Computed];

const method = headerNeeds(':method');

/** The names after `request.` or `message.`. */
const messageRows: readonly Row[] = [
  [/^header\.(.+)\.values$/, (name) => ofHeader(name, headerValues)],
  [/^header\.(.+)\.values\.count$/, (name) => ofHeader(name, (scope, header) => headerValues(scope, header).length)],
  [/^header\.(.+)\.values\.string$/, (name) => ofHeader(name, (scope, header) => joined(headerValues(scope, header)))],
  [/^header\.(.+)\.(\d+)$/, (name, n) => ofHeader(name, (scope, header) => headerValues(scope, header)[Number(n) - 1])],
  [/^header\.(.+)$/, (name) => ofHeader(name, headerValue)],
  [/^headers\.count$/, () => sentValue([anyHeader], (scope) => headerNames(scope).length)],
  [/^headers\.names$/, () => sentValue([anyHeader], headerNames)],
  [/^headers\.names\.string$/, () => sentValue([anyHeader], (scope) => headerNames(scope).join(','))],
  [/^queryparam\.(.+)\.values$/, (name) => ofQuery((scope) => parameterValues(scope, name))],
  [/^queryparam\.(.+)\.values\.count$/, (name) => ofQuery((scope) => parameterValues(scope, name).length)],
  [/^queryparam\.(.+)\.values\.string$/, (name) => ofQuery((scope) => joined(parameterValues(scope, name)))],
  [/^queryparam\.(.+)\.(\d+)$/, (name, n) => ofQuery((scope) => parameterValues(scope, name)[Number(n) - 1])],
  [/^queryparam\.(.+)$/, (name) => ofQuery((scope) => parameterValues(scope, name)[0])],
  [/^queryparams\.count$/, () => ofQuery((scope) => parameterNames(scope).length)],
  [/^queryparams\.names$/, () => ofQuery(parameterNames)],
  [/^queryparams\.names\.string$/, () => ofQuery((scope) => parameterNames(scope).join(','))],
  [/^querystring$/, () => ofQuery(rawQuery)],
  [/^verb$/, () => sentValue(method, (scope) => scope.attributes.method)],
  [/^path$/, () => sentValue([path], requestPath)],
  [/^uri$/, () => sentValue(target, (scope) => scope.attributes.requestUri)],
  [/^url$/, () => connectionValue('scheme', url, [...headerNeeds(':authority'), ...target])],
  [/^version$/, () => connectionValue('version', (version) => version?.replace(/^HTTP\//, ''))],
];

const otherRows: readonly Row[] = [
  [/^client\.(?:ip|host)$/, () => connectionValue('remoteAddress', host)],
  [/^client\.port$/, () => connectionValue('remoteAddress', port)],
  [/^client\.scheme$/, () => connectionValue('scheme', (scheme) => scheme)],
  [/^proxy\.client\.ip$/, () => spareConnectionValue('remoteAddress', headerNeeds(forwardedFor), forwardedClient)],
  [/^system\.timestamp$/, () => sentValue([time], (scope) => scope.now)],
  [/^system\.uuid$/, () => sentValue([random], (scope) => scope.randomId())],
  [/^system\.(time(?:\.[a-z]+)?)$/, (part) => systemTime(part)],
  [/^messageid$/, () => spareAttributeValue('request.id', ofHeader('x-request-id', headerValue))],
  [/^route\.name$/, () => attributeValue('xds.route_name')],
  [/^virtualhost\.name$/, () => attributeValue('xds.virtual_host_name')],
  [/^target\.name$/, () => attributeValue('xds.cluster_name')],
  [/^jwt\.[^.]+\.(?:decoded\.)?claim\.(.+)$/, verifiedClaim],
];

/** @param name in any case */
function ofHeader(name: string, read: (scope: HeaderScope, name: string) => JsonValue | undefined): Computed {
  const lower = name.toLowerCase();
  return sentValue(headerNeeds(onTheWire(lower)), (scope) => read(scope, lower));
}

function ofQuery(read: (scope: QueryScope) => JsonValue | undefined): Computed {
  return sentValue([query], read);
}

/** @internal Exported for the test that each has a sentence in documentation.ts. */
export const flowVariablePatterns: readonly RegExp[] = [...messageRows, ...otherRows].map(([pattern]) => pattern);

/** The flow variable with this name; undefined if a request through Envoy does not have it. */
export function flowVariable(name: string): Computed | undefined {
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
function systemTime(part: string): Computed {
  if (part === 'time') return sentValue([time], ({ now }) => timeFormat?.(now));
  const read = timeParts[part];
  return sentValue([time], ({ now }) => read?.(new Date(now)));
}

/** Flow variables of Apigee that a request through Envoy cannot have, with the reason. */
const unreachable: readonly (readonly [pattern: RegExp, advice: string])[] = [
  [/^(?:request|message)\.(?:content|formparams?\b)/, 'mintproc does not see the body of a request.'],
  [/^response\./, 'The token is minted before there is a response.'],
];

export function whyUnreachable(name: string): string | undefined {
  return unreachable.find(([pattern]) => pattern.test(name))?.[1];
}

function joined(values: readonly string[]): string | undefined {
  return values.length === 0 ? undefined : values.join(',');
}

/** The path as received, without its query. */
export function requestPath({ attributes }: ScopeOf<'path'>): string | null {
  return attributes.requestUri?.split('?', 1)[0] ?? attributes.requestPath;
}

function url(scheme: string | null, { attributes }: ScopeOf<'header' | 'path'>): string | undefined {
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

const forwardedFor = 'x-forwarded-for';

/** The last address in x-forwarded-for: the client itself may have written those before it. */
function forwardedClient(address: string | null, scope: HeaderScope): string | undefined {
  return headerValues(scope, forwardedFor).at(-1) ?? host(address);
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
function verifiedClaim(name: string): Computed {
  const claim = claimNames.get(name) ?? name;
  return callerValue((caller) => claimOf(caller, claim), claimMember(claim));
}

function claimOf(caller: Caller, claim: string): JsonValue | undefined {
  const claims = plainCaller(caller).properties?.['claims'];
  if (typeof claims !== 'object' || claims === null || Array.isArray(claims)) return undefined;
  return Object.hasOwn(claims, claim) ? (claims as JsonObject)[claim] : undefined;
}
