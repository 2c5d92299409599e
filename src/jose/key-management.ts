/**
 * @module
 * Key management algorithms: how the content's key reaches the recipient (RFC 7518 section 4). A function makes the
 * rows of each family: which keys fit, what a JWK may say of them, and how they protect the content's key. A policy's
 * algorithm is looked up once, when it loads; the rest of mintproc uses its row and knows no families. A new family is
 * a function and its rows in the table below.
 */
import {
  constants,
  createCipheriv,
  createSecretKey,
  diffieHellman,
  generateKeyPairSync,
  type KeyObject,
  pbkdf2Sync,
  publicEncrypt,
  randomBytes,
} from 'node:crypto';
import type { JsonValue } from '../diagnostics/json.ts';
import { concatKdf } from './concat-kdf.ts';
import { type ContentEncryption, type GcmCipher, sealGcm } from './content-encryption.ts';
import { checkRsaSize, type KeyFinding, keyError, keyWarning, minimumRsaBits } from './key-finding.ts';
import type { Randomness } from './randomness.ts';

/** Header parameters that the key management adds, in the order in which they are written. */
export type HeaderParameters = readonly (readonly [name: string, value: JsonValue])[];

export interface ContentKey {
  readonly key: Buffer;
  /** In base64url; empty if the recipient has the key already or derives it. */
  readonly encryptedKey: string;
  readonly parameters: HeaderParameters;
}

/** The content's key for one token. */
export type MakeContentKey = () => ContentKey;

/**
 * What a policy may choose of PBES2; RFC 7518 section 4.8.1 requires a salt of at least 8 bytes and 1000 iterations.
 */
export interface PasswordOptions {
  readonly saltBytes: number;
  readonly iterations: number;
}

/** What makes the keys for the content of a policy's tokens. */
export interface ContentKeyInputs {
  readonly content: ContentEncryption;
  /** The recipient's key. `checkRecipientKey` accepted it. */
  readonly key: KeyObject;
  readonly randomness: Randomness;
  readonly password: PasswordOptions;
}

export interface KeyManagement {
  readonly name: string;
  /** What a token is encrypted to. */
  readonly keyKind: 'secret' | 'public';
  /** Such a key in a message, with its article. */
  readonly keyName: string;
  /** What `key_ops` of a JWK may call this use (RFC 7517 section 4.3). */
  readonly keyOperations: readonly string[];
  /** Whether the key encrypts the content itself: then `alg` of its JWK may name the content encryption. */
  readonly isDirect: boolean;
  /** The problems of a key of the right kind: its type, its curve, its size. */
  checkKey(key: KeyObject, content: ContentEncryption): readonly KeyFinding[];
  /** A new private key or secret that fits: what is encrypted to it, or to its public half, can be opened with it. */
  generateKey(content: ContentEncryption): KeyObject;
  createContentKeys(inputs: ContentKeyInputs): MakeContentKey;
}

const noParameters: HeaderParameters = [];

/** Sections 4.2 and 4.3. @param oaepHash the hash of OAEP; undefined for the padding of PKCS #1 version 1.5 */
function rsa(name: string, oaepHash: string | undefined): KeyManagement {
  const { RSA_PKCS1_PADDING: pkcs1, RSA_PKCS1_OAEP_PADDING: oaep } = constants;
  const scheme = oaepHash === undefined ? { padding: pkcs1 } : { padding: oaep, oaepHash };
  return {
    name,
    keyKind: 'public',
    keyName: "the recipient's public key",
    keyOperations: ['encrypt', 'wrapKey'],
    isDirect: false,
    checkKey: (key) => checkRsa(name, key, oaepHash === undefined),
    generateKey: () => generateKeyPairSync('rsa', { modulusLength: minimumRsaBits }).privateKey,
    createContentKeys({ content, key, randomness }) {
      const recipient = { key, ...scheme };
      return () => {
        const cek = randomness.bytes(content.keyBytes);
        const encryptedKey = publicEncrypt(recipient, cek).toString('base64url');
        return { key: cek, encryptedKey, parameters: noParameters };
      };
    },
  };
}

function checkRsa(name: string, key: KeyObject, isPkcs1: boolean): readonly KeyFinding[] {
  const type = key.asymmetricKeyType ?? 'unknown';
  if (type !== 'rsa') {
    return [keyError('jose.wrong-key-type', `${name} encrypts to an RSA key; this is a key of type ${type}.`)];
  }
  const findings = checkRsaSize(name, key);
  if (!isPkcs1) return findings;
  const message = `${name} allows padding oracle attacks on a recipient that answers bad padding differently.`;
  const suggestion = 'Change to RSA-OAEP-256 if the recipient supports it (RFC 8725 section 3.2).';
  return [...findings, keyWarning('jose.rsa1-5', message, suggestion)];
}

