/**
 * @module
 * Makes a key for an algorithm.
 */
import type { SignatureAlgorithm } from '../../jose/signature-algorithms.ts';
import type { NewPolicy } from './new-policy.ts';

/** A private key in PEM; for HMAC, a random secret as text. */
export function newKey(name: string, algorithm: SignatureAlgorithm): NonNullable<NewPolicy['key']> {
  const key = algorithm.generateKey();
  if (key.type === 'secret') {
    return { path: `keys/${name}.secret`, bytes: Buffer.from(key.export().toString('base64url')) };
  }
  return { path: `keys/${name}.pem`, bytes: Buffer.from(key.export({ type: 'pkcs8', format: 'pem' })) };
}
