/**
 * @module
 * What loading needs of the world around it.
 */
import type { Documents } from '../documents/document-file.ts';
import type { CallerObserver } from '../identity/caller-sources.ts';
import type { Encrypt } from '../jose/encrypt.ts';
import type { Sign } from '../jose/signature-algorithms.ts';
import type { UnlockedKeys } from '../keys/unlocked-keys.ts';
import type { ReuseCounters } from '../mint/reuse.ts';
import type { FileReader } from './files.ts';
import type { SigningKeys, WithoutKeys } from './keys/signing-rings.ts';

export interface LoadContext {
  readonly files: FileReader;
  /** Stands between a minter and its signer, as a stopwatch does; `algorithm` is the algorithm's name. */
  readonly wrapSign?: (algorithm: string, sign: Sign) => Sign;
  /** The same between a minter and its encrypter; `algorithm` is the key management's name. */
  readonly wrapEncrypt?: (algorithm: string, encrypt: Encrypt) => Encrypt;
  /** The process's environment, for variables and keys that are declared to come from it. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Counts the tokens of a policy that are given out again, and those that are not. */
  readonly reuseCounters?: (policy: string) => ReuseCounters;
  /** What is counted and noted about callers. */
  readonly callers?: CallerObserver;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
  /** The keys of the configuration that is in force. */
  readonly before?: SigningKeys;
  /** Milliseconds from `now` until new keys are published, at most. */
  readonly announcedIn?: number;
  /**
   * How many policies may be loaded though none of their keys is active now, so that their requests are refused: none
   * unless it says otherwise; `some`: as long as another can answer. One that could sign before is never among them.
   */
  readonly withoutKeys?: WithoutKeys;
  /** The files as documents, where somebody else wants to know them, too. */
  readonly documents?: Documents;
  /** Keys that a password opens, where somebody else has opened them or wants them, too. */
  readonly unlocked?: UnlockedKeys;
}
