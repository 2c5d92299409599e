/**
 * @module
 * Apigee's flow variables that a request through Envoy has, one row for each name (vendor page, "Flow variables
 * reference").
 *
 * A name is resolved to a closure when the policy loads. Header names are case-insensitive, all others case-sensitive,
 * as on Apigee. `message.…` is the request, because the policy runs before there is a response.
 */
import type { JsonObject, JsonValue } from '../../diagnostics/json.ts';
import { plainCaller } from '../../expressions/bindings.ts';
import type { Computed, Scope } from '../../plan/token-plan.ts';
import { headerNames, headerValue, headerValues, parameterNames, parameterValues, rawQuery } from './message-values.ts';
import { compileTimeFormat } from './time-format.ts';

type Read = (scope: Scope) => JsonValue | undefined;

/** A pattern for names, and from its groups the way to the value. */
type Row = readonly [pattern: RegExp, make: (first: string, second: string) => Read];

/** The names after `request.` or `message.`. */
const messageRows: readonly Row[] = [
  [/^header\.(.+)\.values$/, (name) => (scope) => headerValues(scope, lower(name))],
  [/^header\.(.+)\.values\.count$/, (name) => (scope) => headerValues(scope, lower(name)).length],
  [/^header\.(.+)\.values\.string$/, (name) => (scope) => joined(headerValues(scope, lower(name)))],
  [/^header\.(.+)\.(\d+)$/, (name, n) => (scope) => headerValues(scope, lower(name))[Number(n) - 1]],
  [/^header\.(.+)$/, (name) => (scope) => headerValue(scope, lower(name))],
  [/^headers\.count$/, () => (scope) => headerNames(scope).length],
  [/^headers\.names$/, () => headerNames],
  [/^headers\.names\.string$/, () => (scope) => headerNames(scope).join(',')],
  [/^queryparam\.(.+)\.values$/, (name) => (scope) => parameterValues(scope, name)],
  [/^queryparam\.(.+)\.values\.count$/, (name) => (scope) => parameterValues(scope, name).length],
  [/^queryparam\.(.+)\.values\.string$/, (name) => (scope) => joined(parameterValues(scope, name))],
  [/^queryparam\.(.+)\.(\d+)$/, (name, n) => (scope) => parameterValues(scope, name)[Number(n) - 1]],
  [/^queryparam\.(.+)$/, (name) => (scope) => parameterValues(scope, name)[0]],
  [/^queryparams\.count$/, () => (scope) => parameterNames(scope).length],
  [/^queryparams\.names$/, () => parameterNames],
  [/^queryparams\.names\.string$/, () => (scope) => parameterNames(scope).join(',')],
  [/^querystring$/, () => rawQuery],
  [/^verb$/, () => (scope) => scope.attributes.method],
  [/^path$/, () => requestPath],
  [/^uri$/, () => (scope) => scope.attributes.requestUri],
  [/^url$/, () => url],
  [/^version$/, () => (scope) => scope.attributes.version?.replace(/^HTTP\//, '')],
];

const otherRows: readonly Row[] = [
  [/^client\.(?:ip|host)$/, () => (scope) => host(scope.attributes.remoteAddress)],
  [/^client\.port$/, () => (scope) => port(scope.attributes.remoteAddress)],
  [/^client\.scheme$/, () => (scope) => scope.attributes.scheme],
  [/^proxy\.client\.ip$/, () => forwardedClient],
  [/^system\.timestamp$/, () => (scope) => scope.now],
  [/^system\.uuid$/, () => (scope) => scope.randomId()],
  [/^system\.(time(?:\.[a-z]+)?)$/, (part) => systemTime(part)],
  [/^messageid$/, () => (scope) => attribute(scope, 'request.id') ?? headerValue(scope, 'x-request-id')],
  [/^route\.name$/, () => (scope) => attribute(scope, 'xds.route_name')],
  [/^virtualhost\.name$/, () => (scope) => attribute(scope, 'xds.virtual_host_name')],
  [/^target\.name$/, () => (scope) => attribute(scope, 'xds.cluster_name')],
  [/^jwt\.[^.]+\.(?:decoded\.)?claim\.(.+)$/, (claim) => (scope) => verifiedClaim(scope, claim)],
];

/** The flow variable with this name; undefined if a request through Envoy does not have it. */
export function flowVariable(name: string): Computed | undefined {
  const messagePart = /^(?:request|message)\.(.+)$/.exec(name)?.[1];
  for (const [pattern, make] of messagePart === undefined ? otherRows : messageRows) {
    const match = pattern.exec(messagePart ?? name);
    if (match === null) continue;
    const read = make(match[1] ?? '', match[2] ?? '');
    return { evaluate: (scope) => read(scope) ?? undefined };
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
function systemTime(part: string): Read {
  if (part === 'time') return (scope) => timeFormat?.(scope.now);
  const read = timeParts[part];
  return read === undefined ? () => undefined : (scope) => read(new Date(scope.now));
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
export function requestPath(scope: Scope): string | null {
  return scope.attributes.requestUri?.split('?', 1)[0] ?? scope.attributes.requestPath;
}

function url({ attributes }: Scope): string | undefined {
  const authority = attributes.header(':authority');
  const { scheme, requestUri } = attributes;
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
function forwardedClient(scope: Scope): string | undefined {
  return headerValues(scope, 'x-forwarded-for').at(-1) ?? host(scope.attributes.remoteAddress);
}

function attribute({ request }: Scope, name: string): JsonValue | undefined {
  return request.attributes.get(name);
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
function verifiedClaim({ authentication }: Scope, name: string): JsonValue | undefined {
  const claims = plainCaller(authentication).properties?.['claims'];
  if (typeof claims !== 'object' || claims === null || Array.isArray(claims)) return undefined;
  const claim = claimNames.get(name) ?? name;
  return Object.hasOwn(claims, claim) ? (claims as JsonObject)[claim] : undefined;
}
