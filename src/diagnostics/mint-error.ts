/**
 * @module
 * The error of a request that gets no token.
 *
 * The message is for the operator's log. It names claims, functions and types, and never contains the value of a claim
 * or header, or any part of a key. So it can be logged and shown.
 */
import type { RefusalCode } from './refusals.ts';
import type { Place } from './source-text.ts';

/** The member of the token whose value failed. */
export interface Origin {
  readonly member: 'claim' | 'header parameter';
  /** As the policy has it; undefined if the name depends on the request. */
  readonly name: string | undefined;
  /** The place of the member's value in the policy. */
  readonly place: Place;
}

/** The member as a field of a log record. */
export function memberField({ member, name }: Origin): {
  readonly claim?: string | undefined;
  readonly headerParameter?: string | undefined;
} {
  return member === 'claim' ? { claim: name } : { headerParameter: name };
}

interface MintErrorDetails {
  readonly cause?: unknown;
  /** The name of the claim or variable that failed. A vendor's response may show it to the caller. Never a value. */
  readonly subject?: string | undefined;
}

/**
 * `mintproc mint` runs one policy alone, and says if the request is outside its rules. The other two are found when
 * the service that holds a key is asked at load.
 */
export type MintErrorCode = RefusalCode | 'policy.outside-rules' | 'config.missing-package' | 'keys.outside-setting';

export class MintError extends Error {
  override readonly name = 'MintError';
  readonly code: MintErrorCode;
  readonly subject: string | undefined;
  #origin: Origin | undefined;

  constructor(code: MintErrorCode, message: string, details: MintErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.subject = details.subject;
  }

  /** Undefined if no single member failed. */
  get origin(): Origin | undefined {
    return this.#origin;
  }

  /** Records which member failed, unless one is recorded already. @returns the error itself */
  from(origin: Origin | undefined): this {
    this.#origin ??= origin;
    return this;
  }
}
