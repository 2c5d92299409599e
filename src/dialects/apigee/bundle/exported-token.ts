/**
 * @module
 * Where the tokens of a bundled policy go and which requests get them, as a configuration says it: `output` and routes.
 */
import { type ExportedPolicy, type ExportedRoute, Open, type Reason, type Writable } from '../../exported.ts';
import type { BundledCall, BundledPolicy } from './bundle.ts';
import { chainsOf, entrancesOf } from './chains.ts';
import { type Destination, type HeaderDestination, placeOf } from './destination.ts';
import { conditionsOf, type Step } from './flow-steps.ts';
import { oneLine } from './one-line.ts';
import { within } from './origins.ts';
import { cannotBe, isOpen, noteOf } from './reasons.ts';
import { type ProposedRoute, routesOf } from './routes.ts';
import { sets } from './settings.ts';
import { isWritable } from './writable-header.ts';

export interface ExportedToken {
  readonly output: ExportedPolicy['output'];
  readonly routes: readonly ExportedRoute[];
  readonly reasons: readonly Reason[];
}

export function tokenOf(policy: BundledPolicy): ExportedToken {
  const { place, calls, isEnabled } = policy;
  if (!isEnabled) return none(cannotBe(place, 'import.disabled', 'The policy is disabled, so it mints no token.'));
  if (calls.length === 0) return none(cannotBe(place, 'import.not-called', ...uncalled));
  const ofRequest = calls.filter(isOfRequest);
  if (ofRequest.length === 0) return none(cannotBe(place, 'import.no-request', ...onlyLater));
  const carrying = ofRequest.filter(({ destinations }) => destinations.some(isHeader));
  const used = carrying.length > 0 ? carrying : ofRequest.filter(mayCarry);
  if (used.length === 0) return none(cannotBe(place, 'import.no-header', ...elsewhere(ofRequest)));
  if (used.every(isAnswered)) return none(cannotBe(place, 'import.no-header', ...answered));
  const routes = routesFor(used);
  if (routes.length === 0) return none(cannotBe(place, 'import.not-called', 'No RouteRule leads to its flow.'));
  const output = carrying.length > 0 ? outputOf(carrying) : unreadOutput(used);
  if (output === undefined) return none(cannotBe(place, 'import.no-header', ...unusable));
  const others = calls.filter((call) => !used.includes(call));
  return {
    output,
    routes,
    reasons: [...openReasons(policy, output, routes), ...others.map(otherCall)],
  };
}

function none(reason: Reason): ExportedToken {
  return { output: undefined, routes: [], reasons: [reason] };
}

const uncalled = [
  'No flow in the export calls the policy.',
  'If one did on the gateway, give the import the whole bundle, and for a shared flow also the proxies that call it.',
] as const;

const onlyLater = [
  'The policy runs only for a response or after a fault, and mintproc mints only for requests.',
  'Let the gateway, or the backend, mint this token.',
] as const;

const answered = [
  'The proxy sends no request to a backend, so its token goes into its own response.',
  'Let what uses the token mint it.',
] as const;

/** Whether the proxy answers the requests of a call itself. */
function isAnswered({ call, proxy }: BundledCall): boolean {
  const rules = entrancesOf(proxy, call).flatMap((entrance) => entrance.routes);
  return rules.length > 0 && rules.every(({ isSent }) => !isSent);
}

const unusable = [
  'The token goes into a header that mintproc cannot write, or after a text that no header can have.',
  'Let the backend read another header; then write an entry by hand.',
] as const;

function elsewhere(calls: readonly BundledCall[]): readonly [message: string, suggestion: string] {
  const places = new Set(calls.flatMap(({ destinations }) => destinations.map(placeOf)));
  return [
    oneLine(`The token goes into ${[...places].join(', ')}, and mintproc writes only headers of the request.`),
    'Let what uses the token mint it, or call that from the backend.',
  ];
}

function isHeader(destination: Destination): destination is HeaderDestination {
  return destination.kind === 'header';
}

function isOfRequest({ call: { step } }: BundledCall): boolean {
  return step.direction === 'request' && step.section !== 'fault' && step.section !== 'client';
}

/** Whether the token may reach the backend in a header although no policy writes one: nothing shows its use. */
function mayCarry({ destinations, proxy }: BundledCall): boolean {
  const isCode = ({ kind }: Destination): boolean => kind === 'script' || kind === 'other';
  return destinations.length === 0 || destinations.some((one) => isCode(one) && writesHeaders(one.by ?? '', proxy));
}

function writesHeaders(policy: string, { policies }: BundledCall['proxy']): boolean {
  const settings = policies.get(policy)?.settings ?? [];
  return settings.some(({ target }) => target.kind === 'any' || /^request\.(?:header|$)/.test(target.name));
}

function outputOf(calls: readonly BundledCall[]): ExportedPolicy['output'] {
  const written = calls.flatMap((call) => lastOf(call).map((destination) => ({ call, destination })));
  const [first, ...others] = written.map(({ destination }) => destination);
  if (first === undefined || written.some(({ destination }) => !isWritable(destination))) return undefined;
  const later = calls.flatMap(replacedBy);
  const facts = [...new Set([...written.map(({ destination }) => headerFact(destination)), ...later])];
  const isSame = others.every(({ header }) => header === first.header) && later.length === 0;
  return {
    header: isSame ? first.header : new Open('Write the header in which the backend expects this token.', facts),
    prefix:
      isSame && others.every(({ prefix }) => prefix === first.prefix)
        ? first.prefix
        : new Open('Write what the backend expects before the token, such as "Bearer " or "".', facts),
  };
}

