/**
 * @module
 * The routes of the configuration, in an order in which the first one that matches has the policies that ran on the
 * gateway: of two APIs, the one with the narrower match had the request, and of the routes of an API, the narrower one
 * is first.
 */
import { type Place, placeText } from '../diagnostics/source-text.ts';
import { type ExportedApi, type ExportedPolicy, Open, type Writable } from '../dialects/exported.ts';
import { excludeEachOther } from '../plan/request-rules.ts';
import { type ApiRoute, isSame, type NamedPolicy, type RequestSet, requestSet, routesOfApi } from './api-routes.ts';
import { RequestIndex } from './request-index.ts';
import { bySpecificity, common, isWithin, type Requests, specificity } from './requests.ts';

export interface MigratedRoute {
  /** If a test names it. */
  readonly name?: string;
  /** Where the export says so. */
  readonly places: readonly Place[];
  readonly match: Writable;
  /** The widest set that it can be, if parts of the match are open. */
  readonly requests: Requests;
  /** Names of entries, or what to decide about them. None: the requests are refused. */
  readonly policies: readonly (string | Open)[];
  /** The policies of the export that it is for. */
  readonly of: readonly ExportedPolicy[];
}

export interface NamedApi {
  readonly api: ExportedApi;
  readonly policies: readonly NamedPolicy[];
}

interface Candidate {
  readonly api: NamedApi;
  /** What the API takes, as far as the export says so, and this is a part of. */
  readonly taken: Requests | undefined;
  /** A route of policies, or what else the API takes. */
  readonly route: ApiRoute;
}

export interface MigratedRoutes {
  readonly routes: readonly MigratedRoute[];
  /** Where a policy has a route that no request reaches, since another API took them all. */
  readonly unreachable: ReadonlyMap<ExportedPolicy, readonly Place[]>;
}

export function routesOf(apis: readonly NamedApi[]): MigratedRoutes {
  const candidates = apis
    .flatMap(candidatesOf)
    .map((candidate) => ({ candidate, order: orderOf(candidate) }))
    .sort((a, b) => bySpecificity(a.order, b.order))
    .map(({ candidate }) => candidate);
  const near = new RequestIndex(candidates, ({ route }) => route.requests);
  const shadowed = new Set(candidates.filter((candidate) => isShadowed(candidate, near)));
  const reached = new Set(candidates.filter((one) => !shadowed.has(one)).flatMap(({ route }) => route.policies));
  const dropped = [...shadowed].filter(({ route }) => route.policies.every((policy) => reached.has(policy)));
  const kept = candidates.filter((candidate) => !dropped.includes(candidate));
  const routes = kept.flatMap((candidate) => migrated(candidate, near.of(candidate), shadowed.has(candidate)));
  return { routes: withoutCovered(routes), unreachable: placesByPolicy(dropped) };
}

function candidatesOf(api: NamedApi): readonly Candidate[] {
  const takes = api.api.takes?.map(requestSet);
  const isExclusive = api.api.isExclusive === true;
  const has = isExclusive ? isSame : isWithin;
  const counted = new Set(api.policies.filter(hasToken));
  // If nothing else says so, the routes of all policies say which requests the API had.
  const { routes, isComplete } = routesOfApi(takes === undefined ? api.policies : [...counted], isExclusive);
  const own = routes.map((route): Candidate => {
    const policies = route.policies.filter((policy) => counted.has(policy));
    const perhaps = isComplete ? route.perhaps : [...counted].filter((policy) => !policies.includes(policy));
    const others = perhaps.filter((policy) => counted.has(policy));
    return { api, taken: takenBy(route, takes), route: { ...route, policies, perhaps: others } };
  });
  const rest = (takes ?? [])
    .filter((take) => !own.some(({ route }) => !route.isOpen && has(take.requests, route.requests)))
    .map((take): Candidate => ({ api, taken: take.requests, route: { ...take, policies: [], perhaps: [] } }));
  return [...own, ...rest];
}

/** The token of a policy that cannot run here is missing only if it would have reached the backend. */
function hasToken({ name, policy }: NamedPolicy): boolean {
  return name !== undefined || policy.output !== undefined;
}

/** The narrowest of the sets that has all requests of the route. */
function takenBy({ requests, isOpen }: RequestSet, takes: readonly RequestSet[] | undefined): Requests | undefined {
  const [narrowest] = (takes ?? [])
    .filter((take) => (isOpen ? common(requests, take.requests) !== undefined : isWithin(requests, take.requests)))
    .map((take) => take.requests)
    .sort((a, b) => bySpecificity(specificity(a), specificity(b)));
  return narrowest;
}

/** What the whole API takes comes after its routes; a route whose match is open comes before, as it may be narrower. */
function orderOf({ taken, route }: Candidate): readonly number[] {
  const kind = route.policies.length === 0 ? 0 : route.isOpen ? 2 : 1;
  return [...specificity(taken ?? route.requests), kind, ...specificity(route.requests)];
}

/** Whether another API, with a narrower match, took all requests of a route. */
function isShadowed(candidate: Candidate, near: RequestIndex<Candidate>): boolean {
  const { taken, route, api } = candidate;
  if (taken === undefined || route.isOpen || route.policies.length === 0) return false;
  return near
    .of(candidate)
    .some(
      (other) =>
        other.api !== api &&
        other.taken !== undefined &&
        isWithin(route.requests, other.taken) &&
        isWithin(other.taken, taken) &&
        !isWithin(taken, other.taken),
    );
}

