/**
 * @module
 * Which matches of routes have requests in common, and which are a part of others.
 */
import type { RuleMatch } from './rule-match.ts';

/** Whether a request may match both. */
export function overlap(a: RuleMatch, b: RuleMatch): boolean {
  if (!areAlike(shapeOf(a), shapeOf(b))) return false;
  if (a.method !== undefined && b.method !== undefined && !a.method.some((name) => b.method?.includes(name))) {
    return false;
  }
  const [one, other] = [a.host?.toLowerCase(), b.host?.toLowerCase()];
  return one === undefined || other === undefined || one.startsWith('*') || other.startsWith('*') || one === other;
}

/** The paths of a match: segments, `*` for any text, and what may follow them. */
interface PathShape {
  readonly segments: readonly string[];
  readonly ending: 'nothing' | 'more' | 'anything';
}

const shapes = new WeakMap<RuleMatch, PathShape>();

function shapeOf(match: RuleMatch): PathShape {
  const known = shapes.get(match) ?? readShape(match);
  shapes.set(match, known);
  return known;
}

function readShape({ path, pathPrefix }: RuleMatch): PathShape {
  const text = (path ?? pathPrefix ?? '').toLowerCase();
  const segments = text.split('/').filter((segment) => segment !== '' && segment !== '**');
  if (path === undefined) return { segments, ending: 'anything' };
  return { segments, ending: text.endsWith('/**') ? 'more' : 'nothing' };
}

function areAlike(a: PathShape, b: PathShape): boolean {
  const [short, long] = a.segments.length <= b.segments.length ? [a, b] : [b, a];
  const isLongEnough = short.ending !== 'nothing' || short.segments.length === long.segments.length;
  return isLongEnough && short.segments.every((one, at) => one === '*' || [one, '*'].includes(long.segments[at] ?? ''));
}

/** Without those that are for nothing that another one is not for too: they would never be reached. */
export function withoutCovered<T extends { readonly match: RuleMatch }>(routes: readonly T[]): readonly T[] {
  const numbers = new Map(routes.map((route, number) => [route, number] as const));
  const groups = new ByFirstSegment<T>();
  for (const route of routes) groups.add(route.match, route);
  return routes.filter((route, number) => {
    const isCovered = (other: T): boolean => {
      if (other === route || !covers(other.match, route.match)) return false;
      return (numbers.get(other) ?? 0) < number || !covers(route.match, other.match);
    };
    return !groups.near(route.match).some(isCovered);
  });
}

/** Things by the first segment of the paths of a match, since most pairs of matches differ in it. */
export class ByFirstSegment<T> {
  readonly #all: T[] = [];
  readonly #anywhere: T[] = [];
  readonly #bySegment = new Map<string, T[]>();

  add(match: RuleMatch, thing: T): void {
    const first = firstSegment(match);
    this.#all.push(thing);
    if (first === undefined) {
      this.#anywhere.push(thing);
      return;
    }
    const known = this.#bySegment.get(first) ?? [];
    known.push(thing);
    this.#bySegment.set(first, known);
  }

  /** All those whose match may overlap with this one, and others. */
  near(match: RuleMatch): readonly T[] {
    const first = firstSegment(match);
    return first === undefined ? this.#all : [...(this.#bySegment.get(first) ?? []), ...this.#anywhere];
  }
}

/** Undefined if it can be any. */
function firstSegment(match: RuleMatch): string | undefined {
  const [first] = shapeOf(match).segments;
  return first === '*' ? undefined : first;
}

/** Whether every request that `narrow` matches, `wide` matches too. */
function covers(wide: RuleMatch, narrow: RuleMatch): boolean {
  const isMethod = wide.method === undefined || narrow.method?.every((name) => wide.method?.includes(name)) === true;
  return isMethod && coversHost(wide.host, narrow.host) && coversHeaders(wide, narrow) && coversPath(wide, narrow);
}

function coversHost(wide: string | undefined, narrow: string | undefined): boolean {
  if (wide === undefined) return true;
  const [all, some] = [wide.toLowerCase(), narrow?.toLowerCase()];
  return some === all || (all.startsWith('*') && some?.endsWith(all.slice(1)) === true);
}

function coversHeaders({ headers: wide = {} }: RuleMatch, { headers: narrow = {} }: RuleMatch): boolean {
  const own = new Map(Object.entries(narrow).map(([name, form]) => [name.toLowerCase(), form] as const));
  return Object.entries(wide).every(([name, form]) => {
    const theirs = own.get(name.toLowerCase());
    if (theirs === undefined || form === true) return theirs !== undefined;
    return theirs !== true && [theirs].flat().every((value) => [form].flat().includes(value));
  });
}

function coversPath(wide: RuleMatch, narrow: RuleMatch): boolean {
  const [all, some] = [shapeOf(wide), shapeOf(narrow)];
  const more = some.segments.length - all.segments.length;
  if (more < 0 || !all.segments.every((segment, at) => segment === '*' || segment === some.segments[at])) return false;
  if (all.ending === 'anything') return true;
  if (all.ending === 'more') return more > 0 || some.ending === 'more';
  return more === 0 && some.ending === 'nothing';
}
