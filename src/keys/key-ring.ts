/**
 * @module
 * From key text to a key that can sign or be encrypted to: read once, when a policy loads, and held as a KeyObject from
 * then on.
 */
import { hash } from 'node:crypto';
import type { SignatureAlgorithm } from '../jose/algorithms.ts';
import { createEncrypter, type Recipient } from '../jose/encrypt.ts';
import type { KeyManagement } from '../jose/encryption-algorithms.ts';
import { checkPurpose, type JwkPurpose } from '../jose/jwk.ts';
import type { Encrypter } from '../jose/proof.ts';
import { checkRecipientKey } from '../jose/recipient-key.ts';
import { createSigner, type SignAtOnce } from '../jose/sign.ts';
import { checkSigningKey, type KeyFinding } from '../jose/signing-key.ts';
import { findCertificates } from './certificates.ts';
import { type HeldKey, heldKey } from './held-key.ts';
import { type KeyForm, type KeyOrigin, readMaterial } from './key-material.ts';

export interface SigningKey {
  readonly sign: SignAtOnce;
  readonly held: HeldKey;
}

/** A key that tokens are encrypted to. */
export interface RecipientKey {
  readonly encrypter: Encrypter;
  readonly kid: string | undefined;
  /** X.509 in DER, where it came in one. */
  readonly certificates: readonly Uint8Array[];
  /** Of the text that it was read from, to be compared and never shown: the text may be a secret. */
  readonly digest: string;
}

export interface KeyReading<K = SigningKey> {
  /** Undefined where an error among the findings forbids the key. */
  readonly key: K | undefined;
  readonly findings: readonly KeyFinding[];
}

/**
 * Reads the key that a policy, a variable or a mounted file holds: PEM for the asymmetric algorithms (PKCS#8, and also
 * PKCS#1 and SEC1, all of them encrypted or not), the text itself as UTF-8 for HMAC, and where the form says so a JWK.
 */
export function readSigningKey(
  algorithm: SignatureAlgorithm,
  text: string,
  origin: KeyOrigin = 'policy',
  form: KeyForm = {},
): KeyReading {
  const material = readMaterial(algorithm.family === 'hmac' ? 'secret' : 'private', text, origin, form);
  if (!material.ok) return { key: undefined, findings: [material.finding] };
  const { key, jwk } = material;
  const purpose: JwkPurpose = { use: 'sig', algorithms: [algorithm.name], operations: ['sign'] };
  const findings = [...(jwk === undefined ? [] : checkPurpose(jwk, purpose)), ...checkSigningKey(algorithm, key)];
  if (hasError(findings)) return { key: undefined, findings };
  const certificates = algorithm.family === 'hmac' ? [] : findCertificates(text);
  return { key: { sign: createSigner(algorithm, key), held: heldKey(key, { kid: jwk?.kid, certificates }) }, findings };
}

/**
 * Reads the key of a recipient: a certificate, a public key in PEM (SPKI, PKCS#1) or a JWK for the asymmetric
 * algorithms; for the others the secret itself, or where the form says so a JWK.
 */
export function readRecipientKey(
  recipient: Omit<Recipient, 'key'>,
  text: string,
  origin: KeyOrigin,
  form: KeyForm,
): KeyReading<RecipientKey> {
  const { management, content } = recipient;
  const isPublic = management.family === 'rsa' || management.family === 'ecdh';
  const material = readMaterial(isPublic ? 'public' : 'secret', text, origin, { ...form, jwk: form.jwk ?? isPublic });
  if (!material.ok) return { key: undefined, findings: [material.finding] };
  const { key, jwk } = material;
  const algorithms = management.family === 'dir' ? ['dir', content.name] : [management.name];
  const purpose: JwkPurpose = { use: 'enc', algorithms, operations: operationsOf[management.family] };
  const findings = [
    ...(jwk === undefined ? [] : checkPurpose(jwk, purpose)),
    ...checkRecipientKey(management, content, key),
  ];
  if (hasError(findings)) return { key: undefined, findings };
  const whole = { ...recipient, key };
  const encrypter = { recipient: whole, encrypt: createEncrypter(whole) };
  const certificates = isPublic ? findCertificates(text) : [];
  const digest = hash('sha256', text, 'base64url');
  return { key: { encrypter, kid: jwk?.kid, certificates, digest }, findings };
}

/** What `key_ops` may call the use that is made of a key (RFC 7517 section 4.3). */
const operationsOf: Readonly<Record<KeyManagement['family'], readonly string[]>> = {
  rsa: ['encrypt', 'wrapKey'],
  dir: ['encrypt'],
  'aes-kw': ['wrapKey', 'encrypt'],
  'aes-gcm-kw': ['wrapKey', 'encrypt'],
  pbes2: ['deriveKey', 'deriveBits', 'wrapKey', 'encrypt'],
  ecdh: ['deriveKey', 'deriveBits'],
};

function hasError(findings: readonly KeyFinding[]): boolean {
  return findings.some(({ severity }) => severity === 'error');
}
