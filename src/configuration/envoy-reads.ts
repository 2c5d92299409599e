/**
 * @module
 * What a configuration reads of what Envoy sends only if its filter says so, from its routes, its policies and the
 * sources of the caller.
 */
import { isPlainName } from '../diagnostics/harmless.ts';
import { eachInSteps, type Steps } from '../diagnostics/steps.ts';
import type { AuthenticationSettings } from '../identity/authentication-schema.ts';
import { sourceReads } from '../identity/source-reads.ts';
import { attributeNeed, callerNeed, type NamedNeed } from '../plan/needs.ts';
import type { EnvoyReads } from '../request/envoy-reads.ts';
import { routeNameAttribute } from '../request/request-view.ts';
import { WatchedRead } from '../request/watched-reads.ts';
import type { RouteEntry, Settings } from './configuration-schema.ts';
import type { CompiledPolicy } from './policy/policy-loader.ts';

/** A configuration with the policies that requests can get, as each route runs them. */
export interface ReadingParts {
  readonly settings: Pick<Settings, 'authentication'>;
  readonly routes: readonly Pick<RouteEntry, 'match' | 'requireCaller'>[];
  readonly policies: Iterable<CompiledPolicy>;
}

export function* envoyReads({ settings, routes, policies }: ReadingParts): Steps<EnvoyReads> {
  const readers = new Readers(settings.authentication);
  yield* eachInSteps(routes, (route) => readers.addAll(needsOfRoute(route), 'a route'));
  yield* eachInSteps(policies, (policy) => readers.addAll(needsOfPolicy(policy), policy.name));
  return readers;
}

/** What one policy reads, wherever it runs. */
export function readsOfPolicy(policy: CompiledPolicy, authentication: AuthenticationSettings): EnvoyReads {
  const readers = new Readers(authentication);
  readers.addAll(needsOfPolicy(policy), policy.name);
  return readers;
}

function needsOfRoute({ match, requireCaller }: ReadingParts['routes'][number]): readonly NamedNeed[] {
  const name =
    match.routeName === undefined ? [] : [{ need: attributeNeed(routeNameAttribute), by: 'match.routeName' }];
  return requireCaller ? [...name, { need: callerNeed, by: 'requireCaller' }] : name;
}

function needsOfPolicy({ plan, requiresCaller, found }: CompiledPolicy): readonly NamedNeed[] {
  const required = requiresCaller ? [{ need: callerNeed, by: 'requireCaller' }] : [];
  return plan.disabled === true ? required : [...required, ...found.needs()];
}

/** For each name. A configuration may have thousands of policies that read the same. */
const readersShown = 16;

/** What reads each name, in the order in which it was found. */
class Readers implements EnvoyReads {
  readonly attributes = new Map<string, string[]>();
  readonly namespaces = new Map<string, string[]>();
  readonly #caller: ReturnType<typeof sourceReads>;

  constructor(authentication: AuthenticationSettings) {
    this.#caller = sourceReads(authentication);
  }

  /** @param reader the name of a policy, or a phrase */
  addAll(needs: readonly NamedNeed[], reader: string): void {
    for (const { need, by } of needs) {
      const whole = isPlainName(by) ? `${reader}: ${by}` : reader;
      switch (need.kind) {
        case 'attribute':
          add(this.attributes, need.name, whole);
          break;
        case 'namespace':
          add(this.namespaces, need.name, whole);
          break;
        case 'caller':
          for (const name of this.#caller.attributes) add(this.attributes, name, whole);
          for (const name of this.#caller.namespaces) add(this.namespaces, name, whole);
          break;
        case 'header':
        case 'headers':
        case 'path':
        case 'query':
        case 'time':
        case 'random':
        case 'body':
          break;
        default:
          need satisfies never;
      }
    }
  }
}

function add(all: Map<string, string[]>, name: string, reader: string): void {
  const readers = all.get(name) ?? [];
  all.set(name, readers);
  if (readers.length < readersShown && !readers.includes(reader)) readers.push(reader);
}

/**
 * The attributes and namespaces whose absence is noticed: those that make a value by themselves. Whether the sources of
 * the caller find what they read is counted for each source.
 */
export class WatchedReads {
  readonly #all = new Map<string, WatchedRead>();

  get all(): readonly WatchedRead[] {
    return [...this.#all.values()];
  }

  /** Those that the policies read. */
  of(policies: readonly CompiledPolicy[]): readonly WatchedRead[] {
    return [...new Set(policies.flatMap(needsOfPolicy).flatMap(({ need }) => this.#watched(need) ?? []))];
  }

  /** Those that choose a route. */
  ofRoutes(routes: ReadingParts['routes']): readonly WatchedRead[] {
    return [...new Set(routes.flatMap(needsOfRoute).flatMap(({ need }) => this.#watched(need) ?? []))];
  }

  #watched(need: NamedNeed['need']): WatchedRead | undefined {
    if (need.kind !== 'attribute' && need.kind !== 'namespace') return undefined;
    if (need.kind === 'attribute' && need.isSpare === true) return undefined;
    const key = `${need.kind} ${need.name}`;
    const watched = this.#all.get(key) ?? new WatchedRead(need.kind, need.name);
    this.#all.set(key, watched);
    return watched;
  }
}
