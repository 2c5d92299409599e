/**
 * @module
 * Verifies a signature by the `jose` package, and by node:crypto where `jose` cannot: Ed448, and RSA keys that are
 * bound to PSS.
 */
import { createPublicKey, type KeyObject } from 'node:crypto';
import { compactVerify } from 'jose/jws/compact/verify';
import { type KeyFinding, keyError } from './key-finding.ts';
import type { SignatureAlgorithm } from './signature-algorithms.ts';
import type { SignedToken } from './token-parts.ts';

/** `refused`: the verifier does not accept the key for this algorithm. */
export type SignatureVerdict = 'right' | 'wrong' | 'refused';

/** @param key a secret, or a public or private key that `checkVerifyingKey` accepts */
export async function verifySignature(
  token: SignedToken,
  algorithm: SignatureAlgorithm,
  key: KeyObject,
): Promise<SignatureVerdict> {
  const verifier = key.type === 'private' ? createPublicKey(key) : key;
  const verify = algorithm.verifierFor?.(verifier);
  try {
    if (verify !== undefined) {
      return verify(Buffer.from(token.signingInput, 'latin1'), verifier, token.signature) ? 'right' : 'wrong';
    }
    await compactVerify(token.text, verifier, { algorithms: [algorithm.name] });
    return 'right';
  } catch (error) {
    const isWrong = error instanceof Error && 'code' in error && error.code === 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED';
    return isWrong ? 'wrong' : 'refused';
  }
}

/** What is wrong with a key that should verify signatures of this algorithm; undefined if it can. */
export function checkVerifyingKey(algorithm: SignatureAlgorithm, key: KeyObject): KeyFinding | undefined {
  const { name, keyKind, keyTypes } = algorithm;
  const type = key.asymmetricKeyType ?? 'oct';
  if (!keyTypes.includes(type)) {
    const needed = keyKind === 'secret' ? 'a secret' : `a key of type ${keyTypes.join(' or ')}`;
    const found = key.type === 'secret' ? 'a secret' : `a ${key.type} key of type ${type}`;
    return keyError('jose.wrong-key-type', `${name} needs ${needed}; this is ${found}.`);
  }
  return algorithm.checkKey(key).find(({ severity }) => severity === 'error');
}
