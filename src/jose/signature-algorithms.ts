/**
 * @module
 * Signature algorithms (RFC 7518 section 3, RFC 8037 section 3.1, RFC 9964 section 3). A function makes the rows of
 * each family: which keys fit, how they sign, and how to make one. A policy's algorithm is looked up once, when it
 * loads; the rest of mintproc uses its row and knows no families. A new family is a function and its rows in the table
 * below.
 *
 * node:crypto signs, not the `jose` package: WebCrypto is asynchronous throughout and costs two to four times the
 * signature itself (docs/decisions/0002).
 */
import {
  constants,
  createHmac,
  createSecretKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
  type VerifyKeyObjectInput,
  verify,
} from 'node:crypto';
import type { Later } from '../diagnostics/later.ts';
import { joinScalars } from './ecdsa-signature.ts';
import { checkSigningRsaSize, type KeyFinding, keyError, keyWarning, minimumRsaBits } from './key-finding.ts';
import { asciiBytes } from './string-bytes.ts';

/**
 * Signs an ASCII signing input; the result is the signature in base64url. It may arrive later, as from a remote signer.
 */
export type Sign = (signingInput: string) => string | Later<string>;

/** Signs synchronously. */
export type SignSync = (signingInput: string) => string;

export type Verify = (signingInput: Buffer, publicKey: KeyObject, signature: Buffer) => boolean;

export type VerifyLater = (signingInput: Buffer, publicKey: KeyObject, signature: Buffer) => Promise<boolean>;

export interface SignatureAlgorithm {
  readonly name: string;
  /** What signs. A private key has a public half, which is published; a secret is published nowhere. */
  readonly keyKind: 'secret' | 'private';
  /** The types of key that sign, as `KeyObject.asymmetricKeyType` names them; `oct` is a secret. */
  readonly keyTypes: readonly string[];
  /** Such a key in a message, with its article. */
  readonly keyName: string;
  /** Whether a signature costs no more than the search for an earlier token. */
  readonly isCheap: boolean;
  /** The problems of a key of a right type: its curve, its size, its parameters. */
  checkKey(key: KeyObject): readonly KeyFinding[];
  generateKey(): KeyObject;
  /** A signer for a key that `checkSigningKey` accepted. */
  createSigner(key: KeyObject): SignSync;
  /**
   * Whether a signature that a service made is one of this key, found on another thread. Undefined for secrets, which
   * no service holds.
   */
  readonly verify?: VerifyLater;
  /** The signature in the form of JWS, if the service returned it in DER. @throws RangeError if it is malformed */
  fromDer?(signature: Buffer): Buffer;
  /** How node:crypto verifies what this key signs, if the `jose` package cannot. */
  verifierFor?(key: KeyObject): Verify | undefined;
}

const anyKeyFits = (): readonly KeyFinding[] => [];

function hmac(name: string, hash: string, minimumBytes: number): SignatureAlgorithm {
  return {
    name,
    keyKind: 'secret',
    keyTypes: ['oct'],
    keyName: 'a secret',
    isCheap: true,
    checkKey: (key) => checkSecret(name, minimumBytes, key),
    generateKey: () => createSecretKey(randomBytes(minimumBytes)),
    createSigner: (key) => (input) => createHmac(hash, key).update(input, 'latin1').digest('base64url'),
  };
}

/** RFC 7518 section 3.2: a key of the hash's size or larger must be used. */
function checkSecret(name: string, minimumBytes: number, key: KeyObject): readonly KeyFinding[] {
  const size = key.symmetricKeySize ?? 0;
  if (size === 0) return [keyError('jose.empty-secret', 'The secret is empty.')];
  if (size >= minimumBytes) return [];
  const message = `The secret for ${name} has ${size} bytes; RFC 7518 section 3.2 requires at least ${minimumBytes}.`;
  const suggestion = 'A short secret can be guessed. Use a random one, and change it at the backend as well.';
  return [keyWarning('jose.short-secret', message, suggestion)];
}

type PrivateKey = Extract<Parameters<typeof sign>[2], { key: unknown }>;

function asymmetric(hash: string | null, key: PrivateKey): SignSync {
  return (input) => sign(hash, asciiBytes(input), key).toString('base64url');
}

