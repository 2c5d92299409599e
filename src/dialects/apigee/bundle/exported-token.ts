/**
 * @module
 * Where the tokens of a bundled policy go and which requests get them, as a configuration says it: `output` and routes.
 */
import type { Code } from '../../../diagnostics/codes.ts';
import { oneLine } from '../../../diagnostics/one-line.ts';
import { type ReasonText, reason } from '../../export-reasons.ts';
import { type ExportedPolicy, type ExportedRoute, Open, type Reason, type Writable } from '../../exported.ts';
import type { BundledCall, BundledPolicy } from './bundle.ts';
import { authenticatingTargets, type Call, chainsOf, entrancesOf, type RunStep } from './chains.ts';
import { type Destination, type HeaderDestination, placeOf } from './destination.ts';
import { conditionsOf, type Step } from './flow-steps.ts';
import { within } from './origins.ts';
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
  const cannot = (code: Code, text: ReasonText): ExportedToken => {
    return { output: undefined, routes: [], reasons: [reason('cannot', code, place, text)] };
  };
  if (!isEnabled) return cannot('import.disabled', { message: 'The policy is disabled, so it mints no token.' });
  if (calls.length === 0) return cannot('import.not-called', uncalled(policy));
  const ofRequest = calls.filter(isOfRequest);
  if (ofRequest.length === 0) return cannot('import.no-request', onlyLater);
  const carrying = ofRequest.filter(({ destinations }) => destinations.some(isHeader));
  const used = carrying.length > 0 ? carrying : ofRequest.filter(mayCarry);
  if (used.length === 0) return cannot('import.no-header', elsewhere(ofRequest));
  if (used.every(isAnswered)) return cannot('import.no-header', answered);
  const routes = routesFor(used);
  if (routes.length === 0) return cannot('import.not-called', { message: 'No RouteRule leads to its flow.' });
  const output = carrying.length > 0 ? outputOf(carrying) : unreadOutput(used);
  if (output === undefined) return cannot('import.no-header', unusable);
  const others = calls.filter((call) => !used.includes(call));
  return {
    output,
    routes,
    reasons: [...openReasons(policy, output, routes), ...others.map(otherCall)],
  };
}

const onlyLater = {
  message: 'The policy runs only for a response or after a fault, and mintproc mints only for requests.',
  suggestion: 'Let the gateway, or the backend, mint this token.',
};

const answered = {
  message: 'The proxy sends no request to a backend, so its token goes into its own response.',
  suggestion: 'Let what uses the token mint it.',
};

function uncalled({ proxies }: BundledPolicy): ReasonText {
  const message = 'No flow in the export calls the policy.';
  const suggestion = proxies.some(({ endpoints }) => endpoints.length > 0)
    ? 'If one did on the gateway, give the import the whole bundle, and for a shared flow also the proxies that call it.'
    : 'Import the whole bundle: the flows are in `proxies/` and `targets/`, or in `sharedflows/`.';
  return { message, suggestion };
}

/** Whether the proxy answers the requests of a call itself. */
function isAnswered({ call, proxy }: BundledCall): boolean {
  const rules = entrancesOf(proxy, call).flatMap((entrance) => entrance.routes);
  return rules.length > 0 && rules.every(({ isSent }) => !isSent);
}

const unusable = {
  message: 'The token goes into a header that mintproc cannot write, or after a text that no header can have.',
  suggestion: 'Let the backend read another header; then write an entry by hand.',
};

function elsewhere(calls: readonly BundledCall[]): ReasonText {
  const places = new Set(calls.flatMap(({ destinations }) => destinations.map(placeOf)));
  return {
    message: oneLine(`The token goes into ${[...places].join(', ')}, and mintproc writes only headers of the request.`),
    suggestion: 'Let what uses the token mint it, or call that from the backend.',
  };
}

function isHeader(destination: Destination): destination is HeaderDestination {
  return destination.kind === 'header';
}

function isOfRequest({ call: { step } }: BundledCall): boolean {
  return isForRequest(step);
}

