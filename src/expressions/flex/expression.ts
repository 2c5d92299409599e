/**
 * @module
 * An expression in the profile `flex`, from source to closure: parse, check the names, evaluate what needs no request,
 * compile the rest. The closure's value becomes the JSON value of a claim.
 */
import { createRequire } from 'node:module';
import type { JsonValue } from '../../diagnostics/json.ts';
import { MintError } from '../../diagnostics/mint-error.ts';
import { objectOf } from '../../diagnostics/ordered-object.ts';
import type { SourceText } from '../../diagnostics/source-text.ts';
import type { Bindings, InputName } from '../bindings.ts';
import type { CompiledExpression } from '../compiled-expression.ts';
import { Budget } from '../limits.ts';
import { isLiteral, type Node } from './ast.ts';
import { compile } from './compile.ts';
import { parseFlex } from './grammar.ts';
import { findReads } from './member-reads.ts';
import { findUnknownName } from './names.ts';
import { evaluateStaged, reduceAtLoad } from './staged.ts';
import { FunctionValue, InputValue, isArray, type Value, type ValueObject, WrittenNumber } from './values.ts';

/** The modules that explain an error are loaded at the first error. */
const require = createRequire(import.meta.url);

/** @throws LocatedError `dataweave.*` if Flex Gateway does not load a policy with this expression */
export function compileFlex(source: SourceText, declared: ReadonlySet<InputName>): CompiledExpression {
  const parsed = parseFlex(source);
  if (!parsed.ok) {
    const { diagnose }: typeof import('./diagnose.ts') = require('./diagnose.ts');
    throw diagnose(source, parsed);
  }
  const unknown = findUnknownName(parsed.header, parsed.body);
  if (unknown !== undefined) {
    const { explainUnknownName }: typeof import('./unknown-name.ts') = require('./unknown-name.ts');
    throw explainUnknownName(source, parsed.header, unknown);
  }
  const budget = new Budget();
  const tree = reduceAtLoad(source, parsed.body, declared, budget);
  const reads = findReads(parsed.body);
  return { ...(isLiteral(tree) ? constantExpression(tree.value) : requestExpression(tree, declared, budget)), reads };
}

type Evaluated = Omit<CompiledExpression, 'reads'>;

function constantExpression(value: Value): Evaluated {
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

function requestExpression(tree: Node, declared: ReadonlySet<InputName>, budget: Budget): Evaluated {
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

/**
 * The JSON value of a claim. A number loses the text it was written with. JSON has no infinity: it becomes null, as in
 * Flex Gateway.
 *
 * @throws MintError `dataweave.unsupported-result` for bytes and functions
 */
function toJson(value: Value): JsonValue {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (value instanceof WrittenNumber) return toJson(value.value);
  if (isArray(value)) return value.map(toJson);
  if (value instanceof Uint8Array) {
    const message =
      'Bytes cannot be the value of a claim. Convert them with dw::util::Coercions::toString(bytes, "UTF-8").';
    throw new MintError('dataweave.unsupported-result', message);
  }
  if (value instanceof FunctionValue) {
    throw new MintError('dataweave.unsupported-result', `The function \`${value.row.name}\` is named but not called.`);
  }
  if (value instanceof InputValue) throw new Error('A result must not contain an input.');
  return objectToJson(value);
}

function objectToJson(object: ValueObject): JsonValue {
  return objectOf(Object.entries(object).map(([name, member]): [string, JsonValue] => [name, toJson(member)]));
}