function verifyBy(hash: string | null): Verify {
  return (input, publicKey, signature) => verify(hash, input, publicKey, signature);
}

/** @param form of the signature, if it is not the default of node:crypto */
function verifyLater(hash: string | null, form: Omit<VerifyKeyObjectInput, 'key'> = {}): VerifyLater {
  return (input, key, signature) =>
    new Promise((resolve, reject) => {
      verify(hash, input, { ...form, key }, signature, (error, isRight) => {
        if (error === null) resolve(isRight);
        else reject(error);
      });
    });
}

const rsa = {
  keyKind: 'private',
  keyName: 'an RSA private key',
  isCheap: false,
  generateKey: () => generateKeyPairSync('rsa', { modulusLength: minimumRsaBits }).privateKey,
} as const;

/** RFC 7518 section 3.3. */
function rsaPkcs1(name: string, hash: string): SignatureAlgorithm {
  return {
    ...rsa,
    name,
    keyTypes: ['rsa'],
    checkKey: (key) => checkSigningRsaSize(name, key),
    createSigner: (key) => asymmetric(hash, { key, padding: constants.RSA_PKCS1_PADDING }),
    verify: verifyLater(hash, { padding: constants.RSA_PKCS1_PADDING }),
  };
}

/** RFC 7518 section 3.5. */
function rsaPss(name: string, hash: string): SignatureAlgorithm {
  const { RSA_PKCS1_PSS_PADDING: padding, RSA_PSS_SALTLEN_DIGEST: saltLength } = constants;
  const verifyBound = verifyBy(hash);
  return {
    ...rsa,
    name,
    keyTypes: ['rsa', 'rsa-pss'],
    checkKey: (key) => [...checkSigningRsaSize(name, key), ...checkBoundHash(name, hash, key)],
    // The salt is as long as the hash.
    createSigner: (key) => asymmetric(hash, { key, padding, saltLength }),
    verify: verifyLater(hash, { padding, saltLength }),
    // No JWK can hold a key that is bound to PSS. Padding and salt come with the key.
    verifierFor: (key) => (key.asymmetricKeyType === 'rsa-pss' ? verifyBound : undefined),
  };
}

function checkBoundHash(name: string, hash: string, key: KeyObject): readonly KeyFinding[] {
  const bound = key.asymmetricKeyDetails?.hashAlgorithm;
  if (bound === undefined || bound === hash) return [];
  return [keyError('jose.wrong-key-type', `The key is bound to ${bound}, so it cannot sign with ${name}.`)];
}

interface Curve {
  /** As `KeyObject.asymmetricKeyDetails` has it. */
  readonly openssl: string;
  readonly jwk: string;
  /** The size in bytes of each of r and s. */
  readonly scalarBytes: number;
}

/** RFC 7518 section 3.4. */
function ecdsa(name: string, hash: string, curve: Curve): SignatureAlgorithm {
  return {
    name,
    keyKind: 'private',
    keyTypes: ['ec'],
    keyName: 'an EC private key',
    isCheap: false,
    checkKey: (key) => checkCurve(name, curve, key),
    generateKey: () => generateKeyPairSync('ec', { namedCurve: curve.openssl }).privateKey,
    createSigner: (key) => {
      const joined = Buffer.alloc(2 * curve.scalarBytes);
      return (input) => {
        joinScalars(sign(hash, asciiBytes(input), key), curve.scalarBytes, joined);
        return joined.toString('base64url');
      };
    },
    verify: verifyLater(hash, { dsaEncoding: 'ieee-p1363' }),
    fromDer(signature) {
      const joined = Buffer.alloc(2 * curve.scalarBytes);
      joinScalars(signature, curve.scalarBytes, joined);
      return joined;
    },
  };
}

function checkCurve(name: string, { openssl, jwk }: Curve, key: KeyObject): readonly KeyFinding[] {
  const found = key.asymmetricKeyDetails?.namedCurve ?? 'an unnamed curve';
  if (found === openssl) return [];
  return [keyError('jose.wrong-curve', `${name} needs a key on ${jwk} (${openssl}); this one is on ${found}.`)];
}

