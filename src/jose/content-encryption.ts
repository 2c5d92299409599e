/**
 * @module
 * Content encryption algorithms, one row each (RFC 7518 section 5). A function makes the rows of each family.
 */
import { createCipheriv, createDecipheriv, createHmac, timingSafeEqual } from 'node:crypto';
import type { Randomness } from './randomness.ts';

export interface Sealed {
  readonly iv: Buffer;
  readonly ciphertext: Buffer;
  readonly tag: Buffer;
}

export interface ContentEncryption {
  readonly name: string;
  readonly keyBytes: number;
  /**
   * Encrypts the content with a key of `keyBytes`.
   *
   * @param authenticated the protected header in base64url, which the tag covers too
   */
  seal(key: Buffer, plaintext: Buffer, authenticated: string, randomness: Randomness): Sealed;
  /** Decrypts what `seal` made. @throws Error if anything of it was changed, or the key is another */
  open(key: Buffer, sealed: Sealed, authenticated: string): Buffer;
}

/**
 * AES in CBC mode with an HMAC (section 5.2). The first half of the key authenticates, the second encrypts, and half of
 * the HMAC is the tag.
 */
function cbcHmac(name: string, cipherName: string, hash: string, keyBytes: number): ContentEncryption {
  const half = keyBytes / 2;
  const tagOf = (key: Buffer, { iv, ciphertext }: Omit<Sealed, 'tag'>, authenticated: string): Buffer => {
    const covered = Buffer.from(authenticated, 'latin1');
    const coveredBits = Buffer.alloc(8);
    coveredBits.writeBigUInt64BE(BigInt(covered.length) * 8n);
    const mac = createHmac(hash, key.subarray(0, half));
    return mac.update(covered).update(iv).update(ciphertext).update(coveredBits).digest().subarray(0, half);
  };
  return {
    name,
    keyBytes,
    seal(key, plaintext, authenticated, randomness) {
      const iv = randomness.bytes(16);
      const cipher = createCipheriv(cipherName, key.subarray(half), iv);
      const ciphertext = Buffer.concat([cipher.update(plaintext), cipher.final()]);
      return { iv, ciphertext, tag: tagOf(key, { iv, ciphertext }, authenticated) };
    },
    open(key, sealed, authenticated) {
      if (!timingSafeEqual(tagOf(key, sealed, authenticated), sealed.tag)) throw new Error('the tag does not match');
      const cipher = createDecipheriv(cipherName, key.subarray(half), sealed.iv);
      return Buffer.concat([cipher.update(sealed.ciphertext), cipher.final()]);
    },
  };
}

export type GcmCipher = 'aes-128-gcm' | 'aes-192-gcm' | 'aes-256-gcm';

/** AES in Galois/Counter mode (section 5.3). */
function gcm(name: string, cipher: GcmCipher, keyBytes: number): ContentEncryption {
  return {
    name,
    keyBytes,
    seal: (key, plaintext, authenticated, randomness) => sealGcm(cipher, key, plaintext, authenticated, randomness),
    open(key, { iv, ciphertext, tag }, authenticated) {
      const decipher = createDecipheriv(cipher, key, iv, { authTagLength: 16 });
      decipher.setAAD(Buffer.from(authenticated, 'latin1')).setAuthTag(tag);
      return Buffer.concat([decipher.update(ciphertext), decipher.final()]);
    },
  };
}

/** AES-GCM with a random IV of 96 bits. */
export function sealGcm(
  cipherName: GcmCipher,
  key: Buffer,
  plaintext: Buffer,
  authenticated: string,
  randomness: Randomness,
): Sealed {
  const iv = randomness.bytes(12);
  const cipher = createCipheriv(cipherName, key, iv);
  cipher.setAAD(Buffer.from(authenticated, 'latin1'));
  const ciphertext = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  return { iv, ciphertext, tag: cipher.getAuthTag() };
}

const rows: readonly ContentEncryption[] = [
  cbcHmac('A128CBC-HS256', 'aes-128-cbc', 'sha256', 32),
  cbcHmac('A192CBC-HS384', 'aes-192-cbc', 'sha384', 48),
  cbcHmac('A256CBC-HS512', 'aes-256-cbc', 'sha512', 64),
  gcm('A128GCM', 'aes-128-gcm', 16),
  gcm('A192GCM', 'aes-192-gcm', 24),
  gcm('A256GCM', 'aes-256-gcm', 32),
];

export const contentEncryptions: ReadonlyMap<string, ContentEncryption> = new Map(rows.map((row) => [row.name, row]));
