/**
 * @module
 * What a configuration reads of what Envoy sends only if its filter says so, from its routes, its policies and the
 * sources of the caller.
 */
import { isPlainName } from '../diagnostics/harmless.ts';
import { sourceReads } from '../identity/source-reads.ts';
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
  const callerReaders = new Set(
    routes.filter(({ requireCaller }) => requireCaller === true).map(() => 'requireCaller of a route'),
  );
  for (const policy of policies) {
    if (policy.requiresCaller) callerReaders.add(`${policy.name}: requireCaller`);
    if (policy.plan.disabled === true) continue;
    for (const { need, by } of policy.found.needs()) {
      const reader = `${policy.name}: ${isPlainName(by) ? by : 'a value'}`;
      if (need.kind === 'attribute') attributes.add(need.name, reader);
      else if (need.kind === 'namespace') namespaces.add(need.name, reader);
      else callerReaders.add(reader);
    }
  }
  if (callerReaders.size === 0) return { attributes: attributes.all, namespaces: namespaces.all };
  const caller = sourceReads(settings.authentication);
  for (const reader of callerReaders) {
    for (const name of caller.attributes) attributes.add(name, reader);
    for (const name of caller.namespaces) namespaces.add(name, reader);
  }
  return { attributes: attributes.all, namespaces: namespaces.all };
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
