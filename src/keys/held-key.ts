/**
 * @module
 * A key as every source hands it over.
 */
import type { KeyObject } from 'node:crypto';
import { thumbprintOf } from './thumbprint.ts';

export interface HeldKey {
  /** A private key, a secret, or the public key of somebody that tokens are encrypted to. */
  readonly key: KeyObject;
  /** RFC 7638; undefined for a secret. */
  readonly thumbprint: string | undefined;
  /** The name that the source gives it, as the `kid` of a JWK does; undefined where it gives none. */
  readonly kid: string | undefined;
  /** The algorithm that it says it is for, as the `alg` of a JWK does. */
  readonly algorithm: string | undefined;
  /** X.509 in DER, the key's own certificate first; empty where none came with it. */
  readonly certificates: readonly Uint8Array[];
  /** Made by this process for trying out; gone when it ends. */
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
