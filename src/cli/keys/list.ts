/**
 * @module
 * `mintproc keys list`: the keys of a configuration, as a process that starts now has them.
 */
import type { Settings } from '../../configuration/configuration-schema.ts';
import type { HeldKey } from '../../keys/held-key.ts';
import { isNew, publishedJwk } from '../../keys/key-set.ts';
import { shownName } from '../../keys/ring-state.ts';
import { type KeyRing, publishedUntil, type RingKey, signerAt, termsOf } from '../../keys/rotation.ts';
import { keySetPath, postQuantumKeySetPath } from '../../publishing/key-server.ts';
import type { DeclaredKeys, SigningPolicy } from './declarations.ts';

/** `coming`: signs later; `active`: signs; `retired`: its tokens may be valid; `ended`: they are not. */
export type KeyState = 'coming' | 'active' | 'retired' | 'ended';

/** Times are written as in the configuration; null stands for a time without a beginning or an end. */
export interface ListedKey {
  /** Its name in `keys`; null for the key of one policy. */
  readonly key: string | null;
  readonly policies: readonly string[];
  /** Null for a secret without one. */
  readonly kid: string | null;
  readonly algorithms: readonly string[];
  readonly state: KeyState;
  /** Null if it signed before anybody noted it. */
  readonly signsFrom: string | null;
  /** When another key signs, or none. */
  readonly signsUntil: string | null;
  /** When its last token has ended. */
  readonly publishedUntil: string | null;
  /** The path of the JWK set that has it; null if none has. */
  readonly publishedAt: string | null;
}

export function listedKeys(declared: DeclaredKeys, at: number): readonly ListedKey[] {
  const { named, policiesOf, others, settings } = declared;
  const rows = [...named.keys()].flatMap((name) => rowsOf(name, policiesOf(name), settings, at));
  const own = Map.groupBy(others, ({ declaration }) => declaration);
  const found = [...rows, ...[...own.values()].flatMap((policies) => rowsOf(null, policies, settings, at))];
  return [...found, ...rememberedRows(declared, found, at)];
}

/** The keys that no source has any more, and that `jwks.state` remembers. */
function rememberedRows(
  { snapshot, settings }: DeclaredKeys,
  found: readonly ListedKey[],
  at: number,
): readonly ListedKey[] {
  const known = new Set(found.map(({ kid }) => kid));
  return snapshot.keys.remembered.flatMap(({ held, algorithms, until, activeFrom }): ListedKey[] => {
    const kid = shownName(held) ?? null;
    if (known.has(kid) || until <= at) return [];
    const times = { signsFrom: timeOf(activeFrom), signsUntil: null, publishedUntil: timeOf(until) };
    const publishedAt = placeOf(held, algorithms, settings);
    return [{ key: null, policies: [], kid, algorithms: [...algorithms], state: 'retired', ...times, publishedAt }];
  });
}

function rowsOf(key: string | null, policies: readonly SigningPolicy[], settings: Settings, at: number): ListedKey[] {
  const rows = new Map<string, ListedKey>();
  for (const { name, ring } of policies) {
    for (const one of ring) {
      const row = rowOf(key, name, ring, one, settings, at);
      const id = `${row.kid} ${one.held.thumbprint}`;
      const known = rows.get(id);
      rows.set(id, known === undefined ? row : merged(known, row));
    }
  }
  return [...rows.values()];
}

function merged(one: ListedKey, other: ListedKey): ListedKey {
  return {
    ...(rank(one) <= rank(other) ? one : other),
    policies: [...one.policies, ...other.policies],
    algorithms: [...new Set([...one.algorithms, ...other.algorithms])],
    publishedUntil:
      one.publishedUntil === null || other.publishedUntil === null
        ? null
        : ([one.publishedUntil, other.publishedUntil].toSorted().at(-1) ?? null),
  };
}

const states: readonly KeyState[] = ['active', 'coming', 'retired', 'ended'];

function rank({ state }: ListedKey): number {
  return states.indexOf(state);
}

function rowOf(
  key: string | null,
  policy: string,
  ring: KeyRing,
  one: RingKey,
  settings: Settings,
  at: number,
): ListedKey {
  const terms = termsOf(ring);
  const first = terms.findIndex(({ signer }) => signer === one);
  const last = terms.findLastIndex(({ signer }) => signer === one);
  const until = last === -1 ? Number.NEGATIVE_INFINITY : (terms[last + 1]?.from ?? Number.POSITIVE_INFINITY);
  const state = stateOf(ring, one, {
    from: first === -1 ? one.activeFrom : (terms[first]?.from ?? one.activeFrom),
    until,
    at,
  });
  return {
    key,
    policies: [policy],
    kid: shownName(one.held) ?? null,
    algorithms: [...one.algorithms],
    state,
    signsFrom: timeOf(one.activeFrom),
    signsUntil: timeOf(until),
    publishedUntil: timeOf(publishedUntil(ring, one)),
    publishedAt: publishedUntil(ring, one) <= at ? null : placeOf(one.held, one.algorithms, settings),
  };
}

function stateOf(
  ring: KeyRing,
  one: RingKey,
  { from, until, at }: { readonly from: number; readonly until: number; readonly at: number },
): KeyState {
  if (signerAt(ring, at) === one) return 'active';
  if (from > at) return 'coming';
  return Math.min(publishedUntil(ring, one), until + one.lifetime) <= at ? 'ended' : 'retired';
}

/** Null without an end, and for a time before all times. */
function timeOf(time: number): string | null {
  return Number.isFinite(time) ? new Date(time).toISOString().replace('.000Z', 'Z') : null;
}

function placeOf(held: HeldKey, algorithms: ReadonlySet<string>, { jwks }: Settings): string | null {
  const jwk = jwks === undefined ? undefined : publishedJwk(held, algorithms);
  if (jwks === undefined || jwk === undefined) return null;
  const isApart = isNew(jwk) && jwks.postQuantum === 'apart';
  return isApart ? postQuantumKeySetPath : keySetPath;
}

/** The names of keys that no policy uses. */
export function unusedKeys({ named, policiesOf }: DeclaredKeys): readonly string[] {
  return [...named.keys()].filter((name) => policiesOf(name).length === 0);
}
