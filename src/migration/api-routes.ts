/**
 * @module
 * The routes of one API. On the gateway, every policy ran whose conditions a request met. Here, the first route that
 * matches decides, so where the requests of two policies overlap, a narrower route has both.
 */
import type { Place } from '../diagnostics/source-text.ts';
import { type ExportedPolicy, type ExportedRoute, Open, type Writable } from '../dialects/exported.ts';
import { common, isWithin, matchOf, type Requests, requestsKey, requestsOf, widest } from './requests.ts';

/** A policy with the name of its entry. */
export interface NamedPolicy {
  readonly policy: ExportedPolicy;
  /** Undefined if it cannot run here. */
  readonly name: string | undefined;
}

export interface ApiRoute extends RequestSet {
  /** In their order. */
  readonly policies: readonly NamedPolicy[];
  /** Policies that may have run for these requests: which these are is open. */
  readonly perhaps: readonly NamedPolicy[];
}

export interface RequestSet {
  /** Where the export says so. */
  readonly places: readonly Place[];
  readonly match: Writable;
  /** The widest set that it can be, if parts of the match are open. */
  readonly requests: Requests;
  readonly isOpen: boolean;
}

interface OwnSet extends RequestSet {
  /** The numbers of its policies: a selector gives many the same routes. */
  readonly policies: readonly number[];
  /** Whether the policies cannot run here. */
  readonly isMissing: boolean;
}

/**
 * Overlaps that would need more routes than these are left to the author. @internal Exported for the test at the limit.
 */
export const maxRoutes = 1000;

export interface ApiRoutes {
  readonly routes: readonly ApiRoute[];
  /** Whether requests that several policies ran for have a route with all of them. */
  readonly isComplete: boolean;
}

/**
 * @param policies those of the API, in the order in which they ran
 * @param isExclusive as in `ExportedApi`
 */
export function routesOfApi(policies: readonly NamedPolicy[], isExclusive: boolean): ApiRoutes {
  const own = ownSets(policies);
  const known = new Map<string, RequestSet>();
  for (const set of own.filter(({ isOpen }) => !isOpen)) {
    const earlier = known.get(requestsKey(set.requests));
    const merged = earlier === undefined ? set : { ...earlier, places: [...earlier.places, ...set.places] };
    known.set(requestsKey(set.requests), merged);
  }
  const isComplete = isExclusive || policies.length < 2 || addOverlaps(known, own);
  const sets = [...known.values(), ...own.filter(({ isOpen, isMissing }) => isOpen && !isMissing)];
  const routes = sets.map((set) => {
    const { certain, possible } = ownersOf(set, own, isExclusive ? isSame : isWithin);
    const named = (numbers: ReadonlySet<number>) => policies.filter((_, number) => numbers.has(number));
    return { ...set, policies: named(certain), perhaps: named(possible.difference(certain)) };
  });
  return { routes, isComplete };
}

/** Those of all policies, in their order; equal ones that are known are one. */
function ownSets(policies: readonly NamedPolicy[]): readonly OwnSet[] {
  const all = policies.flatMap((named, policy) =>
    setsOf(named).map((set): OwnSet => ({ ...set, policies: [policy], isMissing: named.name === undefined })),
  );
  const bySet = Map.groupBy(all, (set) => (set.isOpen ? set : `${set.isMissing} ${requestsKey(set.requests)}`));
  return Array.from(bySet.values(), ([first, ...others]) => ({
    ...(first as OwnSet),
    places: [first, ...others].flatMap((one) => one?.places ?? []),
    policies: [first, ...others].flatMap((one) => one?.policies ?? []),
  }));
}

function setsOf({ policy, name }: NamedPolicy): readonly RequestSet[] {
  if (policy.routes.length > 0 || name === undefined) return policy.routes.map(requestSet);
  const instead = new Open('Write the beginning of the paths of the requests that get this token.');
  return [requestSet({ place: policy.place, match: { pathPrefix: instead } })];
}

export function requestSet({ place, match }: ExportedRoute): RequestSet {
  const requests = requestsOf(match);
  return { places: [place], match, requests: requests ?? widest(match), isOpen: requests === undefined };
}

/**
 * Adds what two sets with different policies have in common, until nothing is new.
 *
 * @returns whether all could be added
 */
function addOverlaps(known: Map<string, RequestSet>, own: readonly OwnSet[]): boolean {
  const withOwners = (set: RequestSet): OwnedSet => ({
    set,
    owners: [...ownersOf(set, own, isWithin).certain].join(' '),
  });
  const sets = Array.from(known.values(), withOwners);
  for (const [index, set] of sets.entries()) {
    for (const other of sets.slice(0, index)) {
      const shared = overlap(set, other);
      if (shared === undefined || known.has(requestsKey(shared.requests))) continue;
      if (known.size >= maxRoutes) return false;
      known.set(requestsKey(shared.requests), shared);
      sets.push(withOwners(shared));
    }
  }
  return true;
}

interface OwnedSet {
  readonly set: RequestSet;
  readonly owners: string;
}

/** Undefined if there is none, or the same policies ran for both. */
function overlap(a: OwnedSet, b: OwnedSet): RequestSet | undefined {
  const requests = a.owners === b.owners ? undefined : common(a.set.requests, b.set.requests);
  if (requests === undefined) return undefined;
  return { requests, match: matchOf(requests), places: [...a.set.places, ...b.set.places], isOpen: false };
}

interface Owners {
  readonly certain: ReadonlySet<number>;
  readonly possible: ReadonlySet<number>;
}

/** Whether they are the same requests. */
export function isSame(a: Requests, b: Requests): boolean {
  return requestsKey(a) === requestsKey(b);
}

/**
 * The policies that ran for all requests of a set, and those that may have run for some: one of the two is open.
 *
 * @param has whether the routes of a policy with the second set say that it ran for the first one
 */
function ownersOf(set: RequestSet, own: readonly OwnSet[], has: typeof isWithin): Owners {
  const isOwner = (other: OwnSet): boolean =>
    other.match === set.match || (!other.isOpen && has(set.requests, other.requests));
  const mayOwn = (other: OwnSet): boolean =>
    (set.isOpen || (other.isOpen && other.isMissing)) && common(set.requests, other.requests) !== undefined;
  const owners = new Set(own.filter(isOwner));
  const others = own.filter((other) => !owners.has(other) && mayOwn(other));
  const certain = new Set([...owners].flatMap(({ policies }) => policies));
  const possible = new Set(others.flatMap(({ policies }) => policies));
  return { certain, possible };
}
