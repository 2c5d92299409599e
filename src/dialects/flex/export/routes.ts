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
  const found = targets.flatMap((target) => routesOfTarget(target, others, findings));
  return { routes: withoutCovered(found), findings };
}

interface PlacedMatch extends MatchedRule {
  readonly place: Place;
}

type Match = ExportedRoute['match'];

function routesOfTarget(
  target: Target,
  others: readonly Instance[],
  findings: RouteFinding[],
): readonly ExportedRoute[] {
  const { instance, service } = target;
  const { address, place, name = '' } = instance;
  if (address === undefined || !address.isPlain) {
    findings.push({ kind: 'value', place, ...noAddress });
    return [{ place, match: { pathPrefix: new Open(noAddress.suggestion, [factOf(instance)]) } }];
  }
  const matches = withoutCovered(placedMatches(target));
  const open = openHost(target, matches, others);
  if (open !== undefined)
    findings.push({ kind: 'value', place, message: open.message, suggestion: open.value.instead });
  const wide = matches.find(({ wider }) => wider === 'more');
  if (wide !== undefined && open === undefined) {
    const of = service === undefined ? 'that the gateway did not forward' : 'to other upstream services';
    findings.push({
      kind: service === undefined ? 'note' : 'value',
      place: wide.place,
      message: `A route of ${called('the API', name)} is an expression that \`match\` cannot say exactly, so the route here is also for requests ${of}.`,
      suggestion: 'Let the routes of Envoy refuse them, or write the routes by hand.',
    });
  }
  return matches.map(({ match, place: at }) => ({
    place: at,
    match: { ...writable(match), ...(open === undefined ? {} : { host: open.value }) },
  }));
}

const noAddress = {
  message: 'The address of the API is missing, or has a base path that a route cannot say.',
  suggestion: 'Write the base path of the API, or remove `pathPrefix` if it has none.',
};

function writable(match: RuleMatch): Match {
  return { ...match } as Readonly<Record<string, Writable>>;
}

/** The rules of the API's routes. An API without routes gets every request below its base path. */
function placedMatches({ instance, service }: Target): readonly PlacedMatch[] {
  const { address, place, routes } = instance;
  const basePath = address?.basePath ?? '';
  const own = routes.filter(({ services }) => service === undefined || services.includes(service));
  const whole = { match: basePath === '' ? {} : { pathPrefix: basePath }, wider: 'no', place } as const;
  if (own.length === 0) return [service === undefined ? whole : { ...whole, wider: 'more' }];
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
        [instance, ...sharing].map(factOf),
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
  const [one, other] = [segmentsOf(a), segmentsOf(b)];
  const shared = Math.min(one.length, other.length);
  for (let at = 0; at < shared; at++) if (one[at] !== other[at]) return false;
  if (a.method !== undefined && b.method !== undefined && !a.method.some((name) => b.method?.includes(name))) {
    return false;
  }
  return a.host === undefined || b.host === undefined || a.host.startsWith('*') || b.host.startsWith('*')
    ? true
    : a.host.toLowerCase() === b.host.toLowerCase();
}

function segmentsOf({ pathPrefix = '' }: RuleMatch): readonly string[] {
  return pathPrefix
    .toLowerCase()
    .split('/')
    .filter((segment) => segment !== '');
}

/** A route that is for nothing that another one is not for too would never be reached. */
function withoutCovered<T extends { readonly match: object }>(routes: readonly T[]): readonly T[] {
  return routes.filter(
    ({ match }, index) =>
      !routes.some(
        (other, at) => at !== index && covers(other.match, match) && (at < index || !covers(match, other.match)),
      ),
  );
}

function covers(wide: object, narrow: object): boolean {
  const theirs = new Map<string, unknown>(Object.entries(narrow));
  return Object.entries(wide).every(([key, value]: readonly [string, unknown]) => {
    const own = theirs.get(key);
    if (key === 'method') return Array.isArray(value) && Array.isArray(own) && own.every((one) => value.includes(one));
    if (key !== 'pathPrefix' || typeof value !== 'string' || typeof own !== 'string') return isSame(value, own);
    const [prefix, path] = [value.toLowerCase(), own.toLowerCase()];
    return path === prefix || path.startsWith(`${prefix}/`);
  });
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
