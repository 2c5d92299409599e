/**
 * @module
 * What a configuration reads of what Envoy sends only if its filter says so, from its routes, its policies and the
 * sources of the caller.
 */
import { isPlainName } from '../diagnostics/harmless.ts';
import { sourceReads } from '../identity/source-reads.ts';
import { callerNeed, type NamedNeed } from '../plan/needs.ts';
import type { EnvoyReads } from '../request/envoy-reads.ts';
import { routeNameAttribute } from '../request/request-view.ts';
import type { RouteEntry, Settings } from './configuration-schema.ts';
import type { CompiledPolicy } from './policy/policy-loader.ts';

/** The routes, and the policies that requests can get, as each route runs them. */
export interface ReadingParts {
  readonly settings: Settings;
  readonly routes: readonly RouteEntry[];
  readonly policies: Iterable<CompiledPolicy>;
}

export function envoyReads({ settings, routes, policies }: ReadingParts): EnvoyReads {
  const attributes = new Readers();
  const namespaces = new Readers();
  if (routes.some(({ match }) => match.routeName !== undefined)) attributes.add(routeNameAttribute, 'match.routeName');
  const caller = sourceReads(settings.authentication);
  for (const { need, by } of [...routes.flatMap(needsOfRoute), ...[...policies].flatMap(needsOfPolicy)]) {
    if (need.kind === 'attribute') attributes.add(need.name, by);
    if (need.kind === 'namespace') namespaces.add(need.name, by);
    if (need.kind !== 'caller') continue;
    for (const name of caller.attributes) attributes.add(name, by);
    for (const name of caller.namespaces) namespaces.add(name, by);
  }
  return { attributes: attributes.all, namespaces: namespaces.all };
}

function needsOfRoute({ requireCaller }: RouteEntry): readonly NamedNeed[] {
  return requireCaller ? [{ need: callerNeed, by: 'requireCaller of a route' }] : [];
}

function needsOfPolicy({ name, plan, requiresCaller, found }: CompiledPolicy): readonly NamedNeed[] {
  const required = requiresCaller ? [{ need: callerNeed, by: `${name}: requireCaller` }] : [];
  if (plan.disabled === true) return required;
  const read = found.needs().map(({ need, by }) => ({ need, by: `${name}: ${isPlainName(by) ? by : 'a value'}` }));
  return [...required, ...read];
}

/** What reads each name, in the order in which it was found. */
class Readers {
  readonly #all = new Map<string, string[]>();

  add(name: string, reader: string): void {
    const readers = this.#all.get(name) ?? [];
    this.#all.set(name, readers);
    if (!readers.includes(reader)) readers.push(reader);
  }

  get all(): ReadonlyMap<string, readonly string[]> {
    return this.#all;
  }
}
