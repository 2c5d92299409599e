/**
 * @module
 * Whether Envoy may keep tokens, and under which key: the parts of a request that the routes, and the policies whose
 * tokens are kept, read. `gen` writes the key into Envoy's filter, and mintproc compares its digest.
 *
 * What a key cannot hold is a problem at the entry that reads it. A need of a kind that is not named here does not
 * compile.
 */
import { createHash } from 'node:crypto';
import type { EnvoyReuse } from '../decision/rules.ts';
import type { Problem } from '../diagnostics/problem.ts';
import { eachInSteps, type Steps } from '../diagnostics/steps.ts';
import type { YamlPath } from '../documents/yaml-places.ts';
import { callerNeed, headerNeeds, type NamedNeed, type Need, path, target } from '../plan/needs.ts';
import { needsOfPlan } from '../plan/plan-needs.ts';
import type { KeptByEnvoy, KeyPart, ReuseKey } from '../request/envoy-reuse.ts';
import { connectionAttributes, routeNameAttribute } from '../request/request-view.ts';
import type { Configuration } from './configuration.ts';
import type { ConfigurationPlace, Placed } from './configuration-part.ts';
import type { RouteEntry, Settings } from './configuration-schema.ts';
import { keyCaller, unreadCaller } from './envoy-reuse-caller.ts';
import {
  lookalikes,
  neverReused,
  noneAsks,
  ReuseProblems,
  settingsAgainst,
  tooMany,
  unkept,
} from './envoy-reuse-problems.ts';
import type { CompiledPolicy } from './policy/policy-loader.ts';
import type { PolicySet } from './policy/policy-set.ts';
import { asksEnvoy } from './policy/reuse-settings.ts';

/** A key, or the problems for which no key can be made. Only `gen --reuse-in-envoy` reports them as errors. */
export type KeptFinding =
  | { readonly kind: 'kept'; readonly kept: KeptByEnvoy }
  | { readonly kind: 'refused'; readonly problems: readonly Problem[] };

/** A configuration, with the policies of each route as the route runs them. */
export interface ReusedParts {
  readonly settings: Pick<Settings, 'authentication' | 'allowRoutePolicy' | 'publishVariables' | 'log'>;
  /** Of `mintproc.yaml`, where the settings are. */
  readonly origin: Configuration['origin'];
  readonly routes: readonly ReusedRoute[];
  /** Whether the entry of a policy has `reuse: { for: … }`, and not `inEnvoy: 0s`. */
  asks(policy: string): boolean;
  /** The entry of a policy. */
  placeOf(policy: string): ConfigurationPlace;
}

export interface ReusedRoute extends Placed<Pick<RouteEntry, 'match' | 'requireCaller'>> {
  /** Empty for a route that refuses. */
  readonly policies: readonly CompiledPolicy[];
}

/** @param set in which all policies of the configuration have loaded */
export function reusedParts(
  { policies, routes, origin }: Pick<Configuration, 'policies' | 'routes' | 'origin'>,
  settings: Settings,
  set: PolicySet,
): ReusedParts {
  const entries = new Map(policies.map((policy) => [policy.entry.name, policy]));
  const asking = new Set(policies.flatMap(({ entry: { name, reuse } }) => (asksEnvoy(reuse) ? [name] : [])));
  return {
    settings,
    origin,
    routes: routes.map((route) => ({
      ...route,
      policies: (route.entry.policies ?? []).map((name) => set.onRoute(route.entry, name)),
    })),
    asks: (policy) => asking.has(policy),
    placeOf: (policy) => entries.get(policy) ?? { origin, path: [] },
  };
}

/** What a decision needs of it, besides the generation. */
export function inForce({ key, digest, policies }: KeptByEnvoy): Omit<EnvoyReuse, 'generation'> {
  return { digest, caller: key.caller, policies: new Set(policies) };
}

/** More make a filter slow. @internal Exported for the test at the limit. */
export const maxParts = 64;

