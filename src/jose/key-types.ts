/**
 * @module
 * The key types of JSON Web Keys, one row each: their members, how they become a key, and what their thumbprint hashes
 * (RFC 7518 section 6, RFC 8037 section 2, RFC 9964 section 4). Signing and encrypting share them.
 */
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  type JsonWebKeyInput,
  type KeyObject,
} from 'node:crypto';
import { findPrimes, isSmallEnough, maxBitsWithoutPrimes } from './rsa-primes.ts';

export type JwkMembers = Readonly<Record<string, unknown>>;

export interface KeyType {
  readonly kty: string;
  /** Members that every key must have, in base64url. */
  readonly required: readonly string[];
  /** The member that makes it a private key, in base64url. */
  readonly private?: string;
  /** Members that a private key may omit, but only all of them, in base64url. */
  readonly optional?: readonly string[];
  /** The members that a thumbprint hashes, in this order (RFC 7638 section 3.2). Secrets have no thumbprint. */
  readonly thumbprint: readonly string[];
  /** Whether verifiers that do not know the type may fail on a whole set, so that its keys are published in another. */
  readonly isNew?: boolean;
  /** Members that a private key of this size must have, with the reason; undefined if nothing is missing. */
  checkPresent?(members: JwkMembers): { readonly message: string; readonly suggestion: string } | undefined;
  /** Undefined if the members do not fit each other. @throws Error as well */
  toKey(members: JwkMembers, isPrivate: boolean): KeyObject | undefined;
}

const rows: readonly KeyType[] = [
  {
    kty: 'oct',
    required: ['k'],
    thumbprint: [],
    toKey: ({ k }) => createSecretKey(String(k), 'base64url'),
  },
  {
    kty: 'RSA',
    required: ['n', 'e'],
    private: 'd',
    optional: ['p', 'q', 'dp', 'dq', 'qi'],
    thumbprint: ['e', 'kty', 'n'],
    checkPresent: checkPrimes,
    toKey: toRsaKey,
  },
  {
    kty: 'EC',
    required: ['x', 'y'],
    private: 'd',
    thumbprint: ['crv', 'kty', 'x', 'y'],
    toKey: toPublicOrPrivateKey,
  },
  {
    kty: 'OKP',
    required: ['x'],
    private: 'd',
    thumbprint: ['crv', 'kty', 'x'],
    toKey: toPublicOrPrivateKey,
  },
  {
    kty: 'AKP',
    required: ['pub'],
    private: 'priv',
    thumbprint: ['alg', 'kty', 'pub'],
    isNew: true,
    toKey: toPublicOrPrivateKey,
  },
];

export const keyTypes: ReadonlyMap<unknown, KeyType> = new Map(rows.map((row) => [row.kty, row]));

function toPublicOrPrivateKey(members: JwkMembers, isPrivate: boolean): KeyObject {
  const input: JsonWebKeyInput = { key: members, format: 'jwk' };
  return isPrivate ? createPrivateKey(input) : createPublicKey(input);
}

function checkPrimes({ n, e, p }: JwkMembers): ReturnType<NonNullable<KeyType['checkPresent']>> {
  if (p !== undefined || isSmallEnough(String(n), String(e))) return undefined;
  return {
    message: `The RSA key has no primes, and is too large to compute them: the maximum is ${maxBitsWithoutPrimes} bits, with an \`e\` of 64 bits.`,
    suggestion: 'Write `p`, `q`, `dp`, `dq` and `qi` as well, or use a smaller key.',
  };
}

/** RFC 7518 section 6.3.2: a private key should have its primes, and may omit them. OpenSSL needs them. */
function toRsaKey(members: JwkMembers, isPrivate: boolean): KeyObject | undefined {
  if (!isPrivate || members['p'] !== undefined) return toPublicOrPrivateKey(members, isPrivate);
  const primes = findPrimes(String(members['n']), String(members['e']), String(members['d']));
  return primes && createPrivateKey({ key: { ...members, ...primes }, format: 'jwk' });
}

/**
 * The public members of a key's JWK; undefined for a secret, and for keys that no JWK can hold: RSA keys bound to PSS,
 * DSA keys, and EC keys on other curves.
 */
export function publicMembers(key: KeyObject): JwkMembers | undefined {
  if (key.type === 'secret') return undefined;
  const publicKey = key.type === 'private' ? createPublicKey(key) : key;
  try {
    return { ...publicKey.export({ format: 'jwk' }) };
  } catch (error) {
    if (error instanceof Error && 'code' in error && String(error.code).startsWith(noJwk)) return undefined;
    throw error;
  }
}

const noJwk = 'ERR_CRYPTO_JWK_UNSUPPORTED_';

/**
 * RFC 7638 with SHA-256, in base64url. A secret has no thumbprint: a digest of a short secret would help to guess it.
 */
export function thumbprintOf(key: KeyObject): string | undefined {
  const jwk = publicMembers(key);
  if (jwk === undefined) return undefined;
  const names = keyTypes.get(jwk['kty'])?.thumbprint ?? [];
  const hashed = Object.fromEntries(names.map((name) => [name, jwk[name]]));
  return createHash('sha256').update(JSON.stringify(hashed)).digest('base64url');
}
