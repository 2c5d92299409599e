/**
 * @module
 * The algorithms of encrypted tokens, one row each: how the content is encrypted (RFC 7518 section 5.1) and how its key
 * reaches the recipient (RFC 7518 section 4.1).
 */

interface Row {
  readonly name: string;
}

/** AES in CBC mode with an HMAC over all of it (RFC 7518 section 5.2); half of the key is for each. */
export interface CbcHmacContent extends Row {
  readonly family: 'cbc-hmac';
  readonly cipher: 'aes-128-cbc' | 'aes-192-cbc' | 'aes-256-cbc';
  readonly hash: string;
  readonly keyBytes: number;
}

export interface GcmContent extends Row {
  readonly family: 'gcm';
  readonly cipher: GcmCipher;
  readonly keyBytes: number;
}

export type GcmCipher = 'aes-128-gcm' | 'aes-192-gcm' | 'aes-256-gcm';

export type ContentEncryption = CbcHmacContent | GcmContent;

const contents: readonly ContentEncryption[] = [
  { name: 'A128CBC-HS256', family: 'cbc-hmac', cipher: 'aes-128-cbc', hash: 'sha256', keyBytes: 32 },
  { name: 'A192CBC-HS384', family: 'cbc-hmac', cipher: 'aes-192-cbc', hash: 'sha384', keyBytes: 48 },
  { name: 'A256CBC-HS512', family: 'cbc-hmac', cipher: 'aes-256-cbc', hash: 'sha512', keyBytes: 64 },
  { name: 'A128GCM', family: 'gcm', cipher: 'aes-128-gcm', keyBytes: 16 },
  { name: 'A192GCM', family: 'gcm', cipher: 'aes-192-gcm', keyBytes: 24 },
  { name: 'A256GCM', family: 'gcm', cipher: 'aes-256-gcm', keyBytes: 32 },
];

export interface RsaManagement extends Row {
  readonly family: 'rsa';
  /** The hash of OAEP; undefined for the padding of PKCS #1 version 1.5. */
  readonly oaepHash: string | undefined;
  /** RFC 7518 sections 4.2 and 4.3. */
  readonly minimumBits: number;
}

/** The secret itself encrypts the content. */
export interface DirectManagement extends Row {
  readonly family: 'dir';
}

/** AES key wrap (RFC 3394). */
export interface AesWrapManagement extends Row {
  readonly family: 'aes-kw';
  readonly wrap: KeyWrap;
}

export interface GcmWrapManagement extends Row {
  readonly family: 'aes-gcm-kw';
  readonly cipher: GcmCipher;
  readonly keyBytes: number;
}

/** A key derived from a password wraps the content's key (RFC 7518 section 4.8). */
export interface PasswordManagement extends Row {
  readonly family: 'pbes2';
  readonly hash: string;
  readonly wrap: KeyWrap;
}

/** Key agreement with a key pair of one use (RFC 7518 section 4.6). */
export interface AgreementManagement extends Row {
  readonly family: 'ecdh';
  /** Undefined where the agreed key encrypts the content itself. */
  readonly wrap: KeyWrap | undefined;
}

export interface KeyWrap {
  /** By its OpenSSL name. */
  readonly cipher: string;
  readonly keyBytes: number;
}

export type KeyManagement =
  | RsaManagement
  | DirectManagement
  | AesWrapManagement
  | GcmWrapManagement
  | PasswordManagement
  | AgreementManagement;

const wrap128: KeyWrap = { cipher: 'id-aes128-wrap', keyBytes: 16 };
const wrap192: KeyWrap = { cipher: 'id-aes192-wrap', keyBytes: 24 };
const wrap256: KeyWrap = { cipher: 'id-aes256-wrap', keyBytes: 32 };

const managements: readonly KeyManagement[] = [
  { name: 'RSA1_5', family: 'rsa', oaepHash: undefined, minimumBits: 2048 },
  { name: 'RSA-OAEP', family: 'rsa', oaepHash: 'sha1', minimumBits: 2048 },
  { name: 'RSA-OAEP-256', family: 'rsa', oaepHash: 'sha256', minimumBits: 2048 },
  { name: 'dir', family: 'dir' },
  { name: 'A128KW', family: 'aes-kw', wrap: wrap128 },
  { name: 'A192KW', family: 'aes-kw', wrap: wrap192 },
  { name: 'A256KW', family: 'aes-kw', wrap: wrap256 },
  { name: 'A128GCMKW', family: 'aes-gcm-kw', cipher: 'aes-128-gcm', keyBytes: 16 },
  { name: 'A192GCMKW', family: 'aes-gcm-kw', cipher: 'aes-192-gcm', keyBytes: 24 },
  { name: 'A256GCMKW', family: 'aes-gcm-kw', cipher: 'aes-256-gcm', keyBytes: 32 },
  { name: 'PBES2-HS256+A128KW', family: 'pbes2', hash: 'sha256', wrap: wrap128 },
  { name: 'PBES2-HS384+A192KW', family: 'pbes2', hash: 'sha384', wrap: wrap192 },
  { name: 'PBES2-HS512+A256KW', family: 'pbes2', hash: 'sha512', wrap: wrap256 },
  { name: 'ECDH-ES', family: 'ecdh', wrap: undefined },
  { name: 'ECDH-ES+A128KW', family: 'ecdh', wrap: wrap128 },
  { name: 'ECDH-ES+A192KW', family: 'ecdh', wrap: wrap192 },
  { name: 'ECDH-ES+A256KW', family: 'ecdh', wrap: wrap256 },
];

export const contentEncryptions: ReadonlyMap<string, ContentEncryption> = byName(contents);

export const keyManagements: ReadonlyMap<string, KeyManagement> = byName(managements);

function byName<T extends Row>(rows: readonly T[]): ReadonlyMap<string, T> {
  return new Map(rows.map((row) => [row.name, row]));
}
