/**
 * @module
 * Makes the key that follows another one: for an algorithm, and of the same size as the other.
 */
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { SignatureAlgorithm } from '../jose/signature-algorithms.ts';
import { type HeldKey, heldKey } from './held-key.ts';

/** @param before the key that it follows; undefined if it is the first */
export function successorKey(algorithm: SignatureAlgorithm, before: KeyObject | undefined): HeldKey {
  return heldKey(likeKey(before) ?? algorithm.generateKey());
}

function likeKey(before: KeyObject | undefined): KeyObject | undefined {
  // An RSA key that is restricted to PSS has a length too; the next one is a plain RSA key, which a JWK can hold.
  const modulusLength = before?.asymmetricKeyDetails?.modulusLength;
  if (modulusLength !== undefined && modulusLength > 2048) {
    return generateKeyPairSync('rsa', { modulusLength }).privateKey;
  }
  return before?.asymmetricKeyType === 'ed448' ? generateKeyPairSync('ed448').privateKey : undefined;
}
