/**
 * @module
 * All functions, and how one is called.
 */
import { MintError } from '../../../diagnostics/mint-error.ts';
import type { CallContext, FunctionRow } from '../values.ts';
import { FunctionValue, type Value } from '../values.ts';
import { byteFunctions } from './bytes.ts';
import { collectionFunctions } from './collections.ts';
import { randomFunctions } from './random.ts';
import { substringFunctions } from './substrings.ts';
import { textFunctions } from './text.ts';

export const functionRows: readonly FunctionRow[] = [
  ...textFunctions,
  ...collectionFunctions,
  ...randomFunctions,
  ...substringFunctions,
  ...byteFunctions,
];

/** The functions by the name that follows the module; no two modules share one. */
export const functionValues: ReadonlyMap<string, FunctionValue> = new Map(
  functionRows.map((row) => [row.name, new FunctionValue(row)]),
);

/** `dw::core::Strings::substringAfter` and so on. */
export const qualifiedFunctionNames: ReadonlySet<string> = new Set(
  functionRows.map((row) => `${row.module}::${row.name}`),
);

/**
 * Calls a function as Flex Gateway does.
 *
 * @throws MintError `dataweave.argument-count`, and what the function throws
 */
export function callFunction(row: FunctionRow, call: CallContext, values: readonly Value[]): Value {
  requireArity(row, values.length);
  return row.profiles.flex(call, ...values);
}

/** @throws MintError `dataweave.argument-count` */
export function requireArity(row: FunctionRow, count: number): void {
  const fits = 'exactly' in row.arity ? count === row.arity.exactly : count >= row.arity.atLeast;
  if (fits) return;
  const wanted = 'exactly' in row.arity ? row.arity.exactly : `at least ${row.arity.atLeast}`;
  throw new MintError(
    'dataweave.argument-count',
    `\`${row.name}\` takes ${wanted} ${wanted === 1 ? 'argument' : 'arguments'}, not ${count}.`,
  );
}
