/**
 * @module
 * The routes of a policy in mintproc.yaml: those of the APIs that it applies to.
 */
import { called } from '../../../diagnostics/harmless.ts';
import type { Place } from '../../../diagnostics/source-text.ts';
import { type ExportedRoute, Open, type Writable } from '../../exported.ts';
import type { Instance } from './instances.ts';
import { type MatchedRule, matchesOf, type RuleMatch } from './rule-match.ts';
import type { Target } from './targets.ts';

/** What the routes of a policy leave open, and what is worth knowing of them; each with its place. */
export interface RouteFinding {
  readonly kind: 'value' | 'note';
  readonly place: Place;
  readonly message: string;
  readonly suggestion: string;
}

export interface FoundRoutes {
  readonly routes: readonly ExportedRoute[];
  readonly findings: readonly RouteFinding[];
}

/** @param all the APIs of the export */
export function routesOf(targets: readonly Target[], all: readonly Instance[]): FoundRoutes {
  const findings: RouteFinding[] = [];
  const others = all.filter((instance) => !targets.some((target) => target.instance === instance));
  const found = targets.map((target) => routesOfTarget(target, others, findings));
  // Several APIs may have the same paths, at different ports.
  const known = withoutCovered(found.flatMap(({ matches }) => matches));
  return { routes: [...known.map(routeOf), ...found.flatMap(({ open }) => open)], findings };
}

interface PlacedMatch extends MatchedRule {
  readonly place: Place;
}

interface TargetRoutes {
  readonly matches: readonly PlacedMatch[];
  /** Those that somebody must complete. */
  readonly open: readonly ExportedRoute[];
}

function routesOfTarget(target: Target, others: readonly Instance[], findings: RouteFinding[]): TargetRoutes {
  const { instance, service } = target;
  const { address, place, name = '' } = instance;
  const isUnrouted = service !== undefined && !instance.routes.some(({ services }) => services.includes(service));
  if (isUnrouted) {
    findings.push({ kind: 'value', place, ...noRoute });
    return { matches: [], open: [{ place, match: { pathPrefix: new Open(noRoute.suggestion, [factOf(instance)]) } }] };
  }
  if (address === undefined || !address.isPlain) {
    findings.push({ kind: 'value', place, ...noAddress });
    const match = { pathPrefix: new Open(noAddress.suggestion, [factOf(instance)]) };
    return { matches: [], open: [{ place, match }] };
  }
  const matches = withoutCovered(placedMatches(target));
  const open = openHost(target, matches, others);
  if (open !== undefined) {
    const { message, value } = open;
    findings.push({ kind: 'value', place, message, suggestion: value.instead });
    const withHost = (match: PlacedMatch): ExportedRoute => ({
      place: match.place,
      match: { ...routeOf(match).match, host: value },
    });
    return { matches: [], open: matches.map(withHost) };
  }
  const wide = matches.find(({ wider }) => wider === 'more');
  if (wide !== undefined) {
    findings.push({
      kind: 'note',
      place: wide.place,
      message: `A route of ${called('the API', name)} is an expression that \`match\` cannot say exactly, so the route here is also for requests that the gateway did not forward${service === undefined ? '' : ' to this service'}.`,
      suggestion: 'Let the routes of Envoy refuse them, or write the routes by hand.',
    });
  }
  return { matches, open: [] };
}

function routeOf({ place, match }: PlacedMatch): ExportedRoute {
  return { place, match: { ...match } as Readonly<Record<string, Writable>> };
}

const noRoute = {
  message: 'The policy is for one upstream service, and the export has no route to it.',
  suggestion: 'Write a `match` for the requests to this service.',
};

const noAddress = {
  message: 'The address of the API is missing, or has a base path that a route cannot say.',
  suggestion: 'Write the base path of the API, or remove `pathPrefix` if it has none.',
};

