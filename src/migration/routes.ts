/**
 * @module
 * The routes of a configuration: the first one that matches wins, and runs every policy that ran on the gateway.
 */
import type { Place } from '../diagnostics/source-text.ts';
import { type ExportedPolicy, Open, type Writable } from '../dialects/exported.ts';
import { specificity } from './specificity.ts';

/** A policy with the name of its entry. */
export interface NamedPolicy {
  readonly api: { readonly index: number; readonly name: string };
  readonly policy: ExportedPolicy;
  /** Undefined if it cannot run here. */
  readonly name: string | undefined;
}

export interface MigratedRoute {
  /** Where the export says so. */
  readonly places: readonly Place[];
  readonly match: Writable;
  /** Names of entries, or what to decide about them. */
  readonly policies: readonly (string | Open)[];
  /** The policies that it is for. */
  readonly of: readonly ExportedPolicy[];
}

export function routesOf(named: readonly NamedPolicy[]): readonly MigratedRoute[] {
  const routes = named.flatMap(({ policy, name, api }) => {
    if (name === undefined) return [];
    if (policy.routes.length === 0) return [{ api, route: unknownRoute(policy, name) }];
    return policy.routes.map(({ place, match }) => ({
      api,
      route: { places: [place], match, policies: [name], of: [policy] },
    }));
  });
  const merged = new Map<string, MigratedRoute>();
  for (const { api, route } of routes) {
    const key = JSON.stringify([api.index, route.match]);
    const known = merged.get(key);
    merged.set(key, known === undefined ? route : joined(known, route));
  }
  return [...merged.values()].sort((a, b) => compare(specificity(b.match), specificity(a.match)));
}

function unknownRoute(policy: ExportedPolicy, name: string): MigratedRoute {
  const match = { pathPrefix: new Open('the beginning of the paths of the requests that get this token') };
  return { places: [policy.place], match, policies: [name], of: [policy] };
}

function joined(a: MigratedRoute, b: MigratedRoute): MigratedRoute {
  return {
    places: [...a.places, ...b.places],
    match: a.match,
    policies: [...new Set([...a.policies, ...b.policies])],
    of: [...new Set([...a.of, ...b.of])],
  };
}

function compare(a: readonly number[], b: readonly number[]): number {
  for (const [index, value] of a.entries()) {
    const difference = value - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
