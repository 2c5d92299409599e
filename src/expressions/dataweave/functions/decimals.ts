/**
 * @module
 * The functions of `dw::util::Math` that calculate with a given precision: `decimalAdd` and the like.
 */
import { MintError } from '../../../diagnostics/mint-error.ts';
import { dataweaveLimits } from '../bounds.ts';
import { textOf } from '../conversion.ts';
import { Decimal } from '../decimal.ts';
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
import type { Evaluation } from '../evaluation.ts';
import { isNumber, type Num, toDouble } from '../numbers.ts';
import { emptyObject, type ObjectValue } from '../values.ts';
import { type FunctionRow, form, number, object, optional } from './row.ts';

const module = 'dw::util::Math';

const modes: ReadonlySet<string> = new Set([
  ...['UP', 'DOWN', 'CEILING', 'FLOOR', 'HALF_UP', 'HALF_DOWN', 'HALF_EVEN', 'UNNECESSARY'],
]);

/** Other members are ignored. @throws MintError `dataweave.type-mismatch` for another type or mode */
function contextFrom(value: ObjectValue): Context {
  const [precision = 34, named = 'HALF_EVEN'] = [value.get('precision'), value.get('roundingMode')];
  const mode = textOf(named) ?? '';
  if (isNumber(precision) && modes.has(mode)) return { precision: requirePrecision(precision), mode };
  throw new MintError(
    'dataweave.type-mismatch',
    'An operation context has a Number `precision` and a `roundingMode`, such as `HALF_UP`.',
  );
}

const context = optional(object, emptyObject);

/**
 * The cost grows with the square of the digits of the result or the operands, and with the number of passes over them.
 */
function charge({ meter }: Evaluation, { precision }: Context, times: number, ...operands: readonly Num[]): void {
  const maxSize = Math.max(...operands.map((one) => (one instanceof Decimal ? one.size : 0)));
  const digits = Math.max(precision === 0 ? dataweaveLimits.numberDigits : precision, maxSize);
  meter.charge(8 + times * (1 + ((digits * digits) >> 12)));
}

/** The number of multiplications of a power. */
function timesOf(exponent: Num): number {
  return 2 + 2 * Math.ceil(Math.log2(1 + Math.abs(toDouble(exponent))));
}

function binary(name: string, summary: string, run: (left: Num, right: Num, context: Context) => Num): FunctionRow {
  const forms = [
    form([number, number, context], (call, left, right, options) => {
      const to = contextFrom(options);
      charge(call, to, run === powerWithin ? timesOf(right) : 2, left, right);
      return run(left, right, to);
    }),
  ];
  return { module, name, summary: `${summary}; the default precision is 34 digits.`, forms };
}

function unary(name: string, summary: string, run: (value: Num, context: Context) => Num): FunctionRow {
  const forms = [
    form([number, context], (call, value, options) => {
      const to = contextFrom(options);
      charge(call, to, run === root ? 200 : 1, value);
      return run(value, to);
    }),
  ];
  return { module, name, summary: `${summary}; the default precision is 34 digits.`, forms };
}

export const decimalRows: readonly FunctionRow[] = [
  binary('decimalAdd', 'The sum', sum),
  binary('decimalSubtract', 'The difference', difference),
  binary('decimalMultiply', 'The product', product),
  binary('decimalDivide', 'The quotient', quotient),
  binary('decimalPow', 'The power', powerWithin),
  unary('decimalSqrt', 'The square root', root),
  unary('decimalRound', 'The rounded number', within),
];
