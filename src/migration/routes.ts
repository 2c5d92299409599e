/**
 * @module
 * The routes of the configuration, in an order in which the first one that matches has the policies that ran on the
 * gateway: of two APIs, the one with the narrower match had the request, and of the routes of an API, the narrower one
 * is first.
 */
import type { Place } from '../diagnostics/source-text.ts';
import { type ExportedApi, type ExportedPolicy, Open, type Writable } from '../dialects/exported.ts';
import { type ApiRoute, type NamedPolicy, type RequestSet, requestSet, routesOfApi } from './api-routes.ts';
import { bySpecificity, common, isWithin, type Requests, specificity } from './requests.ts';

export interface MigratedRoute {
  /** Where the export says so. */
  readonly places: readonly Place[];
  readonly match: Writable;
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

export function routesOf(apis: readonly NamedApi[]): readonly MigratedRoute[] {
  const candidates = apis
    .flatMap(candidatesOf)
    .map((candidate) => ({ candidate, order: orderOf(candidate) }))
    .sort((a, b) => bySpecificity(a.order, b.order))
    .map(({ candidate }) => candidate);
  return candidates.flatMap((candidate, index) => migrated(candidate, candidates, index));
}

function candidatesOf(api: NamedApi): readonly Candidate[] {
  const takes = api.api.takes?.map(requestSet);
  // The token of a policy that cannot run here is missing only if it would have reached the backend.
  const policies = api.policies.filter(({ name, policy }) => name !== undefined || policy.output !== undefined);
  const { routes, isComplete } = routesOfApi(policies);
  const own = routes.map((route): Candidate => {
    const others = isComplete ? route.perhaps : policies.filter((policy) => !route.policies.includes(policy));
    return { api, taken: takenBy(route, takes), route: { ...route, perhaps: others } };
  });
  const rest = (takes ?? [])
    .filter((take) => !own.some(({ route }) => !route.isOpen && isWithin(take.requests, route.requests)))
    .map((take): Candidate => ({ api, taken: take.requests, route: { ...take, policies: [], perhaps: [] } }));
  return [...own, ...rest];
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

function migrated(candidate: Candidate, all: readonly Candidate[], index: number): readonly MigratedRoute[] {
  const { route, api } = candidate;
  const runs = route.policies.filter(({ name }) => name !== undefined);
  const places = route.places;
  const of = route.policies.map(({ policy }) => policy);
  if (runs.length === 0) {
    // Without another route for these requests, they are refused as `unmatched`.
    const isTaken = all.slice(index + 1).some((other) => isMet(other, route));
    return isTaken ? [{ places, match: route.match, policies: [], of }] : [];
  }
  const rivals = all.filter((other) => other.api !== api && isRival(candidate, other));
  const match = rivals.length === 0 ? route.match : withHost(route.match, api, rivals);
  return [{ places, match, policies: policiesOf(route), of }];
}

function isMet(other: Candidate, { requests }: ApiRoute): boolean {
  return (
    other.route.policies.some(({ name }) => name !== undefined) && common(other.route.requests, requests) !== undefined
  );
}

/** Whether the export does not say which of two APIs had the requests that both match. */
function isRival({ taken, route }: Candidate, other: Candidate): boolean {
  if (common(route.requests, other.route.requests) === undefined) return false;
  if (taken === undefined || other.taken === undefined) return true;
  const isNarrower = isWithin(taken, other.taken);
  const isWider = isWithin(other.taken, taken);
  return isNarrower === isWider;
}

/** Only the host can tell two APIs apart that take the same paths. */
function withHost(match: Writable, api: NamedApi, rivals: readonly Candidate[]): Writable {
  const facts = [...new Set(rivals.map((rival) => rival.api.api.name))].map(
    (name) => `The API ${name} takes requests that this route matches.`,
  );
  const known = match as Readonly<Record<string, Writable>>;
  const own = known['host'];
  if (typeof own === 'string') facts.push(`The export says ${own}.`);
  const host = new Open(`Write the host by which clients reached the API ${api.api.name}.`, facts);
  return { ...known, host };
}

function policiesOf({ policies, perhaps }: ApiRoute): readonly (string | Open)[] {
  const runs = policies.flatMap(({ name, policy }) => (name === undefined ? [] : [{ name, policy }]));
  const missing = policies.filter(({ name }) => name === undefined);
  const writers = Object.groupBy(runs, ({ policy }) => headerOf(policy));
  const shared = Object.entries(writers).filter(([header, names = []]) => header !== '' && names.length > 1);
  const clashing = new Set(shared.flatMap(([, names = []]) => names.map(({ name }) => name)));
  return [
    ...runs.filter(({ name }) => !clashing.has(name)).map(({ name }) => name),
    ...shared.map(([header, names = []]) =>
      sameHeader(
        header,
        names.map(({ name }) => name),
      ),
    ),
    ...missing.map(({ policy }) => lostToken(policy)),
    ...perhaps.map(({ name, policy }) => perhapsRan(name ?? policy.name)),
  ];
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

function lostToken({ name }: ExportedPolicy): Open {
  return new Open('Remove this line if the backend does without the token of that policy.', [
    `The policy ${name} also ran for these requests and cannot run here (REPORT.md).`,
    'Or write `deny: true` instead of `policies`.',
  ]);
}

function perhapsRan(name: string): Open {
  return new Open(`Write ${name} if it is for these requests too; otherwise remove this line.`, [
    `If it is for some of them: write a narrower route with both policies before this one.`,
  ]);
}
