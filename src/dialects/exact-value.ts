/**
 * @module
 * Numbers that may have lost digits, for vendors whose gateways keep all digits. Envoy's metadata holds doubles, and
 * beyond 2^53 - 1 a double represents several whole numbers. A token must not name an account other than the caller's.
 */
import { isInexact } from '../diagnostics/exact-json.ts';
import { called } from '../diagnostics/harmless.ts';
import type { JsonValue } from '../diagnostics/json.ts';
import { MintError } from '../diagnostics/mint-error.ts';

/**
 * Returns the value unchanged. Call it where the value is written to the token or to a string.
 *
 * @param subject the name of the variable or claim
 * @throws MintError `identity.inexact-number`
 */
export function exact<T extends JsonValue>(value: T, subject?: string): T {
  if (typeof value !== 'string' && isInexact(value)) throw inexactNumber(subject);
  return value;
}

/** @param subject the name of the variable or claim */
export function inexactNumber(subject: string | undefined): MintError {
  const whose = subject === undefined ? 'The value of a claim' : called('The value', subject);
  const message = `${whose} has a number beyond 2^53 - 1, so its last digits may be lost. The identity provider must send it as a string.`;
  return new MintError('identity.inexact-number', message, { subject });
}
