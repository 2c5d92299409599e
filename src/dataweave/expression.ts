/**
 * @module
 * The room's entrance: expression text to something that can be evaluated.
 */
import { createRequire } from 'node:module';
import type { JsonValue } from '../diagnostics/json.ts';
import { MintError } from '../diagnostics/mint-error.ts';
import { LocatedError, problemAt } from '../diagnostics/problem.ts';
import type { SourceText } from '../diagnostics/source-text.ts';
import type { Node } from './ast.ts';
import { type Bindings, type InputName, policyInputs } from './bindings.ts';
import { compile } from './compile.ts';
import { diagnose } from './diagnose.ts';
import { readFlex } from './flex-grammar.ts';
import { Budget, limits } from './limits.ts';
import { reduceAtLoad } from './load.ts';
import { checkNames } from './names.ts';
import type { ProfileName } from './profiles.ts';
import { isLiteral } from './reduce.ts';
import { toJson } from './result.ts';
import { evaluateStaged } from './staged.ts';
import type { Value } from './values.ts';

export type { ProfileName } from './profiles.ts';

/** What few configurations use is loaded when it is first asked for, which `import` cannot do within a function. */
const require = createRequire(import.meta.url);

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

export interface ExpressionOptions {
  readonly profile: ProfileName;
  /** What is bound where the expression stands; `attributes` and `authentication` unless it says otherwise. */
  readonly inputs?: readonly InputName[];
}

/**
 * Compiles an expression (the text between `#[` and `]`).
 *
 * @throws LocatedError `dataweave.*` where the gateway would not load a policy with this expression
 */
export function compileExpression(source: SourceText, options: ExpressionOptions): CompiledExpression {
  requireLength(source);
  const declared = new Set(options.inputs ?? policyInputs);
  if (options.profile === 'flex') return compileFlex(source, declared);
  const { compileFull }: typeof import('./full-expression.ts') = require('./full-expression.ts');
  return compileFull(source, declared);
}

function compileFlex(source: SourceText, declared: ReadonlySet<InputName>): CompiledExpression {
  const reading = readFlex(source);
  if (!reading.ok) throw diagnose(source, reading.at);
  checkNames(source, reading.header, reading.body);
  const budget = new Budget();
  const tree = reduceAtLoad(source, reading.body, declared, budget);
  return isLiteral(tree) ? constantExpression(tree.value) : requestExpression(tree, declared, budget);
}

function requireLength(source: SourceText): void {
  if (source.text.length <= limits.expressionLength) return;
  throw new LocatedError(
    problemAt(source, limits.expressionLength, 'dataweave.too-long', {
      message: `An expression has at most ${limits.expressionLength} characters.`,
      suggestion: 'Split it into several claims.',
    }),
  );
}

function constantExpression(value: Value): CompiledExpression {
  try {
    const constant = toJson(value);
    return { constant, evaluate: () => constant };
  } catch (error) {
    if (!(error instanceof MintError)) throw error;
    return {
      constant: undefined,
      evaluate: () => {
        throw error;
      },
    };
  }
}

function requestExpression(tree: Node, declared: ReadonlySet<InputName>, budget: Budget): CompiledExpression {
  const run = compile(tree, budget) ?? ((bindings: Bindings) => evaluateStaged(tree, declared, bindings, budget));
  return {
    constant: undefined,
    evaluate: (bindings) => {
      budget.restart();
      const value = run(bindings);
      return typeof value === 'string' ? value : toJson(value);
    },
  };
}
