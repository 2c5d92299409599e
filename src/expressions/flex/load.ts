/**
 * @module
 * What happens to an expression when its policy loads: everything that needs no request is worked out, and what fails
 * there stops the policy from loading.
 */
import { MintError } from '../../diagnostics/mint-error.ts';
import { LocatedError, problemAt } from '../../diagnostics/problem.ts';
import type { SourceText } from '../../diagnostics/source-text.ts';
import type { InputName } from '../bindings.ts';
import type { Budget } from '../limits.ts';
import type { Node } from './ast.ts';
import { noInputs } from './closures.ts';
import { Reducer } from './reduce.ts';

/**
 * The vendor draws `uuid()` here, once for all requests; we check that it could and
 * draw one per request (docs/decisions/0012).
 *
 * @throws LocatedError `dataweave.*` at the operation that fails
 */
export function reduceAtLoad(source: SourceText, body: Node, declared: ReadonlySet<InputName>, budget: Budget): Node {
  let isRandom = false;
  const randomId = (): string => {
    isRandom = true;
    return '00000000-0000-4000-8000-000000000000';
  };
  const stage = { declared, available: noInputs };
  const call = { budget, randomId, find: noInputs };
  const reduced = located(source, new Reducer({ ...stage, keepRandom: false }, call), body);
  return isRandom ? located(source, new Reducer({ ...stage, keepRandom: true }, call), body) : reduced;
}

function located(source: SourceText, reducer: Reducer, body: Node): Node {
  try {
    return reducer.reduce(body);
  } catch (error) {
    if (!(error instanceof MintError)) throw error;
    throw new LocatedError(problemAt(source, reducer.at, error.code, { message: error.message }), error);
  }
}
