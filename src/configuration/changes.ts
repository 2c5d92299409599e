/**
 * @module
 * The differences between two configurations, by name: for the log at a reload, and for `validate --against` before it.
 */
import { isPlainName } from '../diagnostics/harmless.ts';
import { listed } from '../diagnostics/listing.ts';
import type { Steps } from '../diagnostics/steps.ts';
import type { RouteMatch } from '../routing/router.ts';
import type { ConfigurationDigests, Digests, Part, RouteDigest } from './configuration-digests.ts';

export interface Difference {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly changed: readonly string[];
}

export type Changes = { readonly [P in Part]: Difference } & {
  /** Whether routes that both have are in another order: the first that matches wins. */
  readonly reordered: boolean;
};

export function* changesBetween(before: ConfigurationDigests, after: ConfigurationDigests): Steps<Changes> {
  const [old, next] = [yield* routeDigests(before.routes), yield* routeDigests(after.routes)];
  const olds = { ...before, routes: old };
  const nexts = { ...after, routes: next };
  const differ = (part: Part, shown?: (name: string) => string): Steps<Difference> =>
    difference(
      { digests: olds[part], isWhole: !before.incomplete.has(part) },
      { digests: nexts[part], isWhole: !after.incomplete.has(part) },
      shown,
    );
  const kept = (routes: Digests, others: Digests): string => [...routes.keys()].filter((id) => others.has(id)).join();
  return {
    policies: yield* differ('policies', plainName),
    keys: yield* differ('keys', nameOfKey),
    routes: yield* differ('routes', nameOfRoute),
    variables: yield* differ('variables', plainName),
    settings: yield* differ('settings'),
    reordered: kept(old, next) !== kept(next, old),
  };
}

interface Compared {
  readonly digests: Digests;
  /** Whether nothing is missing because it could not be read. */
  readonly isWhole: boolean;
}

/**
 * What could not be read is not compared.
 *
 * @param shown turns a name into its form in reports
 */
function* difference(
  { digests: before, isWhole: isBeforeWhole }: Compared,
  { digests: after, isWhole: isAfterWhole }: Compared,
  shown = (name: string): string => name,
): Steps<Difference> {
  const added: string[] = [];
  const removed: string[] = [];
  const changed: string[] = [];
  for (const [name, digest] of after) {
    const old = before.get(name);
    const areRead = old !== undefined && digest !== undefined;
    if (!before.has(name) && isBeforeWhole) added.push(shown(name));
    else if (areRead && old !== digest) changed.push(shown(name));
    yield;
  }
  for (const name of before.keys()) {
    if (!after.has(name) && isAfterWhole) removed.push(shown(name));
    yield;
  }
  return { added, removed, changed };
}

/** A route is identified by its match; routes with the same match are numbered. */
function* routeDigests(routes: readonly RouteDigest[]): Steps<Digests> {
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

/** The maximum number of characters of a route's match that are shown. */
const longestMatch = 100;

function nameOfRoute(id: string): string {
  const [match] = JSON.parse(id) as [RouteMatch, number];
  const conditions = Object.entries(match).map(([name, value]) => `${name}=${shownValue(value)}`);
  const text = conditions.length === 0 ? 'every request' : conditions.join(' ');
  return text.length > longestMatch ? `${text.slice(0, longestMatch)}…` : text;
}

/** Of headers and query parameters the names only: a value may be an API key. */
function shownValue(value: RouteMatch[keyof RouteMatch]): string {
  if (typeof value !== 'object') return `${value}`;
  return (Array.isArray(value) ? value : Object.keys(value).map(plainName)).join('|');
}

/** The name in `keys`; `KID of NAME` for one of several keys; `key of POLICY` for the key of one policy. */
function nameOfKey(id: string): string {
  const [kind, name, kid] = (JSON.parse(id) as string[]).map((part, index) => (index === 0 ? part : plainName(part)));
  if (kind !== 'keys') return `${kind} of ${name}`;
  return kid === undefined ? `${name}` : `${kid} of ${name}`;
}

/** Anything but a plain name may be a secret that was written where a name belongs. */
function plainName(name: string): string {
  return isPlainName(name) ? name : '(a name that is not shown)';
}

/** For example `added a, b; changed c`. Undefined if nothing differs. */
export function describeDifference(changes: Changes, part: Part): string | undefined {
  const { added, removed, changed } = changes[part];
  const lists = Object.entries({ added, removed, changed }).filter(([, names]) => names.length > 0);
  const texts = lists.map(([what, names]) => `${what} ${listed(names)}`);
  if (part === 'routes' && changes.reordered) texts.push('in another order');
  return texts.length === 0 ? undefined : texts.join('; ');
}
