/**
 * @module
 * The documents for verifiers: JWK sets (RFC 7517 section 5), and the discovery document (the parts of OpenID Connect
 * Discovery 1.0 section 3 about keys).
 */
import type { KeySets } from './key-set.ts';

/** Where ML-DSA keys are published. */
export type PostQuantumPlace = 'apart' | 'together';

export function keySetDocument({ classic, postQuantum }: KeySets, place: PostQuantumPlace): string {
  return documentText({ keys: place === 'together' ? [...classic, ...postQuantum] : classic });
}

export function postQuantumDocument({ postQuantum }: KeySets): string {
  return documentText({ keys: postQuantum });
}

/** @param keySetPath path of the JWK set below the issuer */
export function discoveryDocument(issuer: string, keySetPath: string, { algorithms }: KeySets): string {
  return documentText({
    issuer,
    jwks_uri: `${issuer.replace(/\/$/, '')}${keySetPath}`,
    id_token_signing_alg_values_supported: algorithms,
    response_types_supported: ['id_token'],
    subject_types_supported: ['public'],
  });
}

function documentText(document: object): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}
