/**
 * @module
 * Numbers whose digits may be lost, for vendors whose gateways keep them all: Envoy's metadata holds doubles, and beyond
 * 2^53 - 1 a double stands for several whole numbers. A token must not name another account than the caller's.
 */
import { isInexact } from '../diagnostics/exact-json.ts';
import { called } from '../diagnostics/harmless.ts';
import type { JsonValue } from '../diagnostics/json.ts';
import { MintError } from '../diagnostics/mint-error.ts';

/**
 * The value, to be asked for where it goes into the token or into a string.
 *
 * @param subject the name of the variable or claim
 * @throws MintError `identity.inexact-number`
 */
export function exact<T extends JsonValue>(value: T, subject?: string): T {
  if (typeof value !== 'string' && isInexact(value)) throw inexactNumber(subject);
  return value;
}

/** @param subject as `exact` takes it */
export function inexactNumber(subject: string | undefined): MintError {
  const whose = subject === undefined ? 'The value of a claim' : called('The value', subject);
  const message = `${whose} has a number beyond 2^53 - 1, whose last digits may be lost. The identity provider must send it as a string.`;
  return new MintError('identity.inexact-number', message, { subject });
}
