/**
 * @module
 * The public keys of rings as JWK sets (RFC 7517 section 5).
 */
import { keyTypes, publicMembers } from '../jose/key-types.ts';
import { certificateThumbprint } from './certificates.ts';
import { type HeldKey, keyId } from './held-key.ts';
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

export function keySetsAt(rings: Iterable<KeyRing>, now: number): KeySets {
  const published = new Map<string, { readonly held: HeldKey; readonly algorithms: Set<string> }>();
  let until = Number.POSITIVE_INFINITY;
  for (const ring of rings) {
    for (const key of publishedAt(ring, now)) {
      const { held } = key;
      const name = keyId(held);
      if (name === undefined || held.thumbprint === undefined) continue;
      until = Math.min(until, publishedUntil(ring, key));
      const entry = published.get(name) ?? { held, algorithms: new Set<string>() };
      for (const algorithm of key.algorithms) entry.algorithms.add(algorithm);
      published.set(name, entry);
    }
  }
  const entries = [...published.values()];
  const jwks = entries.flatMap<PublicJwk>(({ held, algorithms }) => publishedJwk(held, algorithms) ?? []);
  return {
    classic: jwks.filter((jwk) => !isNew(jwk)),
    postQuantum: jwks.filter(isNew),
    algorithms: [...new Set(entries.flatMap(({ algorithms }) => [...algorithms]))],
    until,
  };
}

function isNew(jwk: PublicJwk): boolean {
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
  const [certificate] = held.certificates;
  return {
    ...members,
    kid,
    use: 'sig',
    // A key that several algorithms use has no `alg`, except an AKP key, which contains it.
    ...(second === undefined || alg !== undefined ? { alg: alg ?? algorithm } : {}),
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
