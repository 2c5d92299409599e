/**
 * @module
 * The table of all functions, and the rules of a call.
 */
import { MintError } from '../../../diagnostics/mint-error.ts';
import { type CallContext, type FunctionRow, FunctionValue, type Value } from '../values.ts';
import { byteFunctions } from './bytes.ts';
import { collectionFunctions } from './collections.ts';
import { stringFunctions } from './strings.ts';
import { substringFunctions } from './substrings.ts';

export const functionRows: readonly FunctionRow[] = [
  ...stringFunctions,
  ...collectionFunctions,
  ...substringFunctions,
  ...byteFunctions,
];

/** The functions by name, without the module. Names are unique across modules. */
export const functionValues: ReadonlyMap<string, FunctionValue> = new Map(
  functionRows.map((row) => [row.name, new FunctionValue(row)]),
);

/** The names with their modules, such as `dw::core::Strings::substringAfter`. */
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