export function* keptByEnvoy({ settings, origin, routes, asks, placeOf }: ReusedParts): Steps<KeptFinding> {
  const isKept = ({ name, plan }: CompiledPolicy): boolean => plan.disabled !== true && asks(name);
  const chains = routes.filter(({ policies }) => policies.length > 0 && policies.every(isKept));
  const kept = new Set(chains.flatMap(({ policies }) => policies));
  const problems = new ReuseProblems();
  const inSettings = (path: YamlPath): ConfigurationPlace => ({ origin, path });
  if (kept.size === 0) {
    problems.add(inSettings(['routes']), noneAsks);
    return { kind: 'refused', problems: problems.all };
  }
  const parts = new Parts(problems);
  for (const { at, ...found } of settingsAgainst(settings)) problems.add(inSettings(at), found);
  yield* eachInSteps(routes, (route) => parts.addMatch(route));
  yield* eachInSteps(chains, (route) => {
    if (route.entry.requireCaller !== true) return;
    parts.add({ who: 'A route', place: below(route, 'requireCaller') }, { need: callerNeed, by: '`requireCaller`' });
  });
  yield* eachInSteps(kept, (policy) => parts.addPolicy(policy, placeOf(policy.name)));
  const caller = (parts.readsCaller ? keyCaller : unreadCaller)(settings.authentication);
  if (caller.kind === 'refused') problems.add(inSettings(['authentication', ...caller.at]), caller.finding);
  if (problems.all.length > 0 || caller.kind === 'refused') return { kind: 'refused', problems: problems.all };
  const key = { caller, parts: parts.all };
  const policies = namesOf(kept);
  const others = namesOf(routes.flatMap((route) => route.policies));
  const notKept = others.filter((name) => !policies.includes(name));
  return { kind: 'kept', kept: { key, digest: digestOf(key), policies, notKept, conditions: parts.conditions } };
}

function below({ origin, path }: ConfigurationPlace, ...inner: YamlPath): ConfigurationPlace {
  return { origin, path: [...path, ...inner] };
}

function namesOf(policies: Iterable<CompiledPolicy>): readonly string[] {
  return [...new Set(Array.from(policies, ({ name }) => name))].sort();
}

/** Of the form of this module's keys, and of what the filter sends with it. */
const version = 2;

function digestOf(key: ReuseKey): string {
  return createHash('sha256')
    .update(JSON.stringify([version, key]))
    .digest('base64url');
}

/** What Envoy says in an attribute, and a header has as well: the attribute is made of it. */
const partsOfAttributes: ReadonlyMap<string, readonly Need[]> = new Map<string, readonly Need[]>([
  [connectionAttributes.scheme, headerNeeds(':scheme')],
  ['request.method', headerNeeds(':method')],
  ['request.host', headerNeeds(':authority')],
  ['request.path', target],
  ['request.url_path', [path]],
  // The filter always has it in the key.
  [routeNameAttribute, []],
]);

/** Names with other separators than dashes have lookalikes with usual names. */
const usualName = /^[a-z0-9-]+$/;

/** What reads a part of a request. */
interface Reader {
  /** The name of a policy, or a phrase. */
  readonly who: string;
  /** Where it is written that its tokens are kept, or what it reads. */
  readonly place: ConfigurationPlace;
}

class Parts {
  readonly #parts = new Map<string, KeyPart>();
  readonly #problems: ReuseProblems;
  readonly #conditions = new Set<string>();
  readsCaller = false;
  #isFull = false;

  constructor(problems: ReuseProblems) {
    this.#problems = problems;
  }

