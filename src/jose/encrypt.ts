/**
 * @module
 * Encrypts a token in JWE compact serialization (RFC 7516 sections 3.1 and 5.1).
 *
 * node:crypto encrypts, not the `jose` package: it is synchronous, costs a quarter, and has RSA1_5
 * (docs/decisions/0020).
 */
import type { KeyObject } from 'node:crypto';
import { MintError } from '../diagnostics/mint-error.ts';
import type { ContentEncryption } from './content-encryption.ts';
import type { HeaderParameters, KeyManagement, PasswordOptions } from './key-management.ts';
import { type Randomness, systemRandomness } from './randomness.ts';

/**
 * Encrypts `plaintext`.
 *
 * @param encodeHeader makes the protected header in base64url, with the parameters that the key management adds
 */
export type Encrypt = (encodeHeader: (parameters: HeaderParameters) => string, plaintext: string) => string;

export interface Recipient {
  readonly management: KeyManagement;
  readonly content: ContentEncryption;
  readonly key: KeyObject;
  /** Whether the plaintext is compressed. The header must have `zip: DEF` then. */
  readonly compress?: boolean;
  readonly password?: PasswordOptions;
}

/** Apigee's defaults. Only Apigee has PBES2. */
const defaultPasswordOptions: PasswordOptions = { saltBytes: 8, iterations: 10_000 };

/** An encrypter for a key that `checkRecipientKey` accepted. */
export function createEncrypter(recipient: Recipient, randomness: Randomness = systemRandomness): Encrypt {
  const { management, content, key, compress = false, password = defaultPasswordOptions } = recipient;
  const makeContentKey = management.createContentKeys({ content, key, randomness, password });
  return (encodeHeader, plaintext) => {
    const bytes = compress ? deflate(Buffer.from(plaintext, 'utf8')) : Buffer.from(plaintext, 'utf8');
    const { key: cek, encryptedKey, parameters } = makeContentKey();
    const header = encodeHeader(parameters);
    const { iv, ciphertext, tag } = content.seal(cek, bytes, header, randomness);
    const parts = [iv, ciphertext, tag].map((part) => part.toString('base64url'));
    return [header, encryptedKey, ...parts].join('.');
  };
}

/** Recipients limit what they decompress; this is the limit of the `jose` package. */
const maxCompressedBytes = 250_000;

function deflate(plaintext: Buffer): Buffer {
  if (plaintext.length > maxCompressedBytes) {
    const message = `The content has more than ${maxCompressedBytes} bytes. Recipients refuse compressed tokens of this size.`;
    throw new MintError('jose.too-long-to-compress', message);
  }
  return process.getBuiltinModule('node:zlib').deflateRawSync(plaintext);
}
