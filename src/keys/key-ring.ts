/**
 * @module
 * From key text to a key that can sign: read once, when a policy loads, and held as a KeyObject from then on.
 */
import { createHash, createPrivateKey, createPublicKey, createSecretKey, type KeyObject } from 'node:crypto';
import type { SignatureAlgorithm } from '../jose/algorithms.ts';
import { createSigner, type Sign } from '../jose/sign.ts';
import { checkSigningKey, type KeyFinding } from '../jose/signing-key.ts';
import { normalizePem } from './pem.ts';
import { decodeSecret, type SecretEncoding } from './secret-encoding.ts';

export interface SigningKey {
  readonly sign: Sign;
  /**
   * The RFC 7638 thumbprint of an asymmetric key's public part. A secret has none: a digest of a short secret would
   * help to guess it.
   */
  readonly thumbprint: string | undefined;
}

export interface KeyReading {
  /** Undefined where an error among the findings forbids the key. */
  readonly key: SigningKey | undefined;
  readonly findings: readonly KeyFinding[];
}

/** How a text stands for a key, where it is not the plain form. */
export interface KeyForm {
  /** What a secret is written in; UTF-8 unless it says otherwise. */
  readonly encoding?: SecretEncoding | undefined;
  /** The password of an encrypted private key. */
  readonly password?: string | undefined;
}

/**
 * Reads the key that a policy, a variable or a mounted file holds: PEM for the asymmetric algorithms (PKCS#8, and also
 * PKCS#1 and SEC1, all of them encrypted or not), the text itself as UTF-8 for HMAC.
 */
export function readSigningKey(
  algorithm: SignatureAlgorithm,
  text: string,
  origin: 'policy' | 'file' = 'policy',
  form: KeyForm = {},
): KeyReading {
  const keyObject =
    algorithm.family === 'hmac'
      ? readSecret(text, origin, form.encoding ?? 'utf8')
      : readPrivatePem(text, form.password);
  if (!('type' in keyObject)) return { key: undefined, findings: [keyObject] };
  const findings = checkSigningKey(algorithm, keyObject);
  if (findings.some((finding) => finding.severity === 'error')) return { key: undefined, findings };
  return { key: { sign: createSigner(algorithm, keyObject), thumbprint: thumbprintOf(keyObject) }, findings };
}

/** Editors and `echo` end a file with a line break that is no part of the secret; a policy's text is taken as it stands. */
function readSecret(text: string, origin: 'policy' | 'file', encoding: SecretEncoding): KeyObject | KeyFinding {
  const bytes = decodeSecret(origin === 'file' ? text.replace(/\r?\n$/, '') : text, encoding);
  if (bytes !== undefined) return createSecretKey(bytes);
  const message = `The secret is not in the encoding that the policy names (${encoding}).`;
  return { code: 'keys.bad-encoding', severity: 'error', message };
}

function readPrivatePem(text: string, password: string | undefined): KeyObject | KeyFinding {
  const pem = normalizePem(text);
  if (pem === undefined) {
    const suggestion = 'Write the whole block from `-----BEGIN PRIVATE KEY-----` to `-----END PRIVATE KEY-----`.';
    return { code: 'keys.not-pem', severity: 'error', message: 'The key is not a PEM private key.', suggestion };
  }
  try {
    return createPrivateKey(password === undefined ? pem : { key: pem, passphrase: password });
  } catch (error) {
    return {
      code: 'keys.unreadable',
      severity: 'error',
      message: `The private key cannot be read (${reasonOf(error)}).`,
    };
  }
}

/** OpenSSL's own code for the failure: it names the step that failed and holds nothing of the key. */
function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : 'unknown format';
}

/** The members of a JWK that RFC 7638 section 3.2 (RFC 8037 section 2 for OKP) hashes, in that order. */
const thumbprintMembers: Readonly<Record<string, readonly string[]>> = {
  EC: ['crv', 'kty', 'x', 'y'],
  OKP: ['crv', 'kty', 'x'],
  RSA: ['e', 'kty', 'n'],
};

function thumbprintOf(key: KeyObject): string | undefined {
  // JWK has no form for RSA keys that are bound to PSS.
  if (key.type !== 'private' || key.asymmetricKeyType === 'rsa-pss') return undefined;
  const jwk: Readonly<Record<string, unknown>> = { ...createPublicKey(key).export({ format: 'jwk' }) };
  const members = (thumbprintMembers[String(jwk['kty'])] ?? []).map((name) => [name, jwk[name]]);
  return createHash('sha256')
    .update(JSON.stringify(Object.fromEntries(members)))
    .digest('base64url');
}