function placesByPolicy(candidates: readonly Candidate[]): ReadonlyMap<ExportedPolicy, readonly Place[]> {
  const found = new Map<ExportedPolicy, readonly Place[]>();
  for (const { route } of candidates) {
    for (const { policy } of route.policies) found.set(policy, [...(found.get(policy) ?? []), ...route.places]);
  }
  return found;
}

/** @param near the candidates that may be for the same requests, in their order */
function migrated(candidate: Candidate, near: readonly Candidate[], isUnreached: boolean): readonly MigratedRoute[] {
  const { route, api } = candidate;
  const { places, requests, match } = route;
  const of = route.policies.map(({ policy }) => policy);
  const met = near.filter((other) => common(requests, other.route.requests) !== undefined);
  if (!isRun(candidate)) {
    // Without another route for these requests, they are refused as `unmatched`.
    const later = met.slice(met.indexOf(candidate) + 1);
    return later.some(isRun) ? [{ places, requests, match, policies: [], of }] : [];
  }
  const contenders = met.filter((other) => other.api !== api && (isUnreached || isContender(candidate, other)));
  const open = contenders.length === 0 ? match : withHost(match, api, contenders);
  return [{ places, requests, match: open, policies: policiesOf(route), of }];
}

function isRun({ route }: Candidate): boolean {
  return route.policies.some(({ name }) => name !== undefined);
}

/** Whether the export does not say which of two APIs had the requests that both match. */
function isContender({ taken, route }: Candidate, other: Candidate): boolean {
  // Somebody must write the requests of the other one anyway, and the check of routes says if these are already taken.
  if (taken !== undefined && !route.isOpen && other.taken === undefined && other.route.isOpen) return false;
  if (taken === undefined || other.taken === undefined) return true;
  return isWithin(taken, other.taken) === isWithin(other.taken, taken);
}

/** Without the routes that refuse what an earlier route refuses. */
function withoutCovered(routes: readonly MigratedRoute[]): readonly MigratedRoute[] {
  const refused: Requests[] = [];
  return routes.filter(({ policies, requests }) => {
    if (policies.length > 0) return true;
    if (refused.some((earlier) => isWithin(requests, earlier))) return false;
    refused.push(requests);
    return true;
  });
}

/** Only the host can tell two APIs apart that take the same paths. */
function withHost(match: Writable, api: NamedApi, contenders: readonly Candidate[]): Writable {
  const others = contenders.map(({ api: { api: other }, route }) => {
    const where = route.places[0] === undefined ? '' : ` (${placeText(route.places[0])})`;
    return `The API ${other.name}${where} takes requests that this route matches.`;
  });
  const known = match as Readonly<Record<string, Writable>>;
  const own = typeof known['host'] === 'string' ? [`The export says ${known['host']}.`] : [];
  const instead = `Write the host by which clients reached the API ${api.api.name}.`;
  return { ...known, host: new Open(instead, [...new Set([...others.slice(0, maxFacts), ...own])]) };
}

/** More of one kind help nobody. */
const maxFacts = 10;

function policiesOf({ policies, perhaps }: ApiRoute): readonly (string | Open)[] {
  const runs = policies.flatMap(({ name, policy }) => (name === undefined ? [] : [{ name, policy }]));
  const missing = policies.filter(({ name }) => name === undefined);
  const writers = Object.groupBy(runs, ({ policy }) => headerOf(policy));
  const shared = Object.entries(writers).filter(([header, names = []]) => header !== '' && mayMeet(names));
  const clashing = new Set(shared.flatMap(([, names = []]) => names.map(({ name }) => name)));
  return [
    ...runs.filter(({ name }) => !clashing.has(name)).map(({ name }) => name),
    ...shared.map(([header, names = []]) =>
      sameHeader(
        header,
        names.map(({ name }) => name),
      ),
    ),
    ...missing.map(({ policy }) => lostToken(policy, 'also ran')),
    ...perhaps.map(({ name, policy }) => (name === undefined ? lostToken(policy, 'may have run') : perhapsRan(name))),
  ];
}

/** Whether two of the policies may run for one request: their own rules do not exclude it. */
function mayMeet(writers: readonly { readonly policy: ExportedPolicy }[]): boolean {
  return writers.some(({ policy: { rules } }, index) =>
    writers.slice(0, index).some(({ policy: other }) => !excludeEachOther(rules, other.rules)),
  );
}

/** In lower case; empty if it is open. */
function headerOf({ output }: ExportedPolicy): string {
  return typeof output?.header === 'string' ? output.header.toLowerCase() : '';
}

function sameHeader(header: string, names: readonly string[]): Open {
  return new Open(`Write one of ${names.join(', ')}.`, [
    `${names.join(' and ')} run for these requests and write the header ${header}: only one token can arrive.`,
  ]);
}

function lostToken({ name }: ExportedPolicy, how: string): Open {
  return new Open('Remove this line if the backend does without the token of that policy.', [
    `The policy ${name} ${how} for these requests, and it cannot run here (REPORT.md).`,
    'Or write `deny: true` instead of `policies`.',
  ]);
}

function perhapsRan(name: string): Open {
  return new Open(`Write ${name} if it is for these requests too; otherwise remove this line.`, [
    `If it is for some of them: write a narrower route with both policies before this one.`,
  ]);
}
