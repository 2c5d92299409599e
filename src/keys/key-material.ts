/**
 * @module
 * Text to key material: a secret in some encoding, PEM (private keys encrypted or not, public keys, certificates), or a
 * JWK. Whether the key fits an algorithm is not asked here.
 */
import { createPrivateKey, createPublicKey, createSecretKey, type KeyObject } from 'node:crypto';
import { type Jwk, readFromJwkSet, readJwk } from '../jose/jwk.ts';
import type { KeyFinding } from '../jose/signing-key.ts';
import { findPem, type PemBlock } from './pem.ts';
import { decodeSecret, type SecretEncoding } from './secret-encoding.ts';
import type { UnlockedKeys } from './unlocked-keys.ts';

/** Where a text comes from: editors and `echo` end a file with a line break that is no part of the secret. */
export type KeyOrigin = 'policy' | 'file';

/** How a text stands for a key, where it is not the plain form. */
export interface KeyForm {
  /** What a secret is written in; UTF-8 unless it says otherwise. */
  readonly encoding?: SecretEncoding | undefined;
  /** The password of an encrypted private key. */
  readonly password?: string | undefined;
  /** Keys that were opened before. */
  readonly unlocked?: UnlockedKeys | undefined;
  /** Whether a JSON object is read as a JWK; `only`: whether nothing else is taken. */
  readonly jwk?: boolean | 'only' | undefined;
  /** Which key of a JWK set is meant. */
  readonly kid?: string | undefined;
}

export type KeyKind = 'secret' | 'private' | 'public';

export type MaterialReading =
  | { readonly ok: true; readonly key: KeyObject; readonly jwk: Jwk | undefined }
  | { readonly ok: false; readonly finding: KeyFinding };

/** The key that a text holds, or what is wrong with it; nothing of the text is in a finding. */
export function readMaterial(kind: KeyKind, text: string, origin: KeyOrigin, form: KeyForm): MaterialReading {
  if (form.jwk === 'only' || (form.jwk === true && /^\s*\{/.test(text))) {
    const isSet = form.kid !== undefined && /"keys"\s*:/.test(text);
    const reading = isSet ? readFromJwkSet(text, form.kid) : readJwk(text);
    return reading.ok ? { ok: true, key: reading.value.key, jwk: reading.value } : reading;
  }
  // Whoever has the certificate could make tokens with it as a secret: it is read as the key that it is, and refused.
  const mayBePem = form.jwk === true || origin === 'file';
  if (kind === 'secret' && mayBePem && text.includes('-----BEGIN ')) return readPublicPem(text);
  if (kind === 'secret') return readSecret(text, origin, form.encoding ?? 'utf8');
  return kind === 'private' ? readPrivatePem(text, form) : readPublicPem(text);
}

function readSecret(text: string, origin: KeyOrigin, encoding: SecretEncoding): MaterialReading {
  const bytes = decodeSecret(origin === 'file' ? text.replace(/\r?\n$/, '') : text, encoding);
  if (bytes !== undefined) return { ok: true, key: createSecretKey(bytes), jwk: undefined };
  const message = `The secret is not in the encoding that the policy names (${encoding}).`;
  return { ok: false, finding: { code: 'keys.bad-encoding', severity: 'error', message } };
}

function readPrivatePem(text: string, { password, unlocked }: KeyForm): MaterialReading {
  const pem = findPem(text, 'private');
  if (pem === undefined) return notPem('private');
  return attempt(pem, ({ text: block }) => {
    if (password === undefined) return createPrivateKey(block);
    const open = () => ({ key: createPrivateKey({ key: block, passphrase: password }), certificates: [] });
    return (unlocked?.open(block, password, open) ?? open()).key;
  });
}

/** A private key is taken as what it is, so that it can be refused as one. */
function readPublicPem(text: string): MaterialReading {
  const pem = findPem(text, 'any');
  return pem === undefined ? notPem('public') : attempt(pem, publicOrPrivate);
}

function publicOrPrivate({ label, text }: PemBlock): KeyObject {
  return label.endsWith('PRIVATE KEY') ? createPrivateKey(text) : createPublicKey(text);
}

function notPem(kind: 'private' | 'public'): MaterialReading {
  const label = kind === 'private' ? 'PRIVATE KEY' : 'PUBLIC KEY';
  const message = `The key is not a PEM ${kind} key.`;
  const suggestion = `Write the whole block from \`-----BEGIN ${label}-----\` to \`-----END ${label}-----\`.`;
  return { ok: false, finding: { code: 'keys.not-pem', severity: 'error', message, suggestion } };
}

function attempt(pem: PemBlock, read: (pem: PemBlock) => KeyObject): MaterialReading {
  try {
    return { ok: true, key: read(pem), jwk: undefined };
  } catch (error) {
    const message = `The key cannot be read (${reasonOf(error)}).`;
    const finding = { code: 'keys.unreadable', severity: 'error', message } as const;
    return { ok: false, finding: isFolded(pem) ? { ...finding, suggestion: unfold } : finding };
  }
}

const unfold =
  'Its lines have run together. In YAML, begin it with `|` and indent each line; elsewhere, write `\\n` for a line break.';

/** Whether the block begins on the line of its label, as in a quoted or folded (`>`) text of YAML. */
function isFolded({ text }: PemBlock): boolean {
  return /^-----BEGIN [A-Z ]+-----[^\n]/.test(text);
}

/** OpenSSL's own code for the failure: it names the step that failed and holds nothing of the key. */
function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : 'unknown format';
}
