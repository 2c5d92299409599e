/**
 * @module
 * `import … from 'mintproc'`: the functions of the commands for a program (docs/library.md).
 */

import { evaluateExpression } from './expressions.ts';
import type { EvaluateOptions, EvaluateResult } from './interface.ts';

export type * from './interface.ts';
export { loadConfiguration } from './load-configuration.ts';
export { loadPolicy } from './load-policy.ts';

/**
 * Evaluates an expression (the text between `#[` and `]`), as `mintproc eval` does.
 *
 * @throws TypeError if an option is not what its type says
 */
export function evaluate(expression: string, options: EvaluateOptions = {}): EvaluateResult {
  return evaluateExpression(expression, { profile: 'flex', ...options });
}
