/**
 * @module
 * The documents for verifiers: JWK sets (RFC 7517 section 5), and the discovery document (the parts of OpenID Connect
 * Discovery 1.0 section 3 about keys).
 */
import type { KeySets } from './key-set.ts';

/** Where ML-DSA keys are published. */
export type PostQuantumPlace = 'apart' | 'together';

/** Each text is made once for its sets: that of a thousand keys takes half a millisecond of the serving thread. */
const texts = new WeakMap<KeySets, Map<PostQuantumPlace | 'post-quantum', string>>();

export function keySetDocument(sets: KeySets, place: PostQuantumPlace): string {
  return textOf(sets, place, ({ classic, postQuantum }) =>
    place === 'together' ? [...classic, ...postQuantum] : classic,
  );
}

export function postQuantumDocument(sets: KeySets): string {
  return textOf(sets, 'post-quantum', ({ postQuantum }) => postQuantum);
}

function textOf(
  sets: KeySets,
  name: PostQuantumPlace | 'post-quantum',
  keysOf: (sets: KeySets) => KeySets['classic'],
): string {
  const known = texts.get(sets) ?? new Map();
  const text = known.get(name) ?? documentText({ keys: keysOf(sets) });
  texts.set(sets, known.set(name, text));
  return text;
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
