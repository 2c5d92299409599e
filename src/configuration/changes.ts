/**
 * @module
 * What differs between two configurations, by names: for the log at a reload, and for `validate --against` before it.
 */
import { isPlainName } from '../diagnostics/harmless.ts';
import { listed } from '../diagnostics/listing.ts';
import type { Steps } from '../diagnostics/steps.ts';
import type { RouteMatch } from '../routing/router.ts';
import type { Digests, Outline, RouteOutline } from './outline.ts';

export interface Difference {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly changed: readonly string[];
}

/** The parts of a configuration that are compared, in the order in which they are told. */
export const parts = ['policies', 'keys', 'routes', 'variables', 'settings'] as const;

export type Part = (typeof parts)[number];

export type Changes = { readonly [P in Part]: Difference } & {
  /** Whether routes that both have stand in another order: the first that matches wins. */
  readonly reordered: boolean;
};

export function* changesBetween(before: Outline, after: Outline): Steps<Changes> {
  const [old, next] = [yield* routeDigests(before.routes), yield* routeDigests(after.routes)];
  const kept = (routes: Digests, others: Digests): string => [...routes.keys()].filter((id) => others.has(id)).join();
  return {
    policies: yield* difference(before.policies, after.policies),
    keys: yield* difference(before.keys, after.keys, plainName),
    routes: yield* difference(old, next, nameOfRoute),
    variables: yield* difference(before.variables, after.variables, plainName),
    settings: yield* difference(before.settings, after.settings),
    reordered: kept(old, next) !== kept(next, old),
  };
}

/** @param shown the name of a thing, as it is told */
function* difference(before: Digests, after: Digests, shown = (name: string): string => name): Steps<Difference> {
  const added: string[] = [];
  const removed: string[] = [];
  const changed: string[] = [];
  for (const [name, digest] of after) {
    const old = before.get(name);
    if (old === undefined) added.push(shown(name));
    else if (old !== digest) changed.push(shown(name));
    yield;
  }
  for (const name of before.keys()) {
    if (!after.has(name)) removed.push(shown(name));
    yield;
  }
  return { added, removed, changed };
}

/** A route is known by its match; where several have the same, by which of them it is. */
function* routeDigests(routes: readonly RouteOutline[]): Steps<Digests> {
  const digests = new Map<string, string>();
  const counts = new Map<string, number>();
  for (const { match, digest } of routes) {
    const text = JSON.stringify(match);
    const count = counts.get(text) ?? 0;
    counts.set(text, count + 1);
    digests.set(JSON.stringify([match, count]), digest);
    yield;
  }
  return digests;
}

/** Characters of a route's match that are shown. */
const longestMatch = 100;

function nameOfRoute(id: string): string {
  const [match] = JSON.parse(id) as [RouteMatch, number];
  const conditions = Object.entries(match).map(([name, value]) => `${name}=${[value].flat().join('|')}`);
  const text = conditions.length === 0 ? 'every request' : conditions.join(' ');
  return text.length > longestMatch ? `${text.slice(0, longestMatch)}…` : text;
}

/** Anything but a plain name may be something else that was written where a name belongs. */
function plainName(name: string): string {
  return isPlainName(name.replace(/^[a-z]+(?: key)? of /, '')) ? name : '(a name that is not shown)';
}

/** `added a, b; changed c`; undefined where nothing differs. */
export function describeDifference(changes: Changes, part: Part): string | undefined {
  const { added, removed, changed } = changes[part];
  const lists = Object.entries({ added, removed, changed }).filter(([, names]) => names.length > 0);
  const told = lists.map(([what, names]) => `${what} ${listed(names)}`);
  if (part === 'routes' && changes.reordered) told.push('in another order');
  return told.length === 0 ? undefined : told.join('; ');
}
