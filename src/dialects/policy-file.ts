/**
 * @module
 * What every dialect offers: recognising a file and reading the policies in it.
 */

import type { JsonValue } from '../diagnostics/json.ts';
import type { Problems } from '../diagnostics/problem.ts';
import type { Place } from '../diagnostics/source-text.ts';
import type { Steps } from '../diagnostics/steps.ts';
import type { DocumentFile } from '../documents/document-file.ts';
import type { ShapeCodes } from '../documents/shape.ts';
import type { ProfileName } from '../expressions/expression.ts';
import type { Computed, TokenPlan } from '../plan/token-plan.ts';

/** What a policy's entry in the configuration says about reading it. */
export interface PolicySettings {
  /** The expression language; a dialect that has none ignores it. */
  readonly expressions?: ProfileName | undefined;
  /** Which of a vendor's products, where they read one policy differently; a dialect that has none ignores it. */
  readonly edition?: 'edge' | 'x' | undefined;
  /** The configuration's variables; undefined where a policy is read without a configuration. */
  readonly variables?: DeclaredVariables | undefined;
}

/** Variables that the configuration declares. */
export interface DeclaredVariables {
  /** Every declared name, those of secrets too. */
  readonly names: Iterable<string>;
  /** A variable whose value may be shown; undefined where there is none of this name, or it is a secret. */
  find(name: string): Computed | undefined;
  /**
   * The same, and secrets too: for the one place where vendors' own samples put a secret variable on show, the
   * identifier of a key.
   */
  findForKeyId(name: string): Computed | undefined;
  /** The value of a variable that is the same for every request; undefined for others, and for secrets. */
  constant(name: string): JsonValue | undefined;
}

/** A variable that a policy reads. */
export interface VariableUse {
  readonly name: string;
  readonly place: Place;
  /** `secret`: key material or a password; `key-id`: the identifier of a key; `value`: anything that is shown. */
  readonly use: 'value' | 'key-id' | 'secret';
  /** Where its value comes from, as far as it is known when the policy loads. */
  readonly origin: 'request' | 'declared' | 'unknown';
}

/** One policy found in a file; `plan` is undefined where problems keep it from being used. */
export interface FoundPolicy {
  /** The names by which a configuration may choose it where a file holds several. */
  readonly names: readonly string[];
  /** The offset in the file where the policy begins. */
  readonly offset: number;
  readonly plan: TokenPlan | undefined;
  /** What the policy reads from variables; absent where the dialect has none. */
  readonly variables?: readonly VariableUse[];
}

export interface Dialect {
  readonly name: string;
  /** What an author may write, as the end of a sentence. */
  readonly example: string;
  /** Whether the text is, or tries to be, a policy of this dialect; cheap, and never a throw. */
  recognises(text: string): boolean;
  /** Every policy in the file. Problems are reported, not thrown. */
  read(file: DocumentFile, settings: PolicySettings, problems: Problems): Steps<readonly FoundPolicy[]>;
}

/** The codes for what is wrong with a policy's values. */
export const policyShapeCodes: ShapeCodes = {
  unknownKey: 'policy.unknown-key',
  missingKey: 'policy.missing-key',
  wrongType: 'policy.wrong-type',
  invalidValue: 'policy.invalid-value',
};