/** The rules of the API's routes. An API without routes gets every request below its base path. */
function placedMatches({ instance, service }: Target): readonly PlacedMatch[] {
  const { address, place, routes } = instance;
  const basePath = address?.basePath ?? '';
  const own = routes.filter(({ services }) => service === undefined || services.includes(service));
  const whole = { match: basePath === '' ? {} : { pathPrefix: basePath }, wider: 'no', place } as const;
  if (own.length === 0) return [whole];
  return own.flatMap((route) => matchesOf(route.rule, basePath).map((made) => ({ ...made, place: route.place })));
}

interface OpenHost {
  readonly message: string;
  readonly value: Open;
}

/** What the host must be where the path does not tell the API from another one, or undefined if it does. */
function openHost(
  { instance, service }: Target,
  matches: readonly PlacedMatch[],
  others: readonly Instance[],
): OpenHost | undefined {
  const { address, name = '', routes } = instance;
  if (address?.host !== undefined) {
    return {
      message: `The address of ${called('the API', name)} has a host, and the export does not say whether the gateway compared it.`,
      value: new Open('Write the host of the requests to this API, or remove `host` if any host is right.', [
        factOf(instance),
      ]),
    };
  }
  const sharing = others.filter((other) => sharesRequests(matches, other));
  if (sharing.length > 0) {
    return {
      message: `Another API of the export has the same paths without this policy, at another port than ${called('the API', name)}.`,
      value: new Open(
        'Write the host of the requests to this API. Remove `host` if mintproc is only behind the listener of this API.',
        [instance, ...sharing].slice(0, maxFacts).map(factOf),
      ),
    };
  }
  const elsewhere = routes.filter(({ services }) => service !== undefined && !services.includes(service));
  const basePath = address?.basePath ?? '';
  const mixed = elsewhere.some(({ rule }) =>
    matchesOf(rule, basePath).some((one) => matches.some((own) => overlap(own.match, one.match))),
  );
  if (!mixed) return undefined;
  return {
    message: `The policy is for one upstream service of ${called('the API', name)}, and requests to another one have the same paths.`,
    value: new Open('Write a `match` for the requests to this service only, instead of `host`.', [factOf(instance)]),
  };
}

/** Of the APIs that have the same paths. */
const maxFacts = 10;

function factOf({ name, place: { file, line } }: Instance): string {
  return `${called('the API', name ?? '')}, ${file}:${line}`;
}

/** Whether requests to the other API have paths of these matches. */
function sharesRequests(matches: readonly PlacedMatch[], other: Instance): boolean {
  const theirs = placedMatches({ instance: other, service: undefined });
  return theirs.some((their) => matches.some((own) => overlap(own.match, their.match)));
}

/** Whether a request may match both. */
function overlap(a: RuleMatch, b: RuleMatch): boolean {
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

function shapeOf({ path, pathPrefix }: RuleMatch): PathShape {
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

/** A route that is for nothing that another one is not for too would never be reached. */
function withoutCovered<T extends { readonly match: RuleMatch }>(routes: readonly T[]): readonly T[] {
  return routes.filter(
    ({ match }, index) =>
      !routes.some(
        (other, at) => at !== index && covers(other.match, match) && (at < index || !covers(match, other.match)),
      ),
  );
}

/** Whether every request that `narrow` matches, `wide` matches too. */
function covers(wide: RuleMatch, narrow: RuleMatch): boolean {
  const isMethod = wide.method === undefined || narrow.method?.every((name) => wide.method?.includes(name)) === true;
  return isMethod && coversHost(wide.host, narrow.host) && coversHeaders(wide, narrow) && coversPath(wide, narrow);
}

function coversHost(wide: string | undefined, narrow: string | undefined): boolean {
  if (wide === undefined) return true;
  const [all, some] = [wide.toLowerCase(), narrow?.toLowerCase()];
  return some === all || (all.startsWith('*') && some !== undefined && some.endsWith(all.slice(1)));
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
