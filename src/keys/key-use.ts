/**
 * @module
 * What a key is wanted for. Sources read keys for signing and for encrypting alike; where the two differ, it is here: the
 * kind of key, what a JWK may say of its own use, and whether a key fits the algorithms.
 */
import type { KeyObject } from 'node:crypto';
import type { SignatureAlgorithm } from '../jose/algorithms.ts';
import type { ContentEncryption, KeyManagement } from '../jose/encryption-algorithms.ts';
import type { JwkPurpose } from '../jose/jwk.ts';
import { checkRecipientKey } from '../jose/recipient-key.ts';
import { checkSigningKey, type KeyFinding } from '../jose/signing-key.ts';
import { vouchesFor } from './certificates.ts';
import type { HeldKey } from './held-key.ts';
import type { KeyKind } from './key-material.ts';

export interface KeyUse {
  readonly kind: KeyKind;
  readonly purpose: JwkPurpose;
  /** Everything that speaks against the key itself; empty where it fits. */
  check(key: KeyObject): readonly KeyFinding[];
}

/** To sign by `algorithm`. */
export function signingUse(algorithm: SignatureAlgorithm): KeyUse {
  return {
    kind: algorithm.family === 'hmac' ? 'secret' : 'private',
    purpose: { use: 'sig', algorithms: [algorithm.name], operations: ['sign'] },
    check: (key) => checkSigningKey(algorithm, key),
  };
}

/** To encrypt tokens to its owner. */
export function encryptionUse(management: KeyManagement, content: ContentEncryption): KeyUse {
  const { family, name } = management;
  return {
    kind: family === 'rsa' || family === 'ecdh' ? 'public' : 'secret',
    purpose: {
      use: 'enc',
      algorithms: family === 'dir' ? [name, content.name] : [name],
      operations: operationsOf[family],
    },
    check: (key) => checkRecipientKey(management, content, key),
  };
}

/** What `key_ops` may call the use that is made of a key (RFC 7517 section 4.3). */
const operationsOf: Readonly<Record<KeyManagement['family'], readonly string[]>> = {
  rsa: ['encrypt', 'wrapKey'],
  dir: ['encrypt'],
  'aes-kw': ['wrapKey', 'encrypt'],
  'aes-gcm-kw': ['wrapKey', 'encrypt'],
  pbes2: ['deriveKey', 'deriveBits', 'wrapKey', 'encrypt'],
  ecdh: ['deriveKey', 'deriveBits'],
};

/** Everything that speaks against using a key so; empty where it fits. */
export function checkFit({ purpose, check }: KeyUse, held: HeldKey): readonly KeyFinding[] {
  const findings = [...check(held.key)];
  if (held.algorithm !== undefined && !purpose.algorithms.includes(held.algorithm)) {
    const message = `The JWK's \`alg\` is not ${purpose.algorithms.join(' or ')}, which the policy names.`;
    findings.push({ code: 'jose.wrong-key-algorithm', severity: 'error', message });
  }
  const [certificate] = held.certificates;
  if (certificate !== undefined && held.key.type !== 'secret' && vouchesFor(certificate, held.key) !== true) {
    const message = 'The certificate beside the key is one for another key, or cannot be read.';
    findings.push({ code: 'keys.wrong-certificate', severity: 'error', message });
  }
  return findings;
}

export function hasError(findings: readonly KeyFinding[]): boolean {
  return findings.some(({ severity }) => severity === 'error');
}
