/**
 * @module
 * Shared by all sources of text: reads PEM, a JWK or a secret, and the certificates in the same text.
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
    const message = 'The key ends in the middle of a PEM block: it is cut off, or is being written now.';
    return refused('keys.cut-off', message, 'Write the key to another file first, then rename that file.');
  }
  // A secret may be any text, so it is read as a JWK only if the request says so.
  const material = readMaterial(kind, text, origin, { ...form, jwk: form.jwk ?? kind !== 'secret' });
  if (!material.ok) return { keys: [], findings: [material.finding] };
  const { key, jwk } = material;
  if (jwk !== undefined) {
    const reading = fromJwk(jwk, use);
    return { keys: reading.keys, findings: [...material.findings, ...reading.findings] };
  }
  const certificates = kind === 'secret' ? [] : findCertificates(text);
  return { keys: [heldKey(key, { certificates })], findings: material.findings };
}

/**
 * The key of a JWK, if it has the right kind. A private key in place of a public key is returned, so that it can be
 * refused as one.
 */
export function fromJwk(jwk: Jwk, { kind, purpose, check }: KeyUse): SourceReading {
  const findings = checkPurpose(jwk, purpose);
  const { key, kid, algorithm } = jwk;
  const isPrivateRecipient = kind === 'public' && key.type === 'private';
  if (findings.length > 0) return { keys: [], findings: isPrivateRecipient ? [...findings, ...check(key)] : findings };
  if (key.type === kind || isPrivateRecipient) {
    return { keys: [heldKey(key, { kid, algorithm })], findings };
  }
  return refused('jose.wrong-key-type', `The JWK contains a ${key.type} key, but ${nouns[kind]} is needed.`);
}

export const nouns = { secret: 'a secret', private: 'a private key', public: 'a public key' } as const;
