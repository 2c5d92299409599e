/**
 * @module
 * What every dialect offers: recognising a file and reading the policies in it.
 */
import type { ProfileName } from '../dataweave/expression.ts';
import type { Problems } from '../diagnostics/problem.ts';
import type { SourceText } from '../diagnostics/source-text.ts';
import type { TokenPlan } from '../plan/token-plan.ts';
import type { ShapeCodes } from './shape.ts';

/** What a policy's entry in the configuration says about reading it. */
export interface PolicySettings {
  /** The expression language; a dialect that has none ignores it. */
  readonly expressions?: ProfileName | undefined;
}

/** One policy found in a file; `plan` is undefined where problems keep it from being used. */
export interface FoundPolicy {
  /** The names by which a configuration may choose it where a file holds several. */
  readonly names: readonly string[];
  /** The offset in the file where the policy begins. */
  readonly offset: number;
  readonly plan: TokenPlan | undefined;
}

export interface Dialect {
  readonly name: string;
  /** Whether the text is, or tries to be, a policy of this dialect; cheap, and never a throw. */
  recognises(text: string): boolean;
  /** Every policy in the file. Problems are reported, not thrown. */
  read(source: SourceText, settings: PolicySettings, problems: Problems): readonly FoundPolicy[];
}

/** The codes for what is wrong with a policy's values. */
export const policyShapeCodes: ShapeCodes = {
  unknownKey: 'policy.unknown-key',
  missingKey: 'policy.missing-key',
  wrongType: 'policy.wrong-type',
  invalidValue: 'policy.invalid-value',
};
