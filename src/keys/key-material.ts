/**
 * @module
 * Reads key material from text: a secret in some encoding, PEM (private keys, encrypted or not, public keys,
 * certificates), or a JWK. Whether the key fits an algorithm is checked elsewhere.
 */
import { createPrivateKey, createPublicKey, createSecretKey, type KeyObject } from 'node:crypto';
import { type Jwk, readFromJwkSet, readJwk } from '../jose/jwk.ts';
import { type KeyFinding, keyError, keyWarning } from '../jose/key-finding.ts';
import { hasTooManyIterations } from './iterations.ts';
import { mistakenJwk, mistakenText } from './mistaken-key.ts';
import { derOf, hasPublicKey, isEncrypted, isPrivateKey, type PemBlock, pemBlocks } from './pem.ts';
import type { UnlockedKeys } from './unlocked-keys.ts';
import { unreadableBlock } from './unreadable-key.ts';

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
  | {
      readonly ok: true;
      readonly key: KeyObject;
      readonly jwk: Jwk | undefined;
      /** Warnings. */
      readonly findings: readonly KeyFinding[];
    }
  | { readonly ok: false; readonly finding: KeyFinding };

/** The key in a text, or what is wrong with it. A finding contains no part of the text. */
export function readMaterial(kind: KeyKind, text: string, origin: KeyOrigin, form: KeyForm): MaterialReading {
  const reading = readForm(kind, text, origin, form);
  if (!reading.ok || form.password === undefined || pemBlocks(text).filter(isPrivateKey).some(isEncrypted))
    return reading;
  return { ...reading, findings: [...reading.findings, unusedPassphrase] };
}

export const unusedPassphrase = keyWarning(
  'keys.unused-passphrase',
  'The key is not encrypted, so that its passphrase protects nothing.',
  'Remove `passphrase`. Or, if the key is PEM, encrypt it: `openssl pkcs8 -topk8 -iter 600000 -in FILE -out key.pem`.',
);

function readForm(kind: KeyKind, text: string, origin: KeyOrigin, form: KeyForm): MaterialReading {
  if (form.jwk === 'only' || (form.jwk === true && /^\s*\{/.test(text))) return readJwkText(text, form.kid);
  if (kind === 'private') return readPrivatePem(text, form);
  if (kind === 'public') return readPublicPem(text, kind);
  // A certificate is public, so anybody could make tokens with it as a secret. It is read as a public key, and refused.
  const mayBePem = form.jwk === true || origin === 'file';
  if (mayBePem && text.includes('-----BEGIN ')) return readPublicPem(text, kind);
  return readSecret(text, origin, form.encoding ?? 'utf8');
}

function readJwkText(written: string, kid: string | undefined): MaterialReading {
  // JSON.parse refuses a byte order mark.
  const text = written.replace(/^\uFEFF/, '');
  const reading = kid !== undefined && /"keys"\s*:/.test(text) ? readFromJwkSet(text, kid) : readJwk(text);
  return reading.ok
    ? { ok: true, key: reading.value.key, jwk: reading.value, findings: [] }
    : { ok: false, finding: mistakenJwk(text) ?? reading.finding };
}

function readSecret(text: string, origin: KeyOrigin, encoding: SecretEncoding): MaterialReading {
  const bytes = decodeSecret(origin === 'file' ? text.replace(/\r?\n$/, '') : text, encoding);
  if (bytes !== undefined) return keyOf(createSecretKey(bytes));
  const message = `The secret is not valid ${encoding}, the encoding that the policy names.`;
  return refuse(keyError('keys.bad-encoding', message));
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

function readPrivatePem(text: string, form: KeyForm): MaterialReading {
  const [block, second] = pemBlocks(text).filter(isPrivateKey);
  if (block === undefined) return refuse(mistakenText(text, 'private'));
  const reading = readPrivateBlock(block, form);
  const others = second === undefined || !reading.ok ? [] : [severalKeys];
  return reading.ok ? { ...reading, findings: others } : reading;
}

const severalKeys = keyWarning(
  'keys.several',
  'There is more than one private key here; only the first is used.',
  'Write each key to a file of its own. To rotate between them, name their folder with `directory:`, or list them in `versions:` of a named key.',
);

function readPrivateBlock(block: PemBlock, { password, unlocked }: KeyForm): MaterialReading {
  try {
    if (password === undefined) return keyOf(createPrivateKey(block.text));
    if (hasTooManyIterations(derOf(block) ?? noBytes)) return refuse(slow);
    const open = () => ({ key: createPrivateKey({ key: block.text, passphrase: password }), certificates: [] });
    return keyOf((unlocked?.open(block.text, password, open) ?? open()).key);
  } catch {
    return refuse(unreadableBlock(block, password));
  }
}

const noBytes = new Uint8Array();

const slow = keyError(
  'keys.unreadable',
  'The private key asks for more than 10,000,000 iterations of its passphrase, which would take minutes at each load.',
  'Encrypt it again: `openssl pkcs8 -topk8 -iter 600000 -in FILE -out key.pem`.',
);

/** A private key is accepted here, so that it can be refused as one. */
function readPublicPem(text: string, need: 'public' | 'secret'): MaterialReading {
  const block = pemBlocks(text).find((one) => isPrivateKey(one) || hasPublicKey(one));
  if (block === undefined) return refuse(mistakenText(text, need));
  if (isPrivateKey(block)) return readPrivateBlock(block, {});
  try {
    return keyOf(createPublicKey(block.text));
  } catch {
    return refuse(unreadableBlock(block, undefined));
  }
}

function keyOf(key: KeyObject): MaterialReading {
  return { ok: true, key, jwk: undefined, findings: [] };
}

function refuse(finding: KeyFinding): MaterialReading {
  return { ok: false, finding };
}