/** What a call writes to each header: one that is certainly written again has its last value. */
function lastOf({ call, destinations }: BundledCall): readonly HeaderDestination[] {
  const headers = destinations.filter(isHeader);
  const conditions = conditionsOf(call.step);
  const last = headers.findLastIndex((one) => one.conditions.every((condition) => conditions.includes(condition)));
  return headers.filter((one, at) => at >= last || one.header !== headers[last]?.header);
}

function headerFact({ header, prefix, by, conditions }: HeaderDestination): string {
  const writer = by ?? 'The policy itself';
  const when = conditions.length === 0 ? '' : `, when ${conditions.join(' and ')}`;
  return oneLine(`${writer} writes the header ${header}${prefix === '' ? '' : ` with "${prefix}" before it`}${when}`);
}

/** Steps after the one that writes the token which change or remove its header. */
function replacedBy({ call, destinations, proxy }: BundledCall): readonly string[] {
  const headers = destinations.filter(isHeader);
  const writers = new Set(headers.flatMap(({ by }) => by ?? []));
  return chainsOf(proxy, call).flatMap(({ after }) => {
    const steps = after.map(({ step }) => step);
    const later = steps.slice(steps.findLastIndex(({ policy }) => writers.has(policy)) + 1);
    return later.filter((step) => changes(step, headers, proxy)).map((step) => changeFact(step, proxy));
  });
}

function changes(step: Step, headers: readonly HeaderDestination[], { policies }: BundledCall['proxy']): boolean {
  const { enabled = false, settings = [] } = policies.get(step.policy) ?? {};
  const changed = settings
    .map((setting) => within(setting, step.direction))
    .filter(({ target }) => target.kind !== 'any')
    .some((setting) => headers.some(({ header }) => sets(setting, `request.header.${header}`)));
  return enabled && changed;
}

function changeFact({ policy, flow }: Step, { policies }: BundledCall['proxy']): string {
  const { kind, file } = policies.get(policy) ?? {};
  return oneLine(`${kind} ${policy} in ${file} changes or removes it afterwards, in ${flow}`);
}

/** A script may use the token; or nothing in the export does. */
function unreadOutput(calls: readonly BundledCall[]): ExportedPolicy['output'] {
  const scripts = new Set(calls.flatMap(({ destinations }) => destinations.map(({ by }) => by ?? '')));
  const facts =
    scripts.size === 0
      ? ['No policy after it reads the token.']
      : [oneLine(`The token is read by ${[...scripts].join(', ')}, and what becomes of it is code.`)];
  return {
    header: new Open('Write the header in which the backend expects this token.', facts),
    prefix: new Open('Write what the backend expects before the token, such as "Bearer " or "".'),
  };
}

/** In the order in which they must be tried: a longer path, and then one with more conditions, comes first. */
function routesFor(calls: readonly BundledCall[]): readonly ExportedRoute[] {
  const routes = calls.flatMap(({ call, destinations, proxy }) => {
    const headers = destinations.filter(isHeader);
    const writes = headers.length === 0 ? [always] : headers;
    return writes.flatMap((header) =>
      routesOf(proxy, call, header).map((route) => ({ place: call.step.place, match: matchOf(route) })),
    );
  });
  const distinct = [...new Map(routes.map((route) => [JSON.stringify(route.match), route])).values()];
  return distinct.sort((a, b) => weight(b) - weight(a));
}

/** Without a policy that writes it, the token is used whenever it is minted. */
const always: HeaderDestination = {
  kind: 'header',
  header: '',
  prefix: '',
  by: undefined,
  conditions: [],
  at: undefined,
};

function matchOf({ match, differences, conditions }: ProposedRoute): Readonly<Record<string, Writable>> {
  const said: Readonly<Record<string, Writable>> = { ...match };
  if (match !== undefined && differences.length === 0) return said;
  const { pathPrefix, ...others } = said;
  const facts = [
    ...(typeof pathPrefix === 'string' ? [`The path begins with ${pathPrefix}.`] : []),
    ...conditions.map((condition) => `Apigee's condition: ${condition}`),
    ...differences,
  ].map(oneLine);
  return {
    pathPrefix: new Open('Write the path of the requests that get this token, and check the rest.', facts),
    ...others,
  };
}

function weight({ match }: ExportedRoute): number {
  const { pathPrefix } = match;
  return (typeof pathPrefix === 'string' ? pathPrefix.length : 0) * 100 + Object.keys(match).length;
}

function openReasons(
  { place }: BundledPolicy,
  output: ExportedPolicy['output'],
  routes: readonly ExportedRoute[],
): readonly Reason[] {
  const header = [output?.header, output?.prefix].find((one) => one instanceof Open);
  const open = routes.filter(({ match }) => match['pathPrefix'] instanceof Open);
  return [
    ...(header === undefined
      ? []
      : [isOpen(place, 'import.open-header', 'The export does not say which header gets the token.', header.instead)]),
    ...open.map((route) =>
      isOpen(
        route.place,
        'import.open-route',
        'A route cannot say exactly which requests get the token.',
        'Write a `match` that only they have.',
      ),
    ),
  ];
}

/** A call that gets no route: its requests need another place for their token. */
function otherCall({ call: { step }, destinations }: BundledCall): Reason {
  const where = isOfRequest({ call: { step } } as BundledCall)
    ? `its token goes into ${destinations.map(placeOf).join(', ') || 'nothing that reads it'}`
    : 'it runs for a response or after a fault';
  const message = oneLine(`The policy is also called in ${step.flow}, which mintproc does not replace: ${where}.`);
  return noteOf(step.place, 'import.other-call', message);
}
