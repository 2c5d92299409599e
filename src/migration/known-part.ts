/**
 * @module
 * The part of a migration that is certain, as a configuration that loads: what can be said of it now does not have to
 * wait for the values that are open.
 */
import type { Writable } from '../dialects/exported.ts';
import type { MigratedPolicy, Migration } from './migration.ts';
import { withoutOpens } from './open-values.ts';
import type { MigratedRoute } from './routes.ts';

export function knownPart(migration: Migration): Migration {
  const policies = migration.policies.map((policy) => ({ ...policy, entry: knownEntry(policy) }));
  const names = new Map(policies.map(({ policy, entry }) => [policy, entry?.name]));
  const routes = migration.routes.map((route): MigratedRoute => {
    const own = route.policies.filter((name) => typeof name === 'string');
    const all = route.of.flatMap((policy) => names.get(policy) ?? []);
    return { ...route, match: withoutOpens(route.match) ?? {}, policies: own.length === 0 ? all : own };
  });
  return { ...migration, policies, routes };
}

function knownEntry({ entry }: MigratedPolicy): MigratedPolicy['entry'] {
  if (entry === undefined) return undefined;
  const settings = (withoutOpens(entry.settings) ?? {}) as Readonly<Record<string, Writable>>;
  return { ...entry, settings };
}
