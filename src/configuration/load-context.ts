/**
 * @module
 * What loading a configuration needs from its caller.
 */
import type { Documents } from '../documents/document-file.ts';
import type { CallerObserver } from '../identity/caller-sources.ts';
import type { Encrypt } from '../jose/encrypt.ts';
import type { Sign } from '../jose/signature-algorithms.ts';
import type { OutsideKeys } from '../keys/outside/outside-signers.ts';
import type { PublishedKey } from '../keys/published-keys.ts';
import type { UnlockedKeys } from '../keys/unlocked-keys.ts';
import type { Period } from '../mint/key-use.ts';
import type { ReuseCounters } from '../mint/reuse.ts';
import type { StepRecorder } from '../mint/step-recorder.ts';
import type { FileReader } from './files.ts';
import type { SigningKeys, WithoutKeys } from './keys/key-rings.ts';
import type { StandInKeys } from './keys/stand-in-keys.ts';

export interface LoadContext {
  readonly files: FileReader;
  /** Wraps each signer, to time it; `algorithm` is the algorithm's name, and `last` gets the last signature's time. */
  readonly wrapSign?: (algorithm: string, sign: Sign, last: Period) => Sign;
  /** Wraps each encrypter; `algorithm` is the key management's name. */
  readonly wrapEncrypt?: (algorithm: string, encrypt: Encrypt, last: Period) => Encrypt;
  /** The process's environment, for variables and keys that come from it. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Counters for tokens of a policy that are reused, and for those that are not. */
  readonly reuseCounters?: (policy: string) => ReuseCounters;
  /** Records how the members of tokens are computed, for explanations. */
  readonly recorder?: StepRecorder | undefined;
  /** Whether each request gets a token of its own, as in tests, whose order must not matter. Default: false. */
  readonly withoutReuse?: boolean;
  /** Counts what the sources of the caller's identity find. */
  readonly callers?: CallerObserver;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
  /** The keys of the configuration in force. */
  readonly before?: SigningKeys;
  /**
   * The keys that the file of `jwks.state` remembers. It is called at the first load of a process only. Default: no
   * keys.
   *
   * @param path can be opened as it is
   */
  readonly recall?: ((path: string) => readonly PublishedKey[]) | undefined;
  /** Maximum time in milliseconds from `now` until new keys are published. */
  readonly announcedIn?: number;
  /**
   * Which policies may be loaded although none of their keys is active now, so that their requests are refused.
   * Default: none. `some`: as long as another policy can answer. A policy that could sign before may never.
   */
  readonly withoutKeys?: WithoutKeys;
  /**
   * Whether only the shape of the configuration is of interest. Keys and the values of variables from files and the
   * environment need not be there, and no policy can mint. Default: false.
   */
  readonly withoutValues?: boolean;
  /**
   * Makes the keys that are not at hand, and has them afterwards: their files, environment variables or secret
   * variables do not exist, or nothing names a key. A key that is there and broken stays an error. For tests and trials
   * of a configuration, never to serve it. With `areForAll`, all keys are made, nothing that may be a key is read, and
   * the files of `tls` are not read either. Default: an absent key is an error.
   */
  readonly standInKeys?: StandInKeys | undefined;
  /** Whether every warning that is not allowed is an error, whatever the configuration says. Default: false. */
  readonly strict?: boolean;
  /** The parsed documents, if the caller has them already or wants them too. */
  readonly documents?: Documents;
  /**
   * Asks services for the keys that they hold. `unasked`: they are not asked, and what needs no key is checked.
   * Default: their keys are not at hand.
   */
  readonly outside?: OutsideKeys | 'unasked' | undefined;
  /** Decrypted keys, if the caller has them already or wants them too. */
  readonly unlocked?: UnlockedKeys;
}
