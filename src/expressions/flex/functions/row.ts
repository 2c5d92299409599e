/**
 * @module
 * One function of the language: a row. The table in `docs/expressions.md` is written from these rows.
 */

import type { Budget } from '../../limits.ts';
import type { FindHolder } from '../inputs.ts';
import type { Value } from '../values.ts';

/** What a function may use besides its arguments. */
export interface CallContext {
  readonly budget: Budget;
  /** A random UUID, version 4. */
  randomId(): string;
  /** What stands behind an argument that is an input. */
  readonly find: FindHolder;
}

export interface FunctionRow {
  readonly module: string;
  readonly name: string;
  /** As the documentation shows it: names and types of the parameters, and the result's type. */
  readonly signature: string;
  /** What it does, in one sentence. */
  readonly summary: string;
  /** How many arguments Flex Gateway takes; `atLeast`: it ignores the ones after these. */
  readonly arity: { readonly exactly: number } | { readonly atLeast: number };
  /** Whether two calls with the same arguments may differ, so that a call is not folded when the policy loads. */
  readonly random?: true;
  /** What the two profiles do. */
  readonly profiles: {
    /**
     * @throws MintError `dataweave.*` as Flex Gateway would fail
     */
    readonly flex: (call: CallContext, ...values: Value[]) => Value;
    /** How DataWeave 2.x differs, in one sentence; undefined where it does the same. */
    readonly dataweave: string | undefined;
  };
}