function isForRequest({ direction, section }: Step): boolean {
  return direction === 'request' && section !== 'fault' && section !== 'client';
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
  const later = calls.flatMap((call) => [...replacedBy(call), ...replacedByTarget(call)]);
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

/** Steps after one that writes the token which change or remove its header, unless it is certainly written again. */
function replacedBy({ call, destinations, proxy }: BundledCall): readonly string[] {
  const headers = destinations.filter(isHeader);
  const writers = new Set(headers.flatMap(({ by }) => by ?? []));
  const isWriter = ({ step }: Call): boolean => writers.has(step.policy) && isForRequest(step);
  const own = headers.some(({ by }) => by === undefined) ? [call] : [];
  return chainsOf(proxy, call).flatMap(({ after }) => {
    const last = after.findLastIndex(isWriter);
    const isReplacing = (one: RunStep, at: number): boolean =>
      at > last ||
      (!isWriter(one) && staysReplaced(one, [...own, ...after.slice(0, at).filter(isWriter)], isWriter, proxy));
    const changing = after.filter((one, at) => changes(one.step, headers, proxy) && isReplacing(one, at));
    return changing.map(({ step }) => changeFact(step, proxy));
  });
}

/**
 * Whether a step may run after one of these writers, and no writer certainly runs after the step: one in a conditional
 * flow writes the header again only for the requests of that flow.
 */
function staysReplaced(
  one: RunStep,
  writers: readonly Call[],
  isWriter: (call: Call) => boolean,
  proxy: BundledCall['proxy'],
): boolean {
  const chains = chainsOf(proxy, one);
  const isAfter = writers.some((writer) =>
    chains.some(({ before }) => before.some(({ step }) => step === writer.step)),
  );
  return isAfter && !chains.every(({ after }) => after.some((other) => other.always && isWriter(other)));
}

/** The TargetEndpoints that send a token of their own in the header. */
function replacedByTarget({ call, destinations, proxy }: BundledCall): readonly string[] {
  const headers = new Set(destinations.filter(isHeader).map(({ header }) => header));
  return authenticatingTargets(proxy, call)
    .filter(({ googleHeader = '' }) => headers.has(googleHeader))
    .map(({ name }) => oneLine(`TargetEndpoint ${name} sends a token of Google in it instead`));
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
    const basePaths = entrancesOf(proxy, call).flatMap(({ basePath }) => basePath ?? []);
    return writes.flatMap((header) =>
      routesOf(proxy, call, header).map((route) => ({ place: call.step.place, match: matchOf(route, basePaths) })),
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

function matchOf(
  { match, differences, conditions }: ProposedRoute,
  basePaths: readonly string[],
): Readonly<Record<string, Writable>> {
  const said: Readonly<Record<string, Writable>> = { ...match };
  if (match !== undefined && differences.length === 0) return said;
  const { path, pathPrefix, ...others } = said;
  const facts = [
    ...(match === undefined ? basePaths.map((basePath) => `The path begins with ${basePath}.`) : []),
    ...(typeof path === 'string' ? [`The path is ${path}.`] : []),
    ...(typeof pathPrefix === 'string' ? [`The path begins with ${pathPrefix}.`] : []),
    ...conditions.map((condition) => `Apigee's condition: ${condition}`),
    ...differences,
  ].map(oneLine);
  const open = new Open('Write the path of the requests that get this token, and check the rest.', facts);
  // A route has only one of them.
  return { [path === undefined ? 'pathPrefix' : 'path']: open, ...others };
}

function weight({ match }: ExportedRoute): number {
  const { path, pathPrefix } = match;
  const text = path ?? pathPrefix;
  return (typeof text === 'string' ? text.length : 0) * 100 + Object.keys(match).length;
}

function openReasons(
  { place }: BundledPolicy,
  output: ExportedPolicy['output'],
  routes: readonly ExportedRoute[],
): readonly Reason[] {
  const header = [output?.header, output?.prefix].find((one) => one instanceof Open);
  const open = routes.filter(({ match }) => [match['path'], match['pathPrefix']].some((one) => one instanceof Open));
  return [
    ...(header === undefined
      ? []
      : [reason('value', 'import.open-header', place, { message: unclearHeader, suggestion: header.instead })]),
    ...open.map((route) => reason('value', 'import.open-route', route.place, unclearRoute)),
  ];
}

const unclearHeader = 'The export does not say which header gets the token.';
const unclearRoute = {
  message: 'A route cannot say exactly which requests get the token.',
  suggestion: 'Write a `match` that only they have.',
};

/** A call that gets no route: its requests need another place for their token. */
function otherCall({ call: { step }, destinations }: BundledCall): Reason {
  const where = isForRequest(step)
    ? `its token goes into ${destinations.map(placeOf).join(', ') || 'nothing that reads it'}`
    : 'it runs for a response or after a fault';
  const message = oneLine(`The policy is also called in ${step.flow}, which mintproc does not replace: ${where}.`);
  return reason('note', 'import.other-call', step.place, { message });
}