/** RFC 8037 section 3.1: the curve is the key's. RFC 9864 section 2.2: the name says the curve. */
function eddsa(name: string, keyTypes: readonly string[]): SignatureAlgorithm {
  const verifyEd448 = verifyBy(null);
  return {
    name,
    keyKind: 'private',
    keyTypes,
    keyName: 'an Ed25519 private key',
    isCheap: false,
    checkKey: anyKeyFits,
    generateKey: () => generateKeyPairSync('ed25519').privateKey,
    createSigner: (key) => asymmetric(null, { key }),
    verify: verifyLater(null),
    verifierFor: (key) => (key.asymmetricKeyType === 'ed448' ? verifyEd448 : undefined),
  };
}

/** RFC 9964. The parameter set is the key's type. */
function mlDsa(name: string, keyType: 'ml-dsa-44' | 'ml-dsa-65' | 'ml-dsa-87'): SignatureAlgorithm {
  return {
    name,
    keyKind: 'private',
    keyTypes: [keyType],
    keyName: `an ${name} private key`,
    isCheap: false,
    checkKey: anyKeyFits,
    generateKey: () => generateKeyPairSync(keyType).privateKey,
    createSigner: (key) => asymmetric(null, { key }),
  };
}

const rows: readonly SignatureAlgorithm[] = [
  hmac('HS256', 'sha256', 32),
  hmac('HS384', 'sha384', 48),
  hmac('HS512', 'sha512', 64),
  rsaPkcs1('RS256', 'sha256'),
  rsaPkcs1('RS384', 'sha384'),
  rsaPkcs1('RS512', 'sha512'),
  rsaPss('PS256', 'sha256'),
  rsaPss('PS384', 'sha384'),
  rsaPss('PS512', 'sha512'),
  ecdsa('ES256', 'sha256', { openssl: 'prime256v1', jwk: 'P-256', scalarBytes: 32 }),
  ecdsa('ES384', 'sha384', { openssl: 'secp384r1', jwk: 'P-384', scalarBytes: 48 }),
  ecdsa('ES512', 'sha512', { openssl: 'secp521r1', jwk: 'P-521', scalarBytes: 66 }),
  eddsa('EdDSA', ['ed25519', 'ed448']),
  mlDsa('ML-DSA-44', 'ml-dsa-44'),
  mlDsa('ML-DSA-65', 'ml-dsa-65'),
  mlDsa('ML-DSA-87', 'ml-dsa-87'),
];

export const signatureAlgorithms: ReadonlyMap<string, SignatureAlgorithm> = new Map(rows.map((row) => [row.name, row]));

/** What a verifier may meet: no gateway signs with the names of RFC 9864. */
export const verificationAlgorithms: ReadonlyMap<string, SignatureAlgorithm> = new Map(
  [...rows, eddsa('Ed25519', ['ed25519']), eddsa('Ed448', ['ed448'])].map((row) => [row.name, row]),
);

/**
 * The problems of this key for signing (RFC 8725 sections 3.1 and 3.5); empty if it fits.
 *
 * @param isOutside whether a service holds the private half, and this is the public one
 */
export function checkSigningKey(
  algorithm: SignatureAlgorithm,
  key: KeyObject,
  isOutside = false,
): readonly KeyFinding[] {
  const { name, keyKind, keyName } = algorithm;
  if (key.type !== (isOutside ? 'public' : keyKind)) {
    return [keyError('jose.wrong-key-type', `${name} signs with ${keyName}; this is a ${key.type} key.`)];
  }
  const type = key.asymmetricKeyType ?? 'oct';
  if (algorithm.keyTypes.includes(type)) return algorithm.checkKey(key);
  const message = `${name} signs with ${keyName}; this is a key of type ${type}.`;
  const names = fittingAlgorithms(key).join(', ');
  return [keyError('jose.wrong-key-type', message, names === '' ? undefined : `This key signs with ${names}.`)];
}

/** The names of the algorithms that a key of this type, curve and size signs with. */
export function fittingAlgorithms(key: KeyObject): readonly string[] {
  return rows.filter((row) => isFitting(row, key)).map(({ name }) => name);
}

/** Whether a key of this type, curve and size signs with an algorithm. */
export function isFitting({ keyTypes, checkKey }: SignatureAlgorithm, key: KeyObject): boolean {
  const isOfType = keyTypes.includes(key.asymmetricKeyType ?? 'oct');
  return isOfType && checkKey(key).every(({ severity }) => severity !== 'error');
}
