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

  constructor(code: Code, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}
