/**
 * @module
 * The requests that a policy is for, if it is not for every request of its route.
 */
import type { TextPattern } from '../expressions/text-pattern.ts';

/** A request must match all members of a rule. */
export interface RequestRule {
  /** The path without its query. */
  readonly path?: TextPattern | undefined;
  readonly method?: TextPattern | undefined;
  readonly host?: TextPattern | undefined;
  /** Names in lower case. */
  readonly headers: readonly { readonly name: string; readonly value: TextPattern }[];
}

/** A request must match one of the rules. */
export interface RequestRules {
  readonly rules: readonly RequestRule[];
  /**
   * What paths begin with before the part that the rules compare: in lower case, with a slash at the beginning and none
   * at the end. Empty if the rules compare whole paths.
   */
  readonly basePaths: readonly string[];
}
