/**
 * @module
 * What the sources that bring text share: PEM, a JWK or a secret to a key, with the certificates that stand beside it.
 */
import type { Jwk } from '../../jose/jwk.ts';
import { findCertificates, isCutOff } from '../certificates.ts';
import { heldKey } from '../held-key.ts';
import { type KeyOrigin, readMaterial } from '../key-material.ts';
import { type KeyRequest, refused, type SourceReading } from './source.ts';

export function readKeyText(text: string, origin: KeyOrigin, request: KeyRequest): SourceReading {
  const { kind, form } = request;
  if (kind === 'private' && isCutOff(text)) {
    const message = 'The key ends in the middle of a PEM block: it was cut off, or is being written at this moment.';
    return refused('keys.cut-off', message, 'Write the file aside and rename it into place.');
  }
  // A secret may be any text, so it is never taken for a JWK unless it is said to be one.
  const material = readMaterial(kind, text, origin, { ...form, jwk: form.jwk ?? kind === 'private' });
  if (!material.ok) return { keys: [], findings: [material.finding] };
  const { key, jwk } = material;
  if (jwk !== undefined) return fromJwk(jwk, kind);
  const certificates = kind === 'private' ? findCertificates(text) : [];
  return { keys: [heldKey(key, { certificates })], findings: [] };
}

/** The key of a JWK, if it is what signing needs. */
export function fromJwk({ key, kid, use, operations, algorithm }: Jwk, kind: KeyRequest['kind']): SourceReading {
  if ((use ?? 'sig') !== 'sig' || (operations !== undefined && !operations.includes('sign'))) {
    return refused(
      'jose.wrong-key-use',
      'The JWK is for another use: `use` must be `sig`, `key_ops` must have `sign`.',
    );
  }
  if (key.type === kind) return { keys: [heldKey(key, { kid, algorithm })], findings: [] };
  const needed = kind === 'secret' ? 'a secret' : 'a private key';
  return refused('jose.wrong-key-type', `The JWK holds a ${key.type} key, and ${needed} is needed.`);
}
