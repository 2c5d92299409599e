/**
 * @module
 * A compiled expression, the result of either engine.
 */
import type { JsonValue } from '../diagnostics/json.ts';
import type { Bindings } from './bindings.ts';
import type { MemberRead } from './member-reads.ts';

export interface CompiledExpression {
  /**
   * The value for one request.
   *
   * @throws MintError `dataweave.*` if the expression fails for this request
   */
  evaluate(bindings: Bindings): JsonValue;
  /** The value, if it is the same for every request. */
  readonly constant: JsonValue | undefined;
  /** The members of the inputs that the expression names, from left to right. */
  readonly reads: readonly MemberRead[];
}
