/**
 * @module
 * The routes of a policy in mintproc.yaml: those of the APIs that it applies to.
 */
import { called } from '../../../diagnostics/harmless.ts';
import type { Place } from '../../../diagnostics/source-text.ts';
import { type ExportedRoute, Open, type Writable } from '../../exported.ts';
import type { Instance } from './instances.ts';
import { ByFirstSegment, overlap, withoutCovered } from './match-relations.ts';
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

/** Finds routes among the APIs of one export. */
export class RouteFinder {
  /** What each API forwards, by the beginning of the paths. */
  readonly #forwarded = new ByFirstSegment<Forwarded>();

  constructor(all: readonly Instance[]) {
    for (const instance of all) {
      for (const { match } of placedMatches({ instance, service: undefined })) {
        this.#forwarded.add(match, { match, instance });
      }
    }
  }

  find(targets: readonly Target[]): FoundRoutes {
    const own = new Set(targets.map(({ instance }) => instance));
    return routesOf(targets, (matches) => this.#sharing(matches, own));
  }

  /** Some of the other APIs that forward requests of these matches. */
  #sharing(matches: readonly PlacedMatch[], own: ReadonlySet<Instance>): readonly Instance[] {
    const found = new Set<Instance>();
    for (const { match } of matches) {
      for (const other of this.#forwarded.near(match)) {
        if (found.size === maxFacts) return [...found];
        if (!own.has(other.instance) && overlap(match, other.match)) found.add(other.instance);
      }
    }
    return [...found];
  }
}

interface Forwarded {
  readonly match: RuleMatch;
  readonly instance: Instance;
}

type FindSharing = (matches: readonly PlacedMatch[]) => readonly Instance[];

function routesOf(targets: readonly Target[], findSharing: FindSharing): FoundRoutes {
  const findings: RouteFinding[] = [];
  const found = targets.map((target) => routesOfTarget(target, findSharing, findings));
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

function routesOfTarget(target: Target, findSharing: FindSharing, findings: RouteFinding[]): TargetRoutes {
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
  const open = openHost(target, matches, findSharing);
  if (open !== undefined) {
    const { message, value } = open;
    findings.push({ kind: 'value', place, message, suggestion: value.instead });
    const withHost = (match: PlacedMatch): ExportedRoute => ({
      place: match.place,
      match: { ...routeOf(match).match, host: value },
    });
    return { matches: [], open: matches.map(withHost) };
  }
  const wide = matches.filter(({ differs }) => differs === 'more');
  const [first] = wide;
  if (first !== undefined) {
    const message = `A route of ${called('the API', name)} is an expression that \`match\` cannot say exactly.`;
    findings.push({ kind: 'value', place: first.place, message, suggestion: writeRoute });
  }
  const slash = matches.find(({ differs }) => differs === 'final-slash');
  if (slash !== undefined) {
    findings.push({
      kind: 'note',
      place: slash.place,
      message: `A route of ${called('the API', name)} ends with a slash and any text. Here, a request with that slash and no text is refused.`,
      suggestion: 'If clients send it, write `pathPrefix` instead of `path`: it is for the path without the slash, too.',
    });
  }
  return { matches: matches.filter(({ differs }) => differs !== 'more'), open: wide.map(openPath) };
}

const writeRoute = 'Write a `match` that only the requests of this route have.';

/** A match that is wider than the rule: somebody must find a narrower one. */
function openPath({ place, match: { path, pathPrefix, ...others } }: PlacedMatch): ExportedRoute {
  const widest = path ?? pathPrefix;
  const open = new Open(writeRoute, widest === undefined ? [] : [`It is within ${widest}.`]);
  // A route has only one of them.
  return { place, match: { [path === undefined ? 'pathPrefix' : 'path']: open, ...others } };
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
  const whole = { match: basePath === '' ? {} : { pathPrefix: basePath }, differs: 'none', place } as const;
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
  findSharing: FindSharing,
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
  const sharing = findSharing(matches);
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

/** Of the APIs that have the same paths. */
const maxFacts = 10;

function factOf({ name, place: { file, line } }: Instance): string {
  return `${called('the API', name ?? '')}, ${file}:${line}`;
}
