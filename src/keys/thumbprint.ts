/**
 * @module
 * The name that a key has by itself: its RFC 7638 thumbprint.
 */
import { createHash, createPublicKey, type KeyObject } from 'node:crypto';

/** The members that are hashed, in that order (RFC 7638 section 3.2, RFC 8037 section 2, RFC 9964 section 6). */
const members: Readonly<Record<string, readonly string[]>> = {
  AKP: ['alg', 'kty', 'pub'],
  EC: ['crv', 'kty', 'x', 'y'],
  OKP: ['crv', 'kty', 'x'],
  RSA: ['e', 'kty', 'n'],
};

/** The public members of a key's JWK; undefined for secrets and for RSA keys bound to PSS, which JWK has no form for. */
export function publicMembers(key: KeyObject): Readonly<Record<string, unknown>> | undefined {
  if (key.type === 'secret' || key.asymmetricKeyType === 'rsa-pss') return undefined;
  const publicKey = key.type === 'private' ? createPublicKey(key) : key;
  return { ...publicKey.export({ format: 'jwk' }) };
}

/** SHA-256, base64url. A secret has none: a digest of a short secret would help to guess it. */
export function thumbprintOf(key: KeyObject): string | undefined {
  const jwk = publicMembers(key);
  if (jwk === undefined) return undefined;
  const hashed = (members[String(jwk['kty'])] ?? []).map((name) => [name, jwk[name]]);
  return createHash('sha256')
    .update(JSON.stringify(Object.fromEntries(hashed)))
    .digest('base64url');
}
