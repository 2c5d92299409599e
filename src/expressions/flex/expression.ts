/**
 * @module
 * An expression in the profile `flex`: text to tree to what is left of it after loading, as closures.
 */
import { createRequire } from 'node:module';
import type { JsonValue } from '../../diagnostics/json.ts';
import { MintError } from '../../diagnostics/mint-error.ts';
import type { SourceText } from '../../diagnostics/source-text.ts';
import type { Bindings, InputName } from '../bindings.ts';
import type { CompiledExpression } from '../compiled-expression.ts';
import { Budget } from '../limits.ts';
import type { Node } from './ast.ts';
import { compile } from './compile.ts';
import { readFlex } from './grammar.ts';
import { reduceAtLoad } from './load.ts';
import { findUnknownName } from './names.ts';
import { isLiteral } from './reduce.ts';
import { toJson } from './result.ts';
import { evaluateStaged } from './staged.ts';
import type { Value } from './values.ts';

/** What says why an expression does not load is loaded when one does not. */
const require = createRequire(import.meta.url);

/** @throws LocatedError `dataweave.*` where Flex Gateway would not load a policy with this expression */
export function compileFlex(source: SourceText, declared: ReadonlySet<InputName>): CompiledExpression {
  const reading = readFlex(source);
  if (!reading.ok) {
    const { diagnose }: typeof import('./diagnose.ts') = require('./diagnose.ts');
    throw diagnose(source, reading);
  }
  const unknown = findUnknownName(reading.header, reading.body);
  if (unknown !== undefined) {
    const { explainUnknownName }: typeof import('./unknown-name.ts') = require('./unknown-name.ts');
    throw explainUnknownName(source, reading.header, unknown);
  }
  const budget = new Budget();
  const tree = reduceAtLoad(source, reading.body, declared, budget);
  return isLiteral(tree) ? constantExpression(tree.value) : requestExpression(tree, declared, budget);
}

function constantExpression(value: Value): CompiledExpression {
  try {
    const constant = toJson(value);
    return { constant, evaluate: () => constant };
  } catch (error) {
    if (!(error instanceof MintError)) throw error;
    return {
      constant: undefined,
      evaluate: (): JsonValue => {
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