  /** In an order that does not depend on that of the configuration. */
  get all(): readonly KeyPart[] {
    return [...this.#parts.keys()].sort().flatMap((key) => this.#parts.get(key) ?? []);
  }

  get conditions(): readonly string[] {
    return [...this.#conditions].sort();
  }

  addMatch(route: ReusedRoute): void {
    const { match } = route.entry;
    const reader = (key: string): Reader => ({ who: 'A route', place: below(route, 'match', key) });
    const headers = Object.keys(match.headers ?? {}).map((name) => name.toLowerCase());
    for (const name of headers) this.#addCondition(reader('headers'), '`match.headers`', name);
    const needs: readonly (readonly [key: string, needs: readonly Need[] | false])[] = [
      ['host', match.host !== undefined && headerNeeds(':authority')],
      ['path', match.path !== undefined && [path]],
      ['pathPrefix', match.pathPrefix !== undefined && [path]],
      ['method', match.method !== undefined && headerNeeds(':method')],
      ['routeName', match.routeName !== undefined && [{ kind: 'attribute', name: routeNameAttribute }]],
      // Where a query begins depends on how a server reads the path.
      ['query', match.query !== undefined && target],
      ['headers', headers.flatMap(headerNeeds)],
    ];
    for (const [key, all] of needs)
      for (const need of all || []) this.add(reader(key), { need, by: `\`match.${key}\`` });
  }

  /** @param place its entry */
  addPolicy({ name, plan, reuse, requiresCaller, output }: CompiledPolicy, place: ConfigurationPlace): void {
    const reader = { who: `\`${name}\``, place: below(place, 'reuse') };
    const { who } = reader;
    if (reuse.kind === 'off') this.#problems.add(reader.place, neverReused(who, reuse.because));
    const header = { who, place: below(place, 'output', 'header') };
    this.#requireUsual(header, 'the header of its token', output.header.toLowerCase());
    for (const { name: one } of plan.rules?.rules.flatMap(({ headers }) => headers) ?? []) {
      this.#addCondition(reader, 'one of its rules', one);
    }
    if (requiresCaller) this.add(reader, { need: callerNeed, by: '`requireCaller`' });
    for (const need of needsOfPlan(plan)) this.add(reader, need);
  }

  add(reader: Reader, { need, by }: NamedNeed): void {
    switch (need.kind) {
      case 'header':
        this.addHeader(need.name, reader);
        return;
      case 'path':
      case 'query':
        this.#addPart(need, reader);
        return;
      case 'caller':
        this.readsCaller = true;
        return;
      case 'attribute': {
        const parts = partsOfAttributes.get(need.name);
        if (parts === undefined) this.#refuseRead(reader, by, 'attribute');
        else for (const part of parts) this.add(reader, { need: part, by });
        return;
      }
      case 'headers':
      case 'namespace':
      case 'time':
      case 'random':
      case 'body':
        this.#refuseRead(reader, by, need.kind);
        return;
      default:
        // A kind that is passed over here would be missing in the key.
        need satisfies never;
    }
  }

  addHeader(name: string, reader: Reader): void {
    this.#addPart({ kind: 'header', name }, reader);
    // Envoy's own name for it; a header map has it under one of the two.
    if (name === 'host') this.#addPart({ kind: 'header', name: ':authority' }, reader);
  }

  #addPart(part: KeyPart, { place }: Reader): void {
    const key = part.kind === 'header' ? `header ${part.name}` : part.kind;
    if (this.#parts.size < maxParts || this.#parts.has(key)) {
      this.#parts.set(key, part);
    } else if (!this.#isFull) {
      this.#isFull = true;
      this.#problems.add(place, tooMany(maxParts));
    }
  }

  #refuseRead({ who, place }: Reader, by: string, kind: keyof typeof unkept): void {
    const { reads, instead } = unkept[kind];
    this.#problems.add(place, {
      code: 'reuse.unkept-read',
      message: `${who}: ${by} reads ${reads}, which the key of a kept token cannot hold.`,
      suggestion: instead,
    });
  }

  #addCondition(reader: Reader, where: string, name: string): void {
    this.#conditions.add(name);
    this.#requireUsual(reader, where, name);
  }

  #requireUsual({ who, place }: Reader, where: string, name: string): void {
    if (!usualName.test(name)) this.#problems.add(place, lookalikes(who, where));
  }
}
