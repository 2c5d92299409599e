/**
 * @module
 * Decrypts a token with a recipient's key, by the `jose` package. `jose` has dropped RSA1_5; node:crypto opens these.
 */
import { constants, type KeyObject, privateDecrypt } from 'node:crypto';
import { inflateRawSync } from 'node:zlib';
import { compactDecrypt } from 'jose/jwe/compact/decrypt';
import { contentEncryptions } from './content-encryption.ts';
import type { EncryptedToken } from './token-parts.ts';

/** A token chooses how often its password is hashed. A million iterations take about a second. */
export const maxPasswordIterations = 1_000_000;

/** The limit of the `jose` package, and so of mintproc's own tokens. */
const maxInflatedBytes = 250_000;

/** `key`: it does not open the token. `iterations`: the token asks for too many iterations of its password. */
export type Opening =
  | { readonly ok: true; readonly content: Buffer; readonly by: 'jose' | 'node:crypto' }
  | { readonly ok: false; readonly reason: 'key' | 'iterations' };

/** How often a key of the token costs the hash of a password; 0 if it is not for a password. */
export function passwordIterations({ header: { alg, p2c } }: EncryptedToken): number {
  return typeof alg === 'string' && alg.startsWith('PBES2') ? Number(p2c) || 0 : 0;
}

/** @param key a private key or a secret */
export async function openToken(token: EncryptedToken, key: KeyObject): Promise<Opening> {
  const { alg } = token.header;
  if (typeof alg !== 'string') return { ok: false, reason: 'key' };
  if (passwordIterations(token) > maxPasswordIterations) return { ok: false, reason: 'iterations' };
  try {
    if (alg === 'RSA1_5') return { ok: true, content: openRsa15(token, key), by: 'node:crypto' };
    const { plaintext } = await compactDecrypt(token.text, key, {
      keyManagementAlgorithms: [alg],
      maxPBES2Count: maxPasswordIterations,
    });
    return { ok: true, content: Buffer.from(plaintext), by: 'jose' };
  } catch {
    return { ok: false, reason: 'key' };
  }
}

/** RFC 7518 section 4.2. @throws Error */
function openRsa15({ header, headerText, encryptedKey, iv, ciphertext, tag }: EncryptedToken, key: KeyObject): Buffer {
  const encryption = typeof header['enc'] === 'string' ? contentEncryptions.get(header['enc']) : undefined;
  if (encryption === undefined) throw new Error('unknown content encryption');
  // OpenSSL takes a number without its leading zeros, too (RFC 8017 section 7.2.2, step 1).
  const size = Math.ceil((key.asymmetricKeyDetails?.modulusLength ?? 0) / 8);
  if (encryptedKey.length !== size) throw new Error('the encrypted key has another length');
  const contentKey = privateDecrypt({ key, padding: constants.RSA_PKCS1_PADDING }, encryptedKey);
  if (contentKey.length !== encryption.keyBytes) throw new Error('the content key has another length');
  const content = encryption.open(contentKey, { iv, ciphertext, tag }, headerText);
  return header['zip'] === 'DEF' ? inflateRawSync(content, { maxOutputLength: maxInflatedBytes }) : content;
}
