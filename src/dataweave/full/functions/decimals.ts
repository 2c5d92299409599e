/**
 * @module
 * The functions of `dw::util::Math` that calculate to so many digits: `decimalAdd` and the like.
 */
import { MintError } from '../../../diagnostics/mint-error.ts';
import { textOf } from '../conversion.ts';
import {
  type Context,
  difference,
  powerWithin,
  product,
  quotient,
  requirePrecision,
  root,
  sum,
  within,
} from '../decimal-context.ts';
import { isNumber, type Num } from '../numbers.ts';
import { emptyObject, type ObjectValue } from '../values.ts';
import { type FullRow, form, number, object, optional } from './row.ts';

const module = 'dw::util::Math';

const modes: ReadonlySet<string> = new Set([
  ...['UP', 'DOWN', 'CEILING', 'FLOOR', 'HALF_UP', 'HALF_DOWN', 'HALF_EVEN', 'UNNECESSARY'],
]);

/** @throws MintError `dataweave.type-mismatch` for what is no such context */
function contextFrom(value: ObjectValue): Context {
  const precision = value.get('precision') ?? 34;
  const mode = textOf(value.get('roundingMode') ?? 'HALF_EVEN') ?? '';
  const isKnown = value.keys.every((key) => key === 'precision' || key === 'roundingMode');
  if (isNumber(precision) && modes.has(mode) && isKnown) return { precision: requirePrecision(precision), mode };
  throw new MintError('dataweave.type-mismatch', 'An operation context has a `precision` and a `roundingMode`.');
}

const context = optional(object, emptyObject);

function binary(name: string, summary: string, run: (left: Num, right: Num, context: Context) => Num): FullRow {
  const forms = [form([number, number, context], (_, left, right, to) => run(left, right, contextFrom(to)))];
  return { module, name, summary: `${summary}, to 34 digits unless another context is given.`, forms };
}

function unary(name: string, summary: string, run: (value: Num, context: Context) => Num): FullRow {
  const forms = [form([number, context], (_, value, to) => run(value, contextFrom(to)))];
  return { module, name, summary: `${summary}, to 34 digits unless another context is given.`, forms };
}

export const decimalRows: readonly FullRow[] = [
  binary('decimalAdd', 'The sum', sum),
  binary('decimalSubtract', 'The difference', difference),
  binary('decimalMultiply', 'The product', product),
  binary('decimalDivide', 'The quotient', quotient),
  binary('decimalPow', 'The power', powerWithin),
  unary('decimalSqrt', 'The square root', root),
  unary('decimalRound', 'The number', within),
];
