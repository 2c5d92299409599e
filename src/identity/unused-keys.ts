/**
 * @module
 * Keys of a source that no object needs.
 */
import { type CallerFact, type CallerKind, callerObject, membersOf } from '../expressions/caller-objects.ts';
import type { AuthenticationSettings } from './authentication-schema.ts';

/** The keys of a source that say where a fact is. */
const keys = [
  ['principal', 'user'],
  ['clientId', 'clientId'],
  ['clientName', 'clientName'],
  ['slaId', 'slaId'],
  ['jwt', 'jwt'],
] as const satisfies readonly (readonly [string, CallerFact])[];

export interface UnusedKey {
  /** The path in the configuration. */
  readonly path: readonly (string | number)[];
  readonly as: CallerKind | undefined;
}

/** @param overrides the `as` of each policy's entry */
export function unusedKeys(
  { sources }: AuthenticationSettings,
  overrides: readonly (CallerKind | undefined)[],
): readonly UnusedKey[] {
  return sources.flatMap((source, index) => {
    const facts = new Set([source.as, ...overrides].flatMap(factsOf));
    return keys
      .filter(([key, fact]) => source[key] !== undefined && source[key] !== false && !facts.has(fact))
      .map(([key]) => ({ path: ['authentication', 'sources', index, key], as: source.as }));
  });
}

/** The facts that the callers of this kind are made of. Variables of Apigee may read the token. */
function factsOf(as: CallerKind | undefined): readonly CallerFact[] {
  const object = callerObject(as);
  if (object !== undefined) return [...membersOf(object).values()];
  return as === 'apigee' ? ['user', 'clientId', 'clientName', 'jwt'] : ['user', 'clientId', 'clientName'];
}
