/**
 * @module
 * Authenticated encryption of a token's content (RFC 7518 sections 5.2 and 5.3).
 */
import { createCipheriv, createHmac } from 'node:crypto';
import type { CbcHmacContent, ContentEncryption, GcmContent } from './encryption-algorithms.ts';
import type { Randomness } from './randomness.ts';

export interface Sealed {
  readonly iv: Buffer;
  readonly ciphertext: Buffer;
  readonly tag: Buffer;
}

/**
 * Encrypts the content with a key of the row's size.
 *
 * @param authenticated the protected header in base64url, which the tag covers too
 */
export function sealContent(
  content: ContentEncryption,
  key: Buffer,
  plaintext: Buffer,
  authenticated: string,
  randomness: Randomness,
): Sealed {
  const covered = Buffer.from(authenticated, 'latin1');
  return content.family === 'gcm'
    ? sealGcm(content, key, plaintext, covered, randomness)
    : sealCbc(content, key, plaintext, covered, randomness);
}

function sealGcm(
  { cipher: name }: Pick<GcmContent, 'cipher'>,
  key: Buffer,
  plaintext: Buffer,
  covered: Buffer,
  randomness: Randomness,
): Sealed {
  const iv = randomness.bytes(12);
  const cipher = createCipheriv(name, key, iv);
  cipher.setAAD(covered);
  const ciphertext = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  return { iv, ciphertext, tag: cipher.getAuthTag() };
}

/** Section 5.2.2.1: the first half of the key authenticates, the second encrypts, and half of the HMAC is the tag. */
function sealCbc(
  content: CbcHmacContent,
  key: Buffer,
  plaintext: Buffer,
  covered: Buffer,
  randomness: Randomness,
): Sealed {
  const half = content.keyBytes / 2;
  const iv = randomness.bytes(16);
  const cipher = createCipheriv(content.cipher, key.subarray(half), iv);
  const ciphertext = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  const coveredBits = Buffer.alloc(8);
  coveredBits.writeBigUInt64BE(BigInt(covered.length) * 8n);
  const hmac = createHmac(content.hash, key.subarray(0, half));
  hmac.update(covered).update(iv).update(ciphertext).update(coveredBits);
  return { iv, ciphertext, tag: hmac.digest().subarray(0, half) };
}

const nothing = Buffer.alloc(0);

/** Wraps a key by AES-GCM (RFC 7518 section 4.7): encrypted as content is, with nothing else covered. */
export function sealKey(row: Pick<GcmContent, 'cipher'>, key: Buffer, cek: Buffer, randomness: Randomness): Sealed {
  return sealGcm(row, key, cek, nothing, randomness);
}
