/**
 * @module
 * An expression that is ready to run: what either engine makes of its language.
 */
import type { JsonValue } from '../diagnostics/json.ts';
import type { Bindings } from './bindings.ts';

export interface CompiledExpression {
  /**
   * The value for one request.
   *
   * @throws MintError `dataweave.*` where the expression fails on this request
   */
  evaluate(bindings: Bindings): JsonValue;
  /** The value where it is the same for every request. */
  readonly constant: JsonValue | undefined;
}
