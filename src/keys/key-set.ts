/**
 * @module
 * The public half of rings as JWK sets (RFC 7517 section 5), of asymmetric keys only.
 */
import { certificateThumbprint } from './certificates.ts';
import type { HeldKey } from './held-key.ts';
import { type KeyRing, keyId, publishedAt, publishedUntil } from './rotation.ts';
import { publicMembers } from './thumbprint.ts';

export type PublicJwk = Readonly<Record<string, unknown>>;

export interface KeySets {
  /** Everything but `postQuantum`. */
  readonly classic: readonly PublicJwk[];
  /** Keys of kty AKP (RFC 9964), on which verifiers that do not know them may fail. */
  readonly postQuantum: readonly PublicJwk[];
  /** The algorithms of all published keys, each once. */
  readonly algorithms: readonly string[];
  /** When the sets change by themselves, in milliseconds since the epoch. */
  readonly until: number;
}

export function keySetsAt(rings: Iterable<KeyRing>, now: number): KeySets {
  const published = new Map<string, { readonly held: HeldKey; readonly algorithms: Set<string> }>();
  let until = Number.POSITIVE_INFINITY;
  for (const keys of rings) {
    for (const key of publishedAt(keys, now)) {
      const name = keyId(key.held);
      if (name === undefined || key.held.thumbprint === undefined) continue;
      until = Math.min(until, publishedUntil(keys, key));
      const entry = published.get(name) ?? { held: key.held, algorithms: new Set<string>() };
      for (const algorithm of key.algorithms) entry.algorithms.add(algorithm);
      published.set(name, entry);
    }
  }
  const jwks = Array.from(published.values(), ({ held, algorithms }) => publishedJwk(held, algorithms) ?? []).flat();
  return {
    classic: jwks.filter((jwk) => jwk['kty'] !== 'AKP'),
    postQuantum: jwks.filter((jwk) => jwk['kty'] === 'AKP'),
    algorithms: [...new Set(Array.from(published.values(), ({ algorithms }) => [...algorithms]).flat())],
    until,
  };
}

/** A key as it is published, with the algorithms that it signs by; undefined where it is not: a secret, or no JWK. */
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
    // A key by which several algorithms sign names none; that of an AKP key is part of it.
    ...(second === undefined || alg !== undefined ? { alg: alg ?? algorithm } : {}),
    ...(certificate === undefined
      ? {}
      : {
          x5c: held.certificates.map((der) => Buffer.from(der).toString('base64')),
          'x5t#S256': certificateThumbprint(certificate),
        }),
    // No registered member says so; readers ignore what they do not know (RFC 7517 section 4).
    ...(held.generated ? { generated: true } : {}),
  };
}
