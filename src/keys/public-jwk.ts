/**
 * @module
 * Reads a JWK that somebody else publishes (RFC 7517), and takes only what is public and known: a private key, a secret
 * and a key for encryption are refused.
 */
import { createPublicKey, type KeyObject } from 'node:crypto';
import { isRecord } from '../diagnostics/json.ts';
import { type Jwk, readJwkMembers } from '../jose/jwk.ts';
import { keyTypes } from '../jose/key-types.ts';
import { fittingAlgorithms, isFitting, verificationAlgorithms } from '../jose/signature-algorithms.ts';
import { certifies } from './certificates.ts';
import { type HeldKey, heldKey } from './held-key.ts';

/** `reason` is a sentence without any part of the key. */
export type PublicReading =
  | { readonly ok: true; readonly held: HeldKey; readonly algorithms: ReadonlySet<string> }
  | { readonly ok: false; readonly reason: string; readonly isPrivate: boolean };

/** In characters: longer than any name that is not a mistake. */
const longestName = 256;

/** The certificates of a chain, and the Base64 characters of each. */
const [maxCertificates, longestCertificate] = [8, 16_384];

/** Members that only a private key or a secret has (RFC 7518 section 6, RFC 9964 section 4). */
const privateMembers = [
  'k',
  ...[...keyTypes.values()].flatMap((type) => [type.private ?? 'd', ...(type.optional ?? [])]),
];

/** @param value a member of a JWK set, parsed */
export function readPublicJwk(value: unknown): PublicReading {
  const members = isRecord(value) ? value : {};
  if (members['kty'] === 'oct' || privateMembers.some((name) => members[name] !== undefined)) {
    return refuse('This is a private key or a secret, and everybody could read it where public keys are served.', true);
  }
  const reading = readJwkMembers(value);
  if (!reading.ok) return refuse(reading.finding.message);
  const { kid, algorithm } = reading.value;
  const objection = objectionTo(reading.value);
  if (objection !== undefined) return refuse(objection);
  const held = publicHalf(heldKey(reading.value.key), members, kid);
  if (held === undefined) return refuse('The key has a form that no JWK set can hold.');
  return { ok: true, held, algorithms: new Set(algorithm === undefined ? [] : [algorithm]) };
}

/** In bits: FIPS 186-5 (appendix A.1.1) has no longer exponents of RSA. */
const longestExponent = 256n;

/** Why a key should not be published, as a sentence: verifiers refuse it, or it would make the set very large. */
export function objectionToKey(key: KeyObject): string | undefined {
  const { publicExponent = 0n } = key.asymmetricKeyDetails ?? {};
  const isUsable = fittingAlgorithms(key).length > 0 && publicExponent >> longestExponent === 0n;
  return isUsable ? undefined : 'The key is of a type, curve or size that signs no tokens.';
}

/**
 * Verifiers take algorithms from what is published: `none`, or `HS256` with the public key as its secret, would let
 * everybody make tokens.
 */
function objectionTo({ key, kid = '', use = 'sig', operations, algorithm }: Jwk): string | undefined {
  if (use !== 'sig' || operations?.includes('verify') === false) return 'The key is not for signatures.';
  if (kid.length > longestName) return `The \`kid\` is longer than ${longestName} characters.`;
  const objection = objectionToKey(key);
  if (objection !== undefined || algorithm === undefined) return objection;
  const row = verificationAlgorithms.get(algorithm);
  return row !== undefined && isFitting(row, key) ? undefined : 'The `alg` is none that the key signs with.';
}

function refuse(reason: string, isPrivate = false): PublicReading {
  return { ok: false, reason, isPrivate };
}

function publicHalf(
  held: HeldKey,
  members: Readonly<Record<string, unknown>>,
  kid: string | undefined,
): HeldKey | undefined {
  if (held.thumbprint === undefined) return undefined;
  const certificates = certificatesIn(members['x5c'], held.key);
  return { ...held, kid: kid ?? held.thumbprint, certificates, generated: members['generated'] === true };
}

/** RFC 7517 section 4.7. Certificates of another key are left out: they would mislead verifiers. */
function certificatesIn(chain: unknown, key: KeyObject): readonly Uint8Array[] {
  if (!Array.isArray(chain) || chain.length > maxCertificates) return [];
  const isWritten = (text: unknown): text is string =>
    typeof text === 'string' && text.length <= longestCertificate && /^[A-Za-z0-9+/]+={0,2}$/.test(text);
  if (!chain.every(isWritten)) return [];
  const [first, ...rest] = chain.map((text) => Buffer.from(text, 'base64'));
  return first !== undefined && certifies(first, key) === true ? [first, ...rest] : [];
}

/** The public half of a key that this process holds; undefined for a secret. */
export function withoutPrivateHalf(held: HeldKey): HeldKey | undefined {
  if (held.thumbprint === undefined) return undefined;
  return { ...held, key: held.key.type === 'private' ? createPublicKey(held.key) : held.key };
}
