/**
 * @module
 * Compiles an expression of the profile `dataweave`.
 */
import type { JsonValue } from '../../diagnostics/json.ts';
import { MintError } from '../../diagnostics/mint-error.ts';
import { LocatedError, problemAt } from '../../diagnostics/problem.ts';
import type { SourceText } from '../../diagnostics/source-text.ts';
import type { Bindings, InputName } from '../bindings.ts';
import type { CompiledExpression } from '../compiled-expression.ts';
import { compileScript } from './compile.ts';
import { Evaluation } from './evaluation.ts';
import { toJson } from './json.ts';
import { parse } from './parser.ts';
import type { Script } from './syntax.ts';
import { Tracer } from './tracing.ts';

/**
 * An expression that needs no request is evaluated here, so that its errors are found at load.
 *
 * @throws LocatedError `dataweave.*`
 */
export function compileDataWeave(source: SourceText, declared: ReadonlySet<InputName>): CompiledExpression {
  const script = parse(source);
  const evaluation = new Evaluation();
  const { run, needsRequest, reads } = compileScript(source, script, declared, evaluation);
  if (!needsRequest) {
    const constant = evaluateAtLoad(source, script, declared);
    return { constant, evaluate: () => constant, reads };
  }
  const evaluate = (bindings: Bindings): JsonValue => {
    evaluation.start(bindings);
    return toJson(run(), evaluation.meter);
  };
  return { constant: undefined, evaluate, reads };
}

function evaluateAtLoad(source: SourceText, script: Script, declared: ReadonlySet<InputName>): JsonValue {
  const evaluation = new Evaluation();
  const tracer = new Tracer();
  const { run } = compileScript(source, script, declared, evaluation, tracer);
  try {
    evaluation.start(undefined);
    return toJson(run(), evaluation.meter);
  } catch (error) {
    if (!(error instanceof MintError)) throw error;
    const at = tracer.placeOf(error) ?? script.body.start;
    throw new LocatedError(problemAt(source, at, error.code, { message: error.message }), { cause: error });
  }
}
