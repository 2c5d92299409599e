/**
 * @module
 * The room's entrance: an expression's source to something that can be evaluated.
 *
 * Two engines stand behind it. `flex/` is Flex Gateway's language, bug for bug; `dataweave/` is DataWeave 2.x as Mule
 * runs it. They share what an expression reads (`bindings.ts`), what it may cost (`limits.ts`) and the error codes.
 * Grammar, tree, values and functions belong to one engine each, because the same words mean different things there
 * (docs/decisions/0016).
 */
import { createRequire } from 'node:module';
import { LocatedError, problemAt } from '../diagnostics/problem.ts';
import type { SourceText } from '../diagnostics/source-text.ts';
import { type InputName, policyInputs } from './bindings.ts';
import type { CompiledExpression } from './compiled-expression.ts';
import { compileFlex } from './flex/expression.ts';
import { limits } from './limits.ts';

export type { CompiledExpression } from './compiled-expression.ts';

/** Which engine reads an expression. */
export type ProfileName = 'flex' | 'dataweave';

/** What few configurations use is loaded when it is first asked for, which `import` cannot do within a function. */
const require = createRequire(import.meta.url);

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
  const { compileDataWeave }: typeof import('./dataweave/expression.ts') = require('./dataweave/expression.ts');
  return compileDataWeave(source, declared);
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
