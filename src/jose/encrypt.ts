/**
 * @module
 * Encrypts a token in JWE compact serialisation (RFC 7516 sections 3.1 and 5.1).
 *
 * node:crypto and not the `jose` package: it is synchronous, costs a quarter, and has RSA1_5 (docs/decisions/0020).
 */
import type { KeyObject } from 'node:crypto';
import { MintError } from '../diagnostics/mint-error.ts';
import { sealContent } from './content-encryption.ts';
import type { ContentEncryption, KeyManagement } from './encryption-algorithms.ts';
import {
  createContentKeys,
  defaultPasswordOptions,
  type HeaderParameters,
  type PasswordOptions,
} from './key-management.ts';
import { type Randomness, systemRandomness } from './randomness.ts';

/**
 * Encrypts `plaintext`.
 *
 * @param encodeHeader the protected header in base64url, given what the key management adds to it
 */
export type Encrypt = (encodeHeader: (parameters: HeaderParameters) => string, plaintext: string) => string;

export interface Recipient {
  readonly management: KeyManagement;
  readonly content: ContentEncryption;
  readonly key: KeyObject;
  /** Whether the plaintext is compressed: the header must say `zip: DEF`. */
  readonly compress?: boolean;
  readonly password?: PasswordOptions;
}

/** An encrypter for a key that `checkRecipientKey` found fit. */
export function createEncrypter(recipient: Recipient, randomness: Randomness = systemRandomness): Encrypt {
  const { management, content, key, compress = false, password = defaultPasswordOptions } = recipient;
  const makeContentKey = createContentKeys(management, content, key, randomness, password);
  return (encodeHeader, plaintext) => {
    const bytes = compress ? deflate(Buffer.from(plaintext, 'utf8')) : Buffer.from(plaintext, 'utf8');
    const { key: cek, encryptedKey, parameters } = makeContentKey();
    const header = encodeHeader(parameters);
    const { iv, ciphertext, tag } = sealContent(content, cek, bytes, header, randomness);
    const parts = [iv, ciphertext, tag].map((part) => part.toString('base64url'));
    return [header, encryptedKey, ...parts].join('.');
  };
}

/** Recipients bound what they inflate; `jose` stops here. */
export const longestCompressed = 250_000;

function deflate(plaintext: Buffer): Buffer {
  if (plaintext.length > longestCompressed) {
    const message = `The content has more than ${longestCompressed} bytes, and compressed tokens of that size are refused.`;
    throw new MintError('jose.too-long-to-compress', message);
  }
  return process.getBuiltinModule('node:zlib').deflateRawSync(plaintext);
}
