/**
 * @module
 * What the sources that bring text share: PEM, a JWK or a secret to a key, with the certificates that stand beside it.
 */
import { checkPurpose, type Jwk } from '../../jose/jwk.ts';
import { findCertificates, isCutOff } from '../certificates.ts';
import { heldKey } from '../held-key.ts';
import { type KeyOrigin, readMaterial } from '../key-material.ts';
import type { KeyUse } from '../key-use.ts';
import { type KeyRequest, refused, type SourceReading } from './source.ts';

export function readKeyText(text: string, origin: KeyOrigin, request: KeyRequest): SourceReading {
  const { use, form } = request;
  const { kind } = use;
  if (kind === 'private' && isCutOff(text)) {
    const message = 'The key ends in the middle of a PEM block: it was cut off, or is being written at this moment.';
    return refused('keys.cut-off', message, 'Write the file aside and rename it into place.');
  }
  // A secret may be any text, so it is never taken for a JWK unless it is said to be one.
  const material = readMaterial(kind, text, origin, { ...form, jwk: form.jwk ?? kind !== 'secret' });
  if (!material.ok) return { keys: [], findings: [material.finding] };
  const { key, jwk } = material;
  if (jwk !== undefined) return fromJwk(jwk, use);
  const certificates = kind === 'secret' ? [] : findCertificates(text);
  return { keys: [heldKey(key, { certificates })], findings: [] };
}

/** The key of a JWK, if it is of the kind that is needed. A private key is taken as what it is, so that it can be refused as one. */
export function fromJwk(jwk: Jwk, { kind, purpose, check }: KeyUse): SourceReading {
  const findings = checkPurpose(jwk, purpose);
  const { key, kid, algorithm } = jwk;
  const isPrivateRecipient = kind === 'public' && key.type === 'private';
  if (findings.length > 0) return { keys: [], findings: isPrivateRecipient ? [...findings, ...check(key)] : findings };
  if (key.type === kind || isPrivateRecipient) {
    return { keys: [heldKey(key, { kid, algorithm })], findings };
  }
  return refused('jose.wrong-key-type', `The JWK holds a ${key.type} key, and ${nouns[kind]} is needed.`);
}

export const nouns = { secret: 'a secret', private: 'a private key', public: 'a public key' } as const;
