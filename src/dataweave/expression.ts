/**
 * @module
 * The room's entrance: expression text to something that can be evaluated.
 */
import { problemAt, LocatedError } from '../diagnostics/problem.ts';
import type { JsonValue } from '../diagnostics/json.ts';
import type { SourceText } from '../diagnostics/source-text.ts';
import type { Bindings } from './bindings.ts';

export type ProfileName = 'flex' | 'dataweave';

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

/**
 * Compiles an expression (the text between `#[` and `]`).
 *
 * @throws LocatedError `dataweave.*` where the gateway would not load a policy with this expression
 */
export function compileExpression(source: SourceText, _profile: ProfileName): CompiledExpression {
  throw new LocatedError(problemAt(source, 0, 'dataweave.unexpected-token', { message: 'not implemented' }));
}
