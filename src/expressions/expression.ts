/**
 * @module
 * Compiles the source of an expression. This is the entry point of the module.
 *
 * There are two engines. `flex/` is Flex Gateway's language, bug for bug. `dataweave/` is DataWeave 2.x as Mule runs
 * it. They share the inputs (`bindings.ts`), the limits (`limits.ts`) and the error codes. Each has its own grammar,
 * tree, values and functions, because the same syntax has a different meaning in each (docs/decisions/0016).
 */
import { createRequire } from 'node:module';
import type { Code } from '../diagnostics/codes.ts';
import { LocatedError, problemAt } from '../diagnostics/problem.ts';
import type { SourceText } from '../diagnostics/source-text.ts';
import { type InputName, policyInputs } from './bindings.ts';
import type { CompiledExpression } from './compiled-expression.ts';
import { compileFlex } from './flex/expression.ts';
import { limits } from './limits.ts';

export type { CompiledExpression } from './compiled-expression.ts';

/** The engine that compiles an expression. */
export type ProfileName = 'flex' | 'dataweave';

/** Few configurations use DataWeave, so it is loaded on first use, which `import` cannot do synchronously. */
const require = createRequire(import.meta.url);

export interface ExpressionOptions {
  readonly profile: ProfileName;
  /** The inputs that are bound for the expression. Default: `attributes` and `authentication`. */
  readonly inputs?: readonly InputName[];
  /** Whether its author can choose another profile, which errors then name. Default: true. */
  readonly isChoosable?: boolean;
}

/**
 * Compiles an expression (the text between `#[` and `]`).
 *
 * @throws LocatedError `dataweave.*` if the gateway does not load a policy with this expression
 */
export function compileExpression(source: SourceText, options: ExpressionOptions): CompiledExpression {
  requireLength(source);
  const declared = new Set(options.inputs ?? policyInputs);
  if (options.profile === 'dataweave') return compileAsDataWeave(source, declared);
  return options.isChoosable === false ? compileFlex(source, declared) : compileAsFlex(source, declared);
}

function compileAsDataWeave(source: SourceText, declared: ReadonlySet<InputName>): CompiledExpression {
  const { compileDataWeave }: typeof import('./dataweave/expression.ts') = require('./dataweave/expression.ts');
  return compileDataWeave(source, declared);
}

/** An expression that Flex Gateway refuses may be real DataWeave. Then the error says so. */
function compileAsFlex(source: SourceText, declared: ReadonlySet<InputName>): CompiledExpression {
  try {
    return compileFlex(source, declared);
  } catch (error) {
    if (!(error instanceof LocatedError) || !isDataWeave(source, declared, error.problem.code)) throw error;
    const { suggestion, ...problem } = error.problem;
    const other =
      suggestion === undefined
        ? 'Set `expressions: dataweave` in the entry of the policy, which takes it as it is.'
        : 'Or set `expressions: dataweave` in the entry of the policy, which takes it as it is.';
    const both = suggestion === undefined ? other : [suggestion, other].join(' ');
    throw new LocatedError({ ...problem, suggestion: both }, { cause: error });
  }
}

/** `'a' + x` is an expression of DataWeave, but no String is a number: who writes it wants to join strings. */
const sumOfStrings = /['"]\s*\+(?!\+)|(?<!\+)\+\s*['"]/;

/** What Flex Gateway refuses without evaluating anything. */
const refusedAsWritten: ReadonlySet<Code> = new Set([
  'dataweave.unexpected-token',
  'dataweave.parentheses-needed',
  'dataweave.quotes-needed',
  'dataweave.invalid-escape',
  'dataweave.unsupported',
  'dataweave.unknown-name',
  'dataweave.unknown-prefix',
  'dataweave.too-deep',
] satisfies Code[]);

/** Whether DataWeave takes an expression. If evaluating it failed, DataWeave must have a value for it. */
function isDataWeave(source: SourceText, declared: ReadonlySet<InputName>, code: Code): boolean {
  if (sumOfStrings.test(source.text)) return false;
  try {
    const { constant } = compileAsDataWeave(source, declared);
    return constant !== undefined || refusedAsWritten.has(code);
  } catch (error) {
    if (error instanceof LocatedError) return false;
    throw error;
  }
}

function requireLength(source: SourceText): void {
  if (source.text.length <= limits.expressionLength) return;
  throw new LocatedError(
    problemAt(source, limits.expressionLength, 'dataweave.too-long', {
      message: `The expression is longer than ${limits.expressionLength} characters.`,
      suggestion: 'Split the expression into several claims.',
    }),
  );
}
