/**
 * @module
 * The content's key and how it reaches the recipient (RFC 7518 section 4). The way is chosen once, when a policy loads.
 */
import { constants, createCipheriv, diffieHellman, type KeyObject, pbkdf2Sync, publicEncrypt } from 'node:crypto';
import type { JsonValue } from '../diagnostics/json.ts';
import { concatKdf } from './concat-kdf.ts';
import { sealKey } from './content-encryption.ts';
import type {
  AgreementManagement,
  ContentEncryption,
  GcmWrapManagement,
  KeyManagement,
  KeyWrap,
  PasswordManagement,
  RsaManagement,
} from './encryption-algorithms.ts';
import type { Randomness } from './randomness.ts';

/** Header parameters that the key management adds, in the order in which they are written. */
export type HeaderParameters = readonly (readonly [name: string, value: JsonValue])[];

export interface ContentKey {
  readonly key: Buffer;
  /** In base64url; empty where the recipient has the key already or derives it. */
  readonly encryptedKey: string;
  readonly parameters: HeaderParameters;
}

/** The content's key for one token. */
export type MakeContentKey = () => ContentKey;

/** What a policy may choose of PBES2; RFC 7518 section 4.8.1 asks for a salt of 8 bytes and 1000 iterations at least. */
export interface PasswordOptions {
  readonly saltBytes: number;
  readonly iterations: number;
}

/** Apigee's defaults; the only vendor that offers PBES2. */
export const defaultPasswordOptions: PasswordOptions = { saltBytes: 8, iterations: 10_000 };

/** For a key that `checkRecipientKey` found fit for both algorithms. */
export function createContentKeys(
  management: KeyManagement,
  content: ContentEncryption,
  key: KeyObject,
  randomness: Randomness,
  password: PasswordOptions,
): MakeContentKey {
  switch (management.family) {
    case 'dir': {
      const secret = key.export();
      return () => ({ key: secret, encryptedKey: '', parameters: none });
    }
    case 'rsa':
      return byRsa(management, content, key, randomness);
    case 'aes-kw': {
      const secret = key.export();
      return () => {
        const cek = randomness.bytes(content.keyBytes);
        return { key: cek, encryptedKey: wrapKey(management.wrap, secret, cek), parameters: none };
      };
    }
    case 'aes-gcm-kw':
      return byGcm(management, content, key.export(), randomness);
    case 'pbes2':
      return byPassword(management, content, key.export(), randomness, password);
    case 'ecdh':
      return byAgreement(management, content, key, randomness);
  }
}

const none: HeaderParameters = [];

/** RFC 3394 section 2.2.3.1: the initial value of AES key wrap. */
const wrapStart = Buffer.alloc(8, 0xa6);

function wrapKey({ cipher: name }: KeyWrap, secret: Buffer, cek: Buffer): string {
  const cipher = createCipheriv(name, secret, wrapStart);
  return Buffer.concat([cipher.update(cek), cipher.final()]).toString('base64url');
}

function byRsa(
  { oaepHash }: RsaManagement,
  content: ContentEncryption,
  key: KeyObject,
  randomness: Randomness,
): MakeContentKey {
  const recipient =
    oaepHash === undefined
      ? { key, padding: constants.RSA_PKCS1_PADDING }
      : { key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash };
  return () => {
    const cek = randomness.bytes(content.keyBytes);
    return { key: cek, encryptedKey: publicEncrypt(recipient, cek).toString('base64url'), parameters: none };
  };
}

/** Section 4.7. The 96 bits of the IV are random, so one key is good for 2³² tokens (section 8.4). */
function byGcm(
  management: GcmWrapManagement,
  content: ContentEncryption,
  secret: Buffer,
  randomness: Randomness,
): MakeContentKey {
  return () => {
    const cek = randomness.bytes(content.keyBytes);
    const { iv, ciphertext, tag } = sealKey(management, secret, cek, randomness);
    const parameters: HeaderParameters = [
      ['iv', iv.toString('base64url')],
      ['tag', tag.toString('base64url')],
    ];
    return { key: cek, encryptedKey: ciphertext.toString('base64url'), parameters };
  };
}

/**
 * Section 4.8. The salt must be new for every token, so nothing of the derivation can be done beforehand: its iterations
 * are the price of each token, milliseconds where other algorithms take microseconds.
 */
function byPassword(
  management: PasswordManagement,
  content: ContentEncryption,
  secret: Buffer,
  randomness: Randomness,
  { saltBytes, iterations }: PasswordOptions,
): MakeContentKey {
  const { name, hash, wrap } = management;
  const saltStart = Buffer.from(`${name}\0`, 'latin1');
  return () => {
    const cek = randomness.bytes(content.keyBytes);
    const salt = randomness.bytes(saltBytes);
    const derived = pbkdf2Sync(secret, Buffer.concat([saltStart, salt]), iterations, wrap.keyBytes, hash);
    const parameters: HeaderParameters = [
      ['p2s', salt.toString('base64url')],
      ['p2c', iterations],
    ];
    return { key: cek, encryptedKey: wrapKey(wrap, derived, cek), parameters };
  };
}

/** Section 4.6: the key pair must be new for every token. */
function byAgreement(
  { name, wrap }: AgreementManagement,
  content: ContentEncryption,
  recipient: KeyObject,
  randomness: Randomness,
): MakeContentKey {
  const algorithmId = wrap === undefined ? content.name : name;
  const keyBytes = (wrap ?? content).keyBytes;
  return () => {
    const ephemeral = randomness.keyPairLike(recipient);
    const secret = diffieHellman({ privateKey: ephemeral.privateKey, publicKey: recipient });
    const agreed = concatKdf(secret, keyBytes, algorithmId);
    const parameters: HeaderParameters = [['epk', publicJwk(ephemeral.publicKey)]];
    if (wrap === undefined) return { key: agreed, encryptedKey: '', parameters };
    const cek = randomness.bytes(content.keyBytes);
    return { key: cek, encryptedKey: wrapKey(wrap, agreed, cek), parameters };
  };
}

function publicJwk(key: KeyObject): JsonValue {
  const { kty = '', crv = '', x = '', y } = key.export({ format: 'jwk' });
  return y === undefined ? { kty, crv, x } : { kty, crv, x, y };
}
