/**
 * @module
 * The outcome of an expression in a context: its value, or the code of the error when it loads or at the request.
 */
import assert from 'node:assert/strict';
import type { JsonValue } from '../../src/diagnostics/json.ts';
import { MintError } from '../../src/diagnostics/mint-error.ts';
import { LocatedError } from '../../src/diagnostics/problem.ts';
import { SourceText } from '../../src/diagnostics/source-text.ts';
import { compileExpression, type ProfileName } from '../../src/expressions/expression.ts';
import { bindingsOf, type Context, inputsOf } from './context-bindings.ts';

export type Outcome = { readonly ok: JsonValue } | { readonly load: string } | { readonly request: string };

/** What is between may be of the expression, and is anything. */
const sentence = /^\S.*\S[.?]$/s;

export function outcome(expr: string, context: Context, profile: ProfileName = 'flex'): Outcome {
  try {
    const source = SourceText.ofFile('expression', expr);
    const expression = compileExpression(source, { profile, inputs: inputsOf(context) });
    return { ok: expression.evaluate(bindingsOf(context)) };
  } catch (error) {
    if (error instanceof LocatedError) {
      const { message, suggestion = 'none' } = error.problem;
      assert.match(message, sentence);
      assert.match(suggestion, /\S/);
      return { load: error.problem.code };
    }
    if (error instanceof MintError) {
      assert.match(error.message, sentence);
      return { request: error.code };
    }
    throw error;
  }
}