/** Section 4.6: key agreement. @param wrap undefined if the agreed key encrypts the content itself */
function ecdhEs(name: string, wrap: KeyWrap | undefined): KeyManagement {
  return {
    name,
    keyKind: 'public',
    keyName: "the recipient's public key",
    keyOperations: ['deriveKey', 'deriveBits'],
    isDirect: false,
    checkKey: (key) => checkAgreementKey(name, key),
    generateKey: () => generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey,
    createContentKeys({ content, key: recipient, randomness }) {
      const algorithmId = wrap === undefined ? content.name : name;
      const { keyBytes } = wrap ?? content;
      return () => {
        // The key pair must be new for every token.
        const ephemeral = randomness.keyPairLike(recipient);
        const secret = diffieHellman({ privateKey: ephemeral.privateKey, publicKey: recipient });
        const agreed = concatKdf(secret, keyBytes, algorithmId);
        const parameters: HeaderParameters = [['epk', publicJwk(ephemeral.publicKey)]];
        if (wrap === undefined) return { key: agreed, encryptedKey: '', parameters };
        const cek = randomness.bytes(content.keyBytes);
        return { key: cek, encryptedKey: wrapKey(wrap, agreed, cek), parameters };
      };
    },
  };
}

const agreementCurves = new Set(['prime256v1', 'secp384r1', 'secp521r1']);

function checkAgreementKey(name: string, key: KeyObject): readonly KeyFinding[] {
  const type = key.asymmetricKeyType ?? 'unknown';
  if (type === 'x25519' || type === 'x448') return [];
  if (type !== 'ec') {
    const message = `${name} encrypts to an EC, X25519 or X448 key; this is a key of type ${type}.`;
    return [keyError('jose.wrong-key-type', message)];
  }
  const curve = key.asymmetricKeyDetails?.namedCurve ?? 'an unnamed curve';
  if (agreementCurves.has(curve)) return [];
  return [keyError('jose.wrong-curve', `${name} needs a key on P-256, P-384 or P-521; this one is on ${curve}.`)];
}

/** The members that `epk` must have, in this order. */
function publicJwk(key: KeyObject): JsonValue {
  const { kty = '', crv = '', x = '', y } = key.export({ format: 'jwk' });
  return y === undefined ? { kty, crv, x } : { kty, crv, x, y };
}

/** Section 4.5: the secret itself encrypts the content. */
const direct: KeyManagement = {
  name: 'dir',
  keyKind: 'secret',
  keyName: 'a secret',
  keyOperations: ['encrypt'],
  isDirect: true,
  checkKey: (key, content) => checkSecretSize(`dir with ${content.name}`, content.keyBytes, key),
  generateKey: ({ keyBytes }) => createSecretKey(randomBytes(keyBytes)),
  createContentKeys({ key }) {
    const secret = key.export();
    return () => ({ key: secret, encryptedKey: '', parameters: noParameters });
  },
};

function checkSecretSize(use: string, bytes: number, key: KeyObject): readonly KeyFinding[] {
  const size = key.symmetricKeySize ?? 0;
  if (size === bytes) return [];
  return [keyError('jose.wrong-key-length', `${use} needs a secret of exactly ${bytes} bytes; this one has ${size}.`)];
}

interface KeyWrap {
  /** By its OpenSSL name. */
  readonly cipher: string;
  readonly keyBytes: number;
}

const wrap128: KeyWrap = { cipher: 'id-aes128-wrap', keyBytes: 16 };
const wrap192: KeyWrap = { cipher: 'id-aes192-wrap', keyBytes: 24 };
const wrap256: KeyWrap = { cipher: 'id-aes256-wrap', keyBytes: 32 };

/** Section 4.4: AES key wrap (RFC 3394). */
function aesKw(name: string, wrap: KeyWrap): KeyManagement {
  return {
    name,
    keyKind: 'secret',
    keyName: 'a secret',
    keyOperations: ['wrapKey', 'encrypt'],
    isDirect: false,
    checkKey: (key) => checkSecretSize(name, wrap.keyBytes, key),
    generateKey: () => createSecretKey(randomBytes(wrap.keyBytes)),
    createContentKeys({ content, key, randomness }) {
      const secret = key.export();
      return () => {
        const cek = randomness.bytes(content.keyBytes);
        return { key: cek, encryptedKey: wrapKey(wrap, secret, cek), parameters: noParameters };
      };
    },
  };
}

/** RFC 3394 section 2.2.3.1: the initial value of AES key wrap. */
const wrapStart = Buffer.alloc(8, 0xa6);

function wrapKey({ cipher: name }: KeyWrap, secret: Buffer, cek: Buffer): string {
  const cipher = createCipheriv(name, secret, wrapStart);
  return Buffer.concat([cipher.update(cek), cipher.final()]).toString('base64url');
}

