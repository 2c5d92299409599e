/**
 * @module
 * Compiles and evaluates expressions for a program.
 */

import { isObject } from '../diagnostics/exact-json.ts';
import type { JsonValue } from '../diagnostics/json.ts';
import { LocatedError } from '../diagnostics/problem.ts';
import type { Bindings } from '../expressions/bindings.ts';
import { inputNames, isInputName } from '../expressions/bindings.ts';
import { pathText } from '../expressions/member-reads.ts';
import {
  answerWith,
  bindingsOf,
  compileAlone,
  type ExpressionAnswer,
  evaluateAlone,
  type LoneExpression,
} from '../trial/evaluate-expression.ts';
import { checkRequestObjects } from '../trial/request-objects.ts';
import { TrialError } from '../trial/trial-error.ts';
import { jsonRecord, millisecondsOf, type OptionKinds, requireOptions, requireText } from './arguments.ts';
import type {
  CompileOptions,
  CompileResult,
  EvaluateOptions,
  EvaluateResult,
  ExpressionInputs,
  Moment,
  NotEvaluated,
  Profile,
} from './interface.ts';
import { failureOf, publicProblem, publicProblems } from './problems.ts';

/** Names the inputs in errors. */
const what = '`inputs`';

const evaluateKinds: OptionKinds<EvaluateOptions> = { profile: 'any', inputs: 'any', at: 'any' };
const compileKinds: OptionKinds<CompileOptions> = { profile: 'any', inputs: 'any' };

export function evaluateExpression(expression: string, options: EvaluateOptions, ownProfile: Profile): EvaluateResult {
  requireText(expression, 'The expression');
  requireOptions(options, evaluateKinds);
  const { profile = ownProfile, inputs = {}, at } = options;
  requireProfile(profile);
  const now = millisecondsOf(at, 'at');
  return withInputs(inputs, (context) => toResult(evaluateAlone(expression, { profile, context, what, now })));
}

/**
 * Compiles an expression once, to evaluate it many times.
 *
 * @throws TypeError if an option is not what its type says
 */
export function compile(expression: string, options: CompileOptions = {}): CompileResult {
  requireText(expression, 'The expression');
  requireOptions(options, compileKinds);
  const { profile = 'dataweave', inputs = inputNames } = options;
  requireProfile(profile);
  if (!Array.isArray(inputs) || !inputs.every(isInputName))
    throw new TypeError(`\`inputs\` takes ${inputNames.join(', ')}.`);
  try {
    return programOf(compileAlone(expression, profile, inputs));
  } catch (error) {
    if (error instanceof LocatedError) return { ok: false, problems: [publicProblem(error.problem)] };
    throw error;
  }
}

/** What a program does to a result must not change the next one: constants are computed once. */
function copyOf(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(copyOf);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, copyOf(member)]));
}

function programOf(lone: LoneExpression): CompileResult {
  const { expression, profile, warnings } = lone;
  return {
    ok: true,
    problems: publicProblems(warnings),
    constant: expression.constant === undefined ? undefined : copyOf(expression.constant),
    reads: expression.reads.map(pathText),
    evaluate(inputs: ExpressionInputs = {}, at?: Moment): EvaluateResult {
      const now = millisecondsOf(at, 'at');
      return withInputs(inputs, (context) => toResult(answerWith(lone, boundTo(context, profile, now))));
    },
  };
}

type Context = Readonly<Record<string, JsonValue>>;

function boundTo(context: Context, profile: Profile, now: number): Bindings {
  return bindingsOf(context, profile, what, now);
}

/** @param evaluate may throw a TrialError */
function withInputs(inputs: ExpressionInputs, evaluate: (context: Context) => EvaluateResult): EvaluateResult {
  const read = jsonRecord(inputs, 'inputs');
  if (!read.ok) return unusable(read.problem);
  try {
    checkRequestObjects(read.record, what, ['payload', 'vars']);
    return evaluate(read.record);
  } catch (error) {
    if (error instanceof TrialError) return unusable({ code: 'trial.invalid-value', message: error.message });
    throw error;
  }
}

function unusable(error: NotEvaluated['error']): NotEvaluated {
  return { ok: false, stage: 'inputs', error, problems: [] };
}

function toResult(answer: ExpressionAnswer): EvaluateResult {
  switch (answer.kind) {
    case 'value':
      return { ok: true, value: copyOf(answer.value), problems: publicProblems(answer.warnings) };
    case 'unloadable': {
      const { problem } = answer.error;
      return { ok: false, stage: 'load', error: failureOf(problem), problems: [publicProblem(problem)] };
    }
    case 'failed': {
      const { code, message } = answer.error;
      return { ok: false, stage: 'request', error: { code, message }, problems: publicProblems(answer.warnings) };
    }
  }
}

function requireProfile(profile: Profile): void {
  if (profile !== 'flex' && profile !== 'dataweave') throw new TypeError('`profile` takes flex or dataweave.');
}
