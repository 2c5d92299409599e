/**
 * @module
 * Compiles an expression alone, and evaluates it with inputs that an author has written.
 */
import { randomUUID } from 'node:crypto';
import { inDoubles } from '../diagnostics/exact-json.ts';
import { isRecord, type JsonObject, type JsonValue } from '../diagnostics/json.ts';
import { MintError } from '../diagnostics/mint-error.ts';
import { LocatedError, type Problem, Problems } from '../diagnostics/problem.ts';
import { SourceText, whollyHarmless } from '../diagnostics/source-text.ts';
import { type Bindings, type InputName, policyInputs } from '../expressions/bindings.ts';
import { type CompiledExpression, compileExpression, type ProfileName } from '../expressions/expression.ts';
import { checkReads } from '../expressions/member-check.ts';
import { readRequestObjects } from './request-objects.ts';

export interface LoneExpression {
  readonly expression: CompiledExpression;
  readonly profile: ProfileName;
  readonly warnings: readonly Problem[];
}

/** @throws LocatedError `dataweave.*` if it does not load */
export function compileAlone(text: string, profile: ProfileName, inputs: readonly InputName[]): LoneExpression {
  const source = SourceText.ofFile('expression', text).describe(whollyHarmless);
  const expression = compileExpression(source, { profile, inputs });
  const problems = new Problems();
  checkReads(source, expression.reads, undefined, problems);
  return { expression, profile, warnings: problems.all };
}

/** What an expression can read: `attributes` and `authentication` as in `request-objects.ts`, `payload`, `vars`. */
export type ExpressionContext = Readonly<Record<string, unknown>>;

/**
 * @param context JSON
 * @param what names the context in errors
 * @param now milliseconds since the epoch
 * @throws TrialError if the context does not have its form
 */
export function bindingsOf(context: ExpressionContext, profile: ProfileName, what: string, now: number): Bindings {
  const { attributes, authentication } = readRequestObjects(context, what);
  const { payload, vars } = context;
  // Flex Gateway computes with doubles.
  const input = (value: unknown): JsonValue =>
    profile === 'flex' ? inDoubles(value as JsonValue) : (value as JsonValue);
  const variables = new Map(isRecord(vars) ? Object.entries(input(vars) as JsonObject) : []);
  return { attributes, authentication, variables, payload: input(payload ?? null), randomId: randomUUID, now };
}

/** The inputs of a policy, and what else the context has. */
function inputsIn({ vars, ...others }: ExpressionContext): readonly InputName[] {
  const inputs: InputName[] = [...policyInputs];
  if ('payload' in others) inputs.push('payload');
  if (isRecord(vars) && Object.keys(vars).length > 0) inputs.push('vars');
  return inputs;
}

export type ExpressionAnswer =
  | { readonly kind: 'value'; readonly value: JsonValue; readonly warnings: readonly Problem[] }
  | { readonly kind: 'unloadable'; readonly error: LocatedError }
  | { readonly kind: 'failed'; readonly error: MintError; readonly warnings: readonly Problem[] };

interface Evaluated {
  readonly profile: ProfileName;
  readonly context: ExpressionContext;
  /** Names the context in errors. */
  readonly what: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** @throws TrialError if the context does not have its form */
export function evaluateAlone(text: string, { profile, context, what, now }: Evaluated): ExpressionAnswer {
  const bindings = bindingsOf(context, profile, what, now);
  try {
    return answerWith(compileAlone(text, profile, inputsIn(context)), bindings);
  } catch (error) {
    if (error instanceof LocatedError) return { kind: 'unloadable', error };
    throw error;
  }
}

export function answerWith(
  { expression, warnings }: LoneExpression,
  bindings: Bindings,
): Exclude<ExpressionAnswer, { readonly kind: 'unloadable' }> {
  try {
    return { kind: 'value', value: expression.evaluate(bindings), warnings };
  } catch (error) {
    if (error instanceof MintError) return { kind: 'failed', error, warnings };
    throw error;
  }
}
