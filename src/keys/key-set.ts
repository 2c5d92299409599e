/**
 * @module
 * The public keys of rings as JWK sets (RFC 7517 section 5).
 */
import { keyTypes, publicMembers } from '../jose/key-types.ts';
import { fittingAlgorithms } from '../jose/signature-algorithms.ts';
import { certificateThumbprint } from './certificates.ts';
import { type HeldKey, isSameMaterial, keyId } from './held-key.ts';
import { eitherAlgorithms, type PublishedKey } from './published-keys.ts';
import { type KeyRing, publishedAt, publishedUntil } from './rotation.ts';

export type PublicJwk = Readonly<Record<string, unknown>>;

export interface KeySets {
  /** All keys that are not in `postQuantum`. */
  readonly classic: readonly PublicJwk[];
  /** Keys of a key type so new that verifiers may fail on a set with one: AKP (RFC 9964). */
  readonly postQuantum: readonly PublicJwk[];
  /** The algorithms of all published keys, each once. */
  readonly algorithms: readonly string[];
  /** When the sets next change without a reload, in milliseconds since the epoch. */
  readonly until: number;
}

/** A key with its name in the set. */
interface NamedKey {
  readonly held: HeldKey;
  readonly algorithms: ReadonlySet<string>;
}

/**
 * @param others keys of no ring: remembered ones, and those of other processes. A key of a ring wins over another key
 *   of the same name
 */
export function keySetsAt(rings: Iterable<KeyRing>, now: number, others: Iterable<PublishedKey> = []): KeySets {
  const published = new Map<string, NamedKey>();
  let until = Number.POSITIVE_INFINITY;
  for (const key of [...keysOfRings(rings, now), ...others]) {
    const name = keyId(key.held);
    if (name === undefined || key.held.thumbprint === undefined || key.until <= now) continue;
    until = Math.min(until, key.until);
    const before = published.get(name);
    if (before === undefined) published.set(name, key);
    else if (isSameMaterial(before.held, key.held)) published.set(name, together(before, key));
  }
  const entries = [...published.values()];
  const jwks = entries.flatMap<PublicJwk>(({ held, algorithms }) => publishedJwk(held, algorithms) ?? []);
  return {
    classic: jwks.filter((jwk) => !isNew(jwk)),
    postQuantum: jwks.filter(isNew),
    algorithms: [...new Set(entries.flatMap(algorithmsOf))],
    until,
  };
}

function* keysOfRings(rings: Iterable<KeyRing>, now: number): Iterable<NamedKey & { readonly until: number }> {
  for (const ring of rings) {
    for (const key of publishedAt(ring, now)) {
      yield { held: key.held, algorithms: key.algorithms, until: publishedUntil(ring, key) };
    }
  }
}

function together({ held, algorithms }: NamedKey, other: NamedKey): NamedKey {
  return { held, algorithms: eitherAlgorithms(algorithms, other.algorithms) };
}

/** If a key may sign with any algorithm, all that fit it. */
function algorithmsOf({ held, algorithms }: NamedKey): readonly string[] {
  return algorithms.size > 0 ? [...algorithms] : fittingAlgorithms(held.key);
}

/** Whether verifiers may not know the key's type, so that it is published apart. */
export function isNew(jwk: PublicJwk): boolean {
  return keyTypes.get(jwk['kty'])?.isNew === true;
}

/**
 * A key as it is published, with the algorithms that it signs with; undefined for a secret, and if no JWK can hold the
 * key.
 */
export function publishedJwk(held: HeldKey, algorithms: ReadonlySet<string>): PublicJwk | undefined {
  const kid = keyId(held);
  const found = publicMembers(held.key);
  if (kid === undefined || found === undefined) return undefined;
  const { alg, ...members } = found;
  const [algorithm, second] = algorithms;
  // A key that several algorithms use has no `alg`, except an AKP key, which contains it.
  const only = alg ?? (second === undefined ? algorithm : undefined);
  const [certificate] = held.certificates;
  return {
    ...members,
    kid,
    use: 'sig',
    ...(only === undefined ? {} : { alg: only }),
    ...(certificate === undefined
      ? {}
      : {
          x5c: held.certificates.map((der) => Buffer.from(der).toString('base64')),
          'x5t#S256': certificateThumbprint(certificate),
        }),
    // Not a registered member. Readers ignore members that they do not know (RFC 7517 section 4).
    ...(held.generated ? { generated: true } : {}),
  };
}
