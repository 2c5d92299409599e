/**
 * @module
 * The record of one policy for one request, for metrics, the log and the audit.
 */
import type { Code } from '../diagnostics/codes.ts';
import type { Origin } from '../diagnostics/mint-error.ts';
import type { AuditFacts } from './audit.ts';
import type { KeyUse } from './key-use.ts';

/** The outcome of one policy for one request. */
export type MintOutcome = 'minted' | 'refused' | 'passed';

export interface MintRecord {
  readonly policy: string;
  readonly outcome: MintOutcome;
  /** Why no token was minted: the code and the operator's message. */
  readonly code?: string;
  readonly message?: string;
  /** The claim or header parameter that could not be computed, if that was the reason. */
  readonly origin?: Origin | undefined;
  /** The vendor's name for the failure, one of a closed set. */
  readonly fault?: string | undefined;
  /** A warning about a token that was minted. */
  readonly warning?: Code | undefined;
  /** When the policy began to run, in seconds of the clock `performance.now()`. */
  readonly began?: number;
  /** The size of the header value. */
  readonly bytes?: number;
  /** If the audit logs the token. */
  readonly audit?: AuditFacts | undefined;
  /** When the policy used its keys; a use before `began` was for another request. */
  readonly keyUse?: KeyUse;
}

/**
 * The record of the last token of one policy. All tokens of a policy share one object, because most requests need one.
 * Read it before the event-loop turn ends.
 */
export interface MintedRecord extends MintRecord {
  readonly outcome: 'minted';
  began: number;
  bytes: number;
  audit: AuditFacts | undefined;
  warning: Code | undefined;
  keyUse: KeyUse;
}

/** The record of a policy that has not minted yet. */
export function mintedRecord(policy: string, keyUse: KeyUse): MintedRecord {
  return { policy, outcome: 'minted', began: 0, bytes: 0, audit: undefined, warning: undefined, keyUse };
}
