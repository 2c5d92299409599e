/**
 * @module
 * What is wrong with a key, found when a policy loads. A message names types and sizes, never key material.
 */
import type { KeyObject } from 'node:crypto';
import type { Code } from '../diagnostics/codes.ts';
import type { Severity } from '../diagnostics/problem.ts';

export interface KeyFinding {
  readonly code: Code;
  readonly severity: Severity;
  readonly message: string;
  readonly suggestion?: string;
}

/** A finding that forbids the key. */
export function keyError(code: Code, message: string, suggestion?: string): KeyFinding {
  return { code, severity: 'error', message, ...(suggestion === undefined ? {} : { suggestion }) };
}

/** A finding that lets the key be used. */
export function keyWarning(code: Code, message: string, suggestion?: string): KeyFinding {
  return { ...keyError(code, message, suggestion), severity: 'warning' };
}

/** RFC 7518 sections 3.3, 3.5, 4.2 and 4.3. */
export const minimumRsaBits = 2048;

export function checkRsaSize(name: string, key: KeyObject): readonly KeyFinding[] {
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
  if (bits >= minimumRsaBits) return [];
  const message = `${name} needs an RSA key of at least ${minimumRsaBits} bits; this one has ${bits}.`;
  return [keyError('jose.rsa-too-small', message)];
}
