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
  const modulusLength = before?.asymmetricKeyDetails?.modulusLength;
  if (before?.asymmetricKeyType === 'rsa' && modulusLength !== undefined && modulusLength > 2048) {
    return generateKeyPairSync('rsa', { modulusLength }).privateKey;
  }
  return before?.asymmetricKeyType === 'ed448' ? generateKeyPairSync('ed448').privateKey : undefined;
}
