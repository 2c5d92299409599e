/**
 * @module
 * The cost of an expression: CPU time of the thread, and charged steps.
 */
import { MintError } from '../../../src/diagnostics/mint-error.ts';
import type { Bindings } from '../../../src/expressions/bindings.ts';
import type { CompiledExpression } from '../../../src/expressions/expression.ts';
import { Budget } from '../../../src/expressions/limits.ts';
import { cpuTimeOf } from '../../search/cpu-time.ts';

let steps = 0;
const { charge } = Budget.prototype;
Budget.prototype.charge = function (this: Budget, more: number): void {
  steps += more;
  charge.call(this, more);
};

export interface Cost {
  readonly milliseconds: number;
  readonly steps: number;
  /** The code of the error; undefined if there is a value. */
  readonly code: string | undefined;
}

/** @throws errors of the expression, except for a `MintError` */
export function costOf(expression: CompiledExpression, bindings: Bindings): Cost {
  steps = 0;
  const { milliseconds, result: code } = cpuTimeOf(() => failureOf(expression, bindings));
  return { milliseconds, steps, code };
}

function failureOf(expression: CompiledExpression, bindings: Bindings): string | undefined {
  try {
    expression.evaluate(bindings);
    return undefined;
  } catch (error) {
    if (error instanceof MintError) return error.code;
    throw error;
  }
}
