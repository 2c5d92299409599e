/**
 * @module
 * `import … from 'mintproc/dataweave'`: the engines of expressions without the rest of mintproc (docs/library.md).
 */
import { dataweaveLimits } from '../expressions/dataweave/bounds.ts';
import { limits as expressionLimits } from '../expressions/limits.ts';
import { evaluateExpression } from './expressions.ts';
import type { EvaluateOptions, EvaluateResult, ExpressionLimits } from './interface.ts';

export { compile } from './expressions.ts';
export type * from './interface.ts';

/** What an expression may cost. A program cannot change it. */
export const limits: ExpressionLimits = Object.freeze({
  ...expressionLimits,
  dataweave: Object.freeze({ ...dataweaveLimits }),
});

/**
 * Compiles an expression and evaluates it once.
 *
 * @throws TypeError if an option is not what its type says
 */
export function evaluate(expression: string, options: EvaluateOptions = {}): EvaluateResult {
  return evaluateExpression(expression, options, 'dataweave');
}
