/**
 * @module
 * What is wrong with a key, found when a policy loads. A message names types and sizes, never key material.
 */
import type { KeyObject } from 'node:crypto';
import type { Code } from '../diagnostics/codes.ts';
import { type Severity, severityOf } from '../diagnostics/problem.ts';
import type { RuleCode } from '../diagnostics/rules.ts';

export interface KeyFinding {
  readonly code: Code;
  readonly severity: Severity;
  readonly message: string;
  readonly suggestion?: string;
  /** Whether there is nothing where the key should be. */
  readonly isAbsence?: true;
}

/** A finding that forbids the key. */
export function keyError(code: Code, message: string, suggestion?: string): KeyFinding {
  return { code, severity: 'error', message, ...(suggestion === undefined ? {} : { suggestion }) };
}

/** A finding that there is no key: no file, no variable, an empty folder. */
export function keyAbsence(code: Code, message: string, suggestion?: string): KeyFinding {
  return { ...keyError(code, message, suggestion), isAbsence: true };
}

/** A finding that lets the key be used. */
export function keyWarning(code: RuleCode, message: string, suggestion?: string): KeyFinding {
  return { ...keyError(code, message, suggestion), severity: severityOf(code) };
}

/** RFC 7518 sections 3.3, 3.5, 4.2 and 4.3. */
export const minimumRsaBits = 2048;

/** A signature with a larger key would delay all other requests by more than a tenth of a second. */
const maxRsaBits = 8192;

/** A signature with a larger key takes more than some milliseconds. */
const quickRsaBits = 4096;

export function checkRsaSize(name: string, key: KeyObject): readonly KeyFinding[] {
  const bits = bitsOf(key);
  if (bits < minimumRsaBits) {
    const message = `${name} needs an RSA key of at least ${minimumRsaBits} bits; this one has ${bits}.`;
    return [keyError('jose.rsa-too-small', message)];
  }
  if (bits <= maxRsaBits) return checkExponent(key);
  const message = `The RSA key has ${bits} bits; the maximum is ${maxRsaBits}.`;
  return [keyError('jose.rsa-too-large', message, 'Use a key of 2048 to 4096 bits.')];
}

/** With 1, RSA returns what it is given, so that everybody can read an encrypted key. An even one has no inverse. */
function checkExponent(key: KeyObject): readonly KeyFinding[] {
  const { publicExponent } = key.asymmetricKeyDetails ?? {};
  if (publicExponent === undefined || (publicExponent > 1n && publicExponent % 2n === 1n)) return [];
  const message = 'The public exponent of the RSA key is even or 1, so that the key protects nothing.';
  return [
    keyError('jose.rsa-exponent', message, 'Generate another key; its exponent is usually 65537 (`"e": "AQAB"`).'),
  ];
}

/** Only the private key is slow: encrypting with a public key of any allowed size takes less than a millisecond. */
export function checkSigningRsaSize(name: string, key: KeyObject): readonly KeyFinding[] {
  const findings = checkRsaSize(name, key);
  const bits = bitsOf(key);
  if (findings.length > 0 || bits <= quickRsaBits) return findings;
  const message = `A signature with an RSA key of ${bits} bits takes 10 to 100 times as long as one with 2048 bits. mintproc answers no other request meanwhile.`;
  return [keyWarning('jose.slow-signature', message, 'Use a key of 2048 to 4096 bits, or an EC key.')];
}

function bitsOf(key: KeyObject): number {
  return key.asymmetricKeyDetails?.modulusLength ?? 0;
}
