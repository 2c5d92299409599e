/**
 * @module
 * A key as every source returns it, its name, and whether two keys are the same.
 */
import { createHash, type KeyObject } from 'node:crypto';
import { thumbprintOf } from '../jose/key-types.ts';
import type { OutsideKey } from './outside/outside-key.ts';

export interface HeldKey {
  /**
   * A private key, a secret, or the public key of somebody that tokens are encrypted to. Of a key that a service holds,
   * the public half.
   */
  readonly key: KeyObject;
  /** Where the private half is, if a service signs with it. */
  readonly outside?: OutsideKey | undefined;
  /** RFC 7638; undefined for a secret. */
  readonly thumbprint: string | undefined;
  /** The name that its source gives it, such as the `kid` of a JWK. */
  readonly kid: string | undefined;
  /** The algorithm that its source gives it, such as the `alg` of a JWK. */
  readonly algorithm: string | undefined;
  /** X.509 in DER, the key's own certificate first; empty if its source has none. */
  readonly certificates: readonly Uint8Array[];
  /** Whether this process made it for trials. It is gone when the process ends. */
  readonly generated: boolean;
}

export function heldKey(key: KeyObject, rest: Partial<Omit<HeldKey, 'key' | 'thumbprint'>> = {}): HeldKey {
  return {
    kid: undefined,
    algorithm: undefined,
    certificates: [],
    generated: false,
    ...rest,
    key,
    thumbprint: thumbprintOf(key),
  };
}

/** The name of a key in a token and in the JWKS: its `kid`, or else its thumbprint. A secret may have no name. */
export function keyId({ kid, thumbprint }: HeldKey): string | undefined {
  return kid ?? thumbprint;
}

/** Whether a key has one of these names: its `kid` or its thumbprint. */
export function isNamed({ kid, thumbprint }: HeldKey, names: ReadonlySet<string>): boolean {
  return (kid !== undefined && names.has(kid)) || (thumbprint !== undefined && names.has(thumbprint));
}

/** Whether two keys have the same public half, or are the same secret. */
export function isSameMaterial(one: HeldKey, other: HeldKey): boolean {
  // A remembered key, or one that a service holds, has only its public half, which does not equal the private one.
  if (one.thumbprint !== undefined) return one.thumbprint === other.thumbprint;
  return one.key === other.key || one.key.equals(other.key);
}

/**
 * Finds the same key under the same name. Verifiers look for a key by its `kid`, so a key with another `kid` is another
 * key to them. Candidates are found by the thumbprint, or by a digest that is kept only during the search: comparing
 * every pair takes minutes for sets of thousands of keys.
 */
export class SameKeys<T extends { readonly held: HeldKey }> {
  readonly #byDigest = new Map<string, T[]>();

  constructor(keys: readonly T[]) {
    for (const key of keys) {
      const digest = materialDigest(key.held);
      const candidates = this.#byDigest.get(digest);
      if (candidates === undefined) this.#byDigest.set(digest, [key]);
      else candidates.push(key);
    }
  }

  /** The first that holds the same key under the same name. */
  find(wanted: HeldKey): T | undefined {
    if (this.#byDigest.size === 0) return undefined;
    const candidates = this.#byDigest.get(materialDigest(wanted));
    return candidates?.find(({ held }) => keyId(held) === keyId(wanted) && isSameMaterial(held, wanted));
  }
}

/** Identifies the material of a key. It may be the digest of a secret: it is never shown. */
export function materialDigest({ key, thumbprint }: HeldKey): string {
  if (thumbprint !== undefined) return thumbprint;
  return createHash('sha256').update(materialOf(key)).digest('base64');
}

/** The bytes of a key, private or secret if it is. They are never shown. */
export function materialOf(key: KeyObject): Buffer {
  switch (key.type) {
    case 'secret':
      return key.export();
    case 'private':
      return key.export({ format: 'der', type: 'pkcs8' });
    case 'public':
      return key.export({ format: 'der', type: 'spki' });
  }
}
