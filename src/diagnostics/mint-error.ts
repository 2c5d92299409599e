/**
 * @module
 * Why a request got no token.
 *
 * The message is for the operator's log. It names claims, functions and types, and never holds the value of a claim
 * or header, or anything of a key: it may be logged and shown as it is.
 */
import type { Code } from './codes.ts';

export class MintError extends Error {
  override readonly name = 'MintError';
  readonly code: Code;
  /** The name of the claim or variable that failed, which a vendor's answer may show to the caller; never a value. */
  readonly subject: string | undefined;

  constructor(code: Code, message: string, cause?: unknown, subject?: string) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.subject = subject;
  }
}
