/**
 * @module
 * The use of a key: signing, or encrypting. Sources read keys for both. This module has what differs: the kind of key,
 * what a JWK may say of its own use, and whether a key fits the algorithms.
 */
import type { KeyObject } from 'node:crypto';
import type { RuleCode } from '../diagnostics/rules.ts';
import type { ContentEncryption } from '../jose/content-encryption.ts';
import type { JwkPurpose } from '../jose/jwk.ts';
import { type KeyFinding, keyError, keyWarning } from '../jose/key-finding.ts';
import { checkRecipientKey, type KeyManagement } from '../jose/key-management.ts';
import { checkSigningKey, type SignatureAlgorithm, signatureAlgorithms } from '../jose/signature-algorithms.ts';
import { certifies } from './certificates.ts';
import type { HeldKey } from './held-key.ts';
import type { KeyKind } from './key-material.ts';

export interface KeyUse {
  readonly kind: KeyKind;
  readonly purpose: JwkPurpose;
  /** The code of the warning if the `alg` of a JWK is another signature algorithm; undefined if that is an error. */
  readonly otherAlgorithm?: RuleCode | undefined;
  /**
   * The problems of the key itself; empty if it fits.
   *
   * @param isOutside whether a service holds its private half
   */
  check(key: KeyObject, isOutside?: boolean): readonly KeyFinding[];
}

/** Signing with `algorithm`. @param otherAlgorithm as in `KeyUse` */
export function signingUse(algorithm: SignatureAlgorithm, otherAlgorithm?: RuleCode): KeyUse {
  return {
    otherAlgorithm,
    kind: algorithm.keyKind,
    purpose: { use: 'sig', algorithms: [algorithm.name], operations: ['sign'] },
    check: (key, isOutside) => checkSigningKey(algorithm, key, isOutside),
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
export function checkFit({ purpose, check, otherAlgorithm }: KeyUse, held: HeldKey): readonly KeyFinding[] {
  const findings = [...check(held.key, held.outside !== undefined)];
  findings.push(...checkAlgorithm(purpose.algorithms, otherAlgorithm, held.algorithm));
  const [certificate] = held.certificates;
  if (certificate !== undefined && held.key.type !== 'secret' && certifies(certificate, held.key) !== true) {
    const message = 'The certificate is for another key, or cannot be read.';
    findings.push(keyError('keys.wrong-certificate', message));
  }
  return findings;
}

/** What the `alg` of a JWK says against its use. */
function checkAlgorithm(
  algorithms: readonly string[],
  accepted: RuleCode | undefined,
  found: string | undefined,
): readonly KeyFinding[] {
  if (found === undefined || algorithms.includes(found)) return [];
  const names = algorithms.join(' or ');
  // A key to encrypt with is for another use.
  if (accepted === undefined || !signatureAlgorithms.has(found)) {
    const message = `The policy needs a key for ${names}, but the JWK has another \`alg\`.`;
    return [keyError('jose.wrong-key-algorithm', message)];
  }
  const message = `The JWK is for another algorithm: its \`alg\` is \`${found}\`. As on the gateway, tokens are signed with ${names}, which the policy names.`;
  return [keyWarning(accepted, message, 'Write the algorithm that is meant in both places.')];
}

export function hasError(findings: readonly KeyFinding[]): boolean {
  return findings.some(({ severity }) => severity === 'error');
}
