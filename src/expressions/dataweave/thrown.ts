/**
 * @module
 * What DataWeave's `try` says of an error, kept beside the error: messages for the log never contain values.
 */
import type { MintError } from '../../diagnostics/mint-error.ts';

/** What `try` knows of an error. The message may contain values, so it is only ever a value of the expression. */
export interface Thrown {
  readonly kind: string;
  readonly message: string;
}

const details = new WeakMap<MintError, () => Thrown>();

/** The error, with what `try` says of it. */
export function thrownAs<E extends MintError>(error: E, thrown: () => Thrown): E {
  details.set(error, thrown);
  return error;
}

export function thrownOf(error: MintError): Thrown | undefined {
  return details.get(error)?.();
}
