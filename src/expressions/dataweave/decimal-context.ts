/**
 * @module
 * Arithmetic with a precision and a rounding mode, for the `decimal…` functions of `dw::util::Math`.
 */
import { Decimal as Base } from 'decimal.js';
import { MintError } from '../../diagnostics/mint-error.ts';
import { dataweaveLimits } from './bounds.ts';
import { Digits, minScale } from './decimal.ts';
import { Unavailable } from './failures.ts';
import {
  cut,
  decimal,
  exactQuotient,
  fromDouble,
  isWhole,
  type Num,
  negate,
  normal,
  powerTo,
  roundingOf,
  subtract,
  toDouble,
  toInteger,
} from './numbers.ts';

export interface Context {
  /** The maximum number of digits of a result; 0 means no limit. */
  readonly precision: number;
  /** Java's name of the rounding mode. */
  readonly mode: string;
}

function fails(message: string): MintError {
  return new MintError('dataweave.arithmetic', message);
}

/** A result that only the engine has. */
function beyond(message: string): MintError {
  return new Unavailable('dataweave.arithmetic', message);
}

/** @throws MintError `dataweave.arithmetic` if the mode is `UNNECESSARY` and the number needs rounding */
export function within(value: Num, { precision, mode }: Context): Num {
  if (precision === 0) return value;
  const exact = decimal(value);
  const near = cut(exact, precision, roundingOf(mode, exact.value.isNegative()));
  if (mode === 'UNNECESSARY' && !near.value.eq(exact.value))
    throw fails('The rounding mode is `UNNECESSARY`, but the number needs rounding.');
  return normal(near.value, near.scale);
}

/**
 * @throws MintError `dataweave.arithmetic` for a division by zero, or if an unlimited result has infinitely many digits
 */
export function quotient(left: Num, right: Num, context: Context): Num {
  if (right === 0) throw fails('Division by zero.');
  const [one, other] = [decimal(left), decimal(right)];
  const exact = exactQuotient(one.value, other.value);
  if (exact !== undefined) {
    return within(normal(exact, Math.max(one.scale - other.scale, minScale(exact))), context);
  }
  const { precision, mode } = context;
  if (precision === 0 || mode === 'UNNECESSARY') throw fails('The quotient has infinitely many digits.');
  const near = to(context, one.value.isNegative() !== other.value.isNegative()).div(one.value, other.value);
  return normal(near, precision - 1 - near.e);
}

function to({ precision, mode }: Context, isNegative: boolean): typeof Base {
  return Base.clone({ precision, rounding: roundingOf(mode, isNegative), maxE: 9e15, minE: -9e15 });
}

/**
 * @throws MintError `dataweave.arithmetic` for a negative number, or if an unlimited result has infinitely many digits
 */
export function root(value: Num, context: Context): Num {
  const { value: square, scale } = decimal(value);
  if (square.isNegative()) throw fails('A negative number has no square root.');
  const exact = Base.clone({ precision: square.precision() + 1, maxE: 9e15, minE: -9e15 }).sqrt(square);
  if (Digits.mul(exact, exact).eq(square)) {
    return within(normal(exact, Math.max(Math.floor(scale / 2), minScale(exact))), context);
  }
  if (context.precision === 0 || context.mode === 'UNNECESSARY')
    throw fails('The square root has infinitely many digits.');
  const near = to(context, false).sqrt(square);
  return normal(near, context.precision - 1 - near.e);
}

/** As in the engine, the fraction of an exponent is computed as a double. */
export function powerWithin(base: Num, exponent: Num, context: Context): Num {
  if (toDouble(exponent) < 0) return quotient(1, powerWithin(base, negate(exponent), context), context);
  const times = Math.floor(toDouble(exponent));
  if (times > 1e6) throw beyond('The exponent is too large.');
  const whole = wholePower(base, times, context);
  if (isWhole(exponent)) return within(whole, context);
  const rest = toDouble(base) ** toDouble(subtract(exponent, times));
  if (!Number.isFinite(rest)) throw fails('The power is infinite or not a number.');
  return product(whole, fromDouble(rest), context);
}

function wholePower(base: Num, times: number, { precision, mode }: Context): Num {
  const exact = decimal(base);
  if (precision === 0) {
    if (exact.value.precision() * times > 4 * dataweaveLimits.numberDigits)
      throw beyond('The power has too many digits.');
    return normal(Digits.pow(exact.value, times), exact.scale * times);
  }
  const found = powerTo(exact, times, precision, roundingOf(mode, exact.value.isNegative() && times % 2 === 1));
  return normal(found.value, found.scale);
}

/** Unlike the operator `+`, it keeps Java's scale for whole numbers. */
export function sum(left: Num, right: Num, context: Context): Num {
  const [one, other] = [decimal(left), decimal(right)];
  return within(normal(Digits.add(one.value, other.value), Math.max(one.scale, other.scale)), context);
}

export function difference(left: Num, right: Num, context: Context): Num {
  return sum(left, negate(right), context);
}

export function product(left: Num, right: Num, context: Context): Num {
  const [one, other] = [decimal(left), decimal(right)];
  return within(normal(Digits.mul(one.value, other.value), one.scale + other.scale), context);
}

/** @throws MintError `dataweave.arithmetic` if the precision is not valid */
export function requirePrecision(value: Num): number {
  const precision = toInteger(value);
  if (precision !== undefined && precision >= 0 && precision <= dataweaveLimits.numberDigits) return precision;
  throw beyond(`A precision must be a whole number from 0 to ${dataweaveLimits.numberDigits}.`);
}
