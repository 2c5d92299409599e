/**
 * @module
 * The use of a key: signing, or encrypting. Sources read keys for both. This module has what differs: the kind of key,
 * what a JWK may say of its own use, and whether a key fits the algorithms.
 */
import type { KeyObject } from 'node:crypto';
import type { ContentEncryption } from '../jose/content-encryption.ts';
import type { JwkPurpose } from '../jose/jwk.ts';
import { type KeyFinding, keyError } from '../jose/key-finding.ts';
import { checkRecipientKey, type KeyManagement } from '../jose/key-management.ts';
import { checkSigningKey, type SignatureAlgorithm } from '../jose/signature-algorithms.ts';
import { certifies } from './certificates.ts';
import type { HeldKey } from './held-key.ts';
import type { KeyKind } from './key-material.ts';

export interface KeyUse {
  readonly kind: KeyKind;
  readonly purpose: JwkPurpose;
  /** The problems of the key itself; empty if it fits. */
  check(key: KeyObject): readonly KeyFinding[];
}

/** Signing with `algorithm`. */
export function signingUse(algorithm: SignatureAlgorithm): KeyUse {
  return {
    kind: algorithm.keyKind,
    purpose: { use: 'sig', algorithms: [algorithm.name], operations: ['sign'] },
    check: (key) => checkSigningKey(algorithm, key),
  };
}

/** Encrypting tokens to the owner of the key. */
export function encryptionUse(management: KeyManagement, content: ContentEncryption): KeyUse {
  const { name, keyKind, keyOperations, isDirect } = management;
  return {
    kind: keyKind,
    purpose: { use: 'enc', algorithms: isDirect ? [name, content.name] : [name], operations: keyOperations },
    check: (key) => checkRecipientKey(management, content, key),
  };
}

/** The problems of this use of the key; empty if it fits. */
export function checkFit({ purpose, check }: KeyUse, held: HeldKey): readonly KeyFinding[] {
  const findings = [...check(held.key)];
  if (held.algorithm !== undefined && !purpose.algorithms.includes(held.algorithm)) {
    const message = `The policy needs a key for ${purpose.algorithms.join(' or ')}, but the JWK has another \`alg\`.`;
    findings.push(keyError('jose.wrong-key-algorithm', message));
  }
  const [certificate] = held.certificates;
  if (certificate !== undefined && held.key.type !== 'secret' && certifies(certificate, held.key) !== true) {
    const message = 'The certificate is for another key, or cannot be read.';
    findings.push(keyError('keys.wrong-certificate', message));
  }
  return findings;
}

export function hasError(findings: readonly KeyFinding[]): boolean {
  return findings.some(({ severity }) => severity === 'error');
}
