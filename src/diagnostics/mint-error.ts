/**
 * @module
 * Why a request got no token.
 *
 * The message is for the operator's log. It names claims, functions and types, and never holds the value of a claim
 * or header, or anything of a key: it may be logged and shown as it is.
 */
import type { Code } from './codes.ts';
import type { Place } from './source-text.ts';

/** The member of the token that could not be made. */
export interface Origin {
  readonly member: 'claim' | 'header parameter';
  /** As the policy has it; undefined where the request decides what the member is called. */
  readonly name: string | undefined;
  /** Where the policy says what the member's value is. */
  readonly place: Place;
}

/** The member under the name that records have for its kind. */
export function memberField({ member, name }: Origin): {
  readonly claim?: string | undefined;
  readonly headerParameter?: string | undefined;
} {
  return member === 'claim' ? { claim: name } : { headerParameter: name };
}

interface MintErrorDetails {
  readonly cause?: unknown;
  /** The name of the claim or variable that failed, which a vendor's answer may show to the caller; never a value. */
  readonly subject?: string | undefined;
}

export class MintError extends Error {
  override readonly name = 'MintError';
  readonly code: Code;
  readonly subject: string | undefined;
  #origin: Origin | undefined;

  constructor(code: Code, message: string, details: MintErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.subject = details.subject;
  }

  /** Undefined where no single member failed. */
  get origin(): Origin | undefined {
    return this.#origin;
  }

  /** The error, which from now on names the member that failed; the first one stays. */
  from(origin: Origin | undefined): this {
    this.#origin ??= origin;
    return this;
  }
}
