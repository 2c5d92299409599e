/**
 * @module
 * Reads key material from text: a secret in some encoding, PEM (private keys, encrypted or not, public keys,
 * certificates), or a JWK. Whether the key fits an algorithm is checked elsewhere.
 */
import { createPrivateKey, createPublicKey, createSecretKey, type KeyObject } from 'node:crypto';
import { type Jwk, readFromJwkSet, readJwk } from '../jose/jwk.ts';
import { type KeyFinding, keyError } from '../jose/key-finding.ts';
import type { UnlockedKeys } from './unlocked-keys.ts';

/** Where a text comes from. Editors and `echo` end a file with a line break that is no part of the secret. */
export type KeyOrigin = 'policy' | 'file';

/** The form of a key's text, if it is not the plain one. */
export interface KeyForm {
  /** The encoding of a secret; UTF-8 by default. */
  readonly encoding?: SecretEncoding | undefined;
  /** The password of an encrypted private key. */
  readonly password?: string | undefined;
  /** Keys that were decrypted before. */
  readonly unlocked?: UnlockedKeys | undefined;
  /** Whether a JSON object is read as a JWK; `only`: whether anything else is an error. */
  readonly jwk?: boolean | 'only' | undefined;
  /** The `kid` of the key to take from a JWK set. */
  readonly kid?: string | undefined;
}

export type KeyKind = 'secret' | 'private' | 'public';

export type MaterialReading =
  | { readonly ok: true; readonly key: KeyObject; readonly jwk: Jwk | undefined }
  | { readonly ok: false; readonly finding: KeyFinding };

/** The key in a text, or what is wrong with it. A finding contains no part of the text. */
export function readMaterial(kind: KeyKind, text: string, origin: KeyOrigin, form: KeyForm): MaterialReading {
  if (form.jwk === 'only' || (form.jwk === true && /^\s*\{/.test(text))) return readJwkText(text, form.kid);
  if (kind === 'private') return readPrivatePem(text, form);
  if (kind === 'public') return readPublicPem(text);
  // A certificate is public, so anybody could make tokens with it as a secret. It is read as a public key, and refused.
  const mayBePem = form.jwk === true || origin === 'file';
  if (mayBePem && text.includes('-----BEGIN ')) return readPublicPem(text);
  return readSecret(text, origin, form.encoding ?? 'utf8');
}

function readJwkText(text: string, kid: string | undefined): MaterialReading {
  const reading = kid !== undefined && /"keys"\s*:/.test(text) ? readFromJwkSet(text, kid) : readJwk(text);
  return reading.ok ? { ok: true, key: reading.value.key, jwk: reading.value } : reading;
}

function readSecret(text: string, origin: KeyOrigin, encoding: SecretEncoding): MaterialReading {
  const bytes = decodeSecret(origin === 'file' ? text.replace(/\r?\n$/, '') : text, encoding);
  if (bytes !== undefined) return { ok: true, key: createSecretKey(bytes), jwk: undefined };
  const message = `The secret is not valid ${encoding}, the encoding that the policy names.`;
  return { ok: false, finding: keyError('keys.bad-encoding', message) };
}

export type SecretEncoding = 'utf8' | 'hex' | 'base64' | 'base64url';

const encodedForms: Readonly<Record<Exclude<SecretEncoding, 'utf8'>, RegExp>> = {
  hex: /^(?:[0-9a-f]{2})*$/i,
  base64: /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}(?:==)?|[A-Za-z0-9+/]{3}=?)?$/,
  base64url: /^(?:[A-Za-z0-9_-]{4})*(?:[A-Za-z0-9_-]{2}(?:==)?|[A-Za-z0-9_-]{3}=?)?$/,
};

/**
 * The bytes of a secret; undefined if the text is not in the encoding. It is checked first because Node's own decoders
 * skip invalid characters, and would make another secret of a mistyped one. Whitespace between hex digits is ignored.
 */
function decodeSecret(text: string, encoding: SecretEncoding): Buffer | undefined {
  if (encoding === 'utf8') return Buffer.from(text, 'utf8');
  const digits = encoding === 'hex' ? text.replace(/\s/g, '') : text.trim();
  return encodedForms[encoding].test(digits) ? Buffer.from(digits, encoding) : undefined;
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

/** A private key is accepted here, so that it can be refused as one. */
function readPublicPem(text: string): MaterialReading {
  const pem = findPem(text, 'any');
  return pem === undefined ? notPem('public') : attempt(pem, publicOrPrivate);
}

function publicOrPrivate({ label, text }: PemBlock): KeyObject {
  return label.endsWith('PRIVATE KEY') ? createPrivateKey(text) : createPublicKey(text);
}

function notPem(kind: 'private' | 'public'): MaterialReading {
  const label = kind === 'private' ? 'PRIVATE KEY' : 'PUBLIC KEY';
  const suggestion = `Write the whole block from \`-----BEGIN ${label}-----\` to \`-----END ${label}-----\`.`;
  return { ok: false, finding: keyError('keys.not-pem', `The key is not a PEM ${kind} key.`, suggestion) };
}

function attempt(pem: PemBlock, read: (pem: PemBlock) => KeyObject): MaterialReading {
  try {
    return { ok: true, key: read(pem), jwk: undefined };
  } catch (error) {
    const message = `The key cannot be read (${reasonOf(error)}).`;
    return { ok: false, finding: keyError('keys.unreadable', message, isFolded(pem) ? unfold : undefined) };
  }
}

const unfold =
  'Its line breaks are missing. In YAML, begin it with `|` and indent each line; elsewhere, write `\\n` for a line break.';

/** Whether the key begins on the line of its label, as in a quoted or folded (`>`) string of YAML. */
function isFolded({ text }: PemBlock): boolean {
  return /^-----BEGIN [A-Z ]+-----[^\n]/.test(text);
}

/** OpenSSL's own code for the failure. It names the step that failed, and contains no part of the key. */
function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : 'unknown format';
}

/** A block's label, and the whole block in the form that OpenSSL reads. */
interface PemBlock {
  readonly label: string;
  readonly text: string;
}

/**
 * Before the Base64, OpenSSL's older encrypted form has headers (`DEK-Info: AES-256-CBC,…`), which may contain dashes.
 */
const pemBlock = /-----BEGIN ([A-Z ]+)-----\n?(?:[A-Za-z-]+: .*\n)*[^-]+-----END \1-----/g;

const pemLabels = {
  private: /^(?:(?:RSA|EC|ENCRYPTED) )?PRIVATE KEY$/,
  any: /^(?:(?:RSA|EC|ENCRYPTED) )?PRIVATE KEY$|^(?:RSA )?PUBLIC KEY$|^CERTIFICATE$/,
};

/**
 * The first PEM block of the wanted kind, as people paste it: indented, with Windows line ends, or with `\n` written
 * out.
 */
function findPem(text: string, wanted: keyof typeof pemLabels): PemBlock | undefined {
  const lines = text.replaceAll('\\r', '').replaceAll('\\n', '\n').split(/\r?\n/);
  for (const [whole, label = ''] of lines
    .map((line) => line.trim())
    .join('\n')
    .matchAll(pemBlock)) {
    if (pemLabels[wanted].test(label)) return { label, text: `${whole}\n` };
  }
  return undefined;
}
