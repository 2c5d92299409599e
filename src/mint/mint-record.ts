/**
 * @module
 * What is recorded about one policy and one request, for metrics, the log and the audit.
 */
import type { Code } from '../diagnostics/codes.ts';
import type { Origin } from '../diagnostics/mint-error.ts';
import type { AuditFacts } from './audit.ts';

/** How one policy fared with one request. */
export type MintOutcome = 'minted' | 'refused' | 'passed';

export interface MintRecord {
  readonly policy: string;
  readonly outcome: MintOutcome;
  /** Why no token was minted: the code and the operator's message. */
  readonly code?: string;
  readonly message?: string;
  /** The claim or header parameter that could not be made, where it was one of these. */
  readonly origin?: Origin | undefined;
  /** The vendor's name for the failure, one of a closed set. */
  readonly fault?: string | undefined;
  /** What is doubtful about a token that was minted. */
  readonly warning?: Code | undefined;
  /** When the policy began to run, in seconds of the clock `performance.now()`. */
  readonly began?: number;
  /** Of the header value that was written. */
  readonly bytes?: number;
  /** Where the token leaves a line in the audit. */
  readonly audit?: AuditFacts | undefined;
}

/**
 * What is recorded of the tokens of one policy: one record for all of them, since most requests leave one. It tells of
 * the token that was minted last, and has to be read before the turn ends.
 */
export interface MintedRecord extends MintRecord {
  readonly outcome: 'minted';
  began: number;
  bytes: number;
  audit: AuditFacts | undefined;
  warning: Code | undefined;
}