/** Section 4.7. The 96 bits of the IV are random, so one key is good for 2³² tokens (section 8.4). */
function aesGcmKw(name: string, cipher: GcmCipher, keyBytes: number): KeyManagement {
  return {
    name,
    keyKind: 'secret',
    keyName: 'a secret',
    keyOperations: ['wrapKey', 'encrypt'],
    isDirect: false,
    checkKey: (key) => checkSecretSize(name, keyBytes, key),
    generateKey: () => createSecretKey(randomBytes(keyBytes)),
    createContentKeys({ content, key, randomness }) {
      const secret = key.export();
      return () => {
        const cek = randomness.bytes(content.keyBytes);
        const { iv, ciphertext, tag } = sealGcm(cipher, secret, cek, '', randomness);
        const parameters: HeaderParameters = [
          ['iv', iv.toString('base64url')],
          ['tag', tag.toString('base64url')],
        ];
        return { key: cek, encryptedKey: ciphertext.toString('base64url'), parameters };
      };
    },
  };
}

/**
 * Section 4.8: a key derived from a password wraps the content's key. The salt must be new for every token, so that no
 * part of the derivation can be done beforehand. Its iterations cost each token milliseconds or more; other algorithms
 * take microseconds.
 */
function pbes2(name: string, hash: string, wrap: KeyWrap): KeyManagement {
  return {
    name,
    keyKind: 'secret',
    keyName: 'a password',
    keyOperations: ['deriveKey', 'deriveBits', 'wrapKey', 'encrypt'],
    isDirect: false,
    checkKey: (key) => checkPassword(name, key),
    generateKey: () => createSecretKey(randomBytes(generatedPasswordBytes)),
    createContentKeys({ content, key, randomness, password: { saltBytes, iterations } }) {
      const password = key.export();
      const saltStart = Buffer.from(`${name}\0`, 'latin1');
      return () => {
        const cek = randomness.bytes(content.keyBytes);
        const salt = randomness.bytes(saltBytes);
        const derived = pbkdf2Sync(password, Buffer.concat([saltStart, salt]), iterations, wrap.keyBytes, hash);
        const parameters: HeaderParameters = [
          ['p2s', salt.toString('base64url')],
          ['p2c', iterations],
        ];
        return { key: cek, encryptedKey: wrapKey(wrap, derived, cek), parameters };
      };
    },
  };
}

/** NIST SP 800-132 section 5: a key derived from a password is as strong as the password. */
const minPasswordBytes = 12;

const generatedPasswordBytes = 32;

function checkPassword(name: string, key: KeyObject): readonly KeyFinding[] {
  const size = key.symmetricKeySize ?? 0;
  if (size === 0) return [keyError('jose.empty-secret', 'The password is empty.')];
  const slow = keyWarning(
    'jose.slow-encryption',
    `${name} derives a key for each token. This takes milliseconds with 10,000 iterations, and tens of milliseconds with 100,000. mintproc answers no other request meanwhile.`,
    'Change to A256KW or RSA-OAEP-256, which take microseconds, if the recipient supports them.',
  );
  if (size >= minPasswordBytes) return [slow];
  const message = `The password for ${name} has ${size} bytes, which is short enough to be guessed.`;
  return [slow, keyWarning('jose.short-secret', message)];
}

const rows: readonly KeyManagement[] = [
  rsa('RSA1_5', undefined),
  rsa('RSA-OAEP', 'sha1'),
  rsa('RSA-OAEP-256', 'sha256'),
  direct,
  aesKw('A128KW', wrap128),
  aesKw('A192KW', wrap192),
  aesKw('A256KW', wrap256),
  aesGcmKw('A128GCMKW', 'aes-128-gcm', 16),
  aesGcmKw('A192GCMKW', 'aes-192-gcm', 24),
  aesGcmKw('A256GCMKW', 'aes-256-gcm', 32),
  pbes2('PBES2-HS256+A128KW', 'sha256', wrap128),
  pbes2('PBES2-HS384+A192KW', 'sha384', wrap192),
  pbes2('PBES2-HS512+A256KW', 'sha512', wrap256),
  ecdhEs('ECDH-ES', undefined),
  ecdhEs('ECDH-ES+A128KW', wrap128),
  ecdhEs('ECDH-ES+A192KW', wrap192),
  ecdhEs('ECDH-ES+A256KW', wrap256),
];

export const keyManagements: ReadonlyMap<string, KeyManagement> = new Map(rows.map((row) => [row.name, row]));

/** The problems of this key for encrypting to it; empty if it fits. */
export function checkRecipientKey(
  management: KeyManagement,
  content: ContentEncryption,
  key: KeyObject,
): readonly KeyFinding[] {
  const { name, keyKind, keyName } = management;
  if (key.type === keyKind) return management.checkKey(key, content);
  const message = `${name} encrypts with ${keyName}; this is a ${key.type} key.`;
  if (keyKind === 'secret' || key.type === 'secret') return [keyError('jose.wrong-key-type', message)];
  const suggestion = 'Give mintproc the public half only: with the private half, anybody can read every token.';
  return [keyError('jose.private-recipient', message, suggestion)];
}
