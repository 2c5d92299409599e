/**
 * @module
 * Arithmetic as in the engine: whole numbers of 64 bits are exact, and all other numbers behave as Java's BigDecimal,
 * including its scale. A quotient with infinitely many digits is rounded to 34 digits, half up.
 *
 * A whole number that a JavaScript number holds exactly is a JavaScript number, unless it was written with a decimal
 * point or an exponent.
 */
import { Decimal as Base } from 'decimal.js';
import { MintError } from '../../diagnostics/mint-error.ts';
import { dataweaveLimits } from './bounds.ts';
import { Decimal, Digits, decimalOf, minScale, parseDecimal } from './decimal.ts';
import { withPlainDigits } from './digits.ts';
import { thrownAs } from './thrown.ts';
import type { Value } from './values.ts';

export type Num = number | Decimal;

/** For quotients with infinitely many digits, such as `1 / 3`. */
const Rounded = Digits.clone({ precision: 34 });

export function isNumber(value: Value): value is Num {
  return typeof value === 'number' || value instanceof Decimal;
}

export function decimal(value: Num): Decimal {
  return typeof value === 'number' ? new Decimal(new Digits(value), 0) : value;
}

/** @throws MintError `dataweave.number-too-long` */
export function normal(value: Base, scale: number): Num {
  if (value.isZero()) return 0;
  if (scale === 0 && value.e <= 15) {
    const small = value.toNumber();
    if (Number.isSafeInteger(small)) return small;
  }
  if (Math.abs(value.e) > dataweaveLimits.numberDigits || value.precision() > dataweaveLimits.numberDigits)
    throw tooLong();
  return new Decimal(value, scale);
}

function tooLong(): MintError {
  return new MintError('dataweave.number-too-long', `The number has more than ${dataweaveLimits.numberDigits} digits.`);
}

/**
 * Parses a number as JSON and literals write it; undefined if the string is not a number.
 *
 * @throws MintError `dataweave.number-too-long`
 */
export function parseNumber(text: string): Num | undefined {
  if (text.length <= 15 && /^\d+$/.test(text)) return Number(text);
  if (text.length > 4 * dataweaveLimits.numberDigits) {
    if (/^[+-]?[\d.]+(?:[eE][+-]?\d+)?$/.test(text)) throw tooLong();
    return undefined;
  }
  const found = parseDecimal(withPlainDigits(text));
  return found && normal(found.value, found.scale);
}

/** Converts the result of a function on doubles. */
export function fromDouble(value: number): Num {
  if (!Number.isFinite(value)) throw new MintError('dataweave.arithmetic', 'The result is infinite or not a number.');
  const found = decimalOf(value);
  return normal(found.value, found.scale);
}

/** Converts a number that `JSON.parse` has read. */
export function fromJsonNumber(value: number): Num {
  return Number.isSafeInteger(value) ? value + 0 : (parseNumber(String(value)) ?? 0);
}

export function fromBigInt(value: bigint): Num {
  return normal(new Digits(value.toString()), 0);
}

/** The number as a JavaScript number; undefined unless it is whole and exact. */
export function toInteger(value: Num): number | undefined {
  if (typeof value === 'number') return value;
  const small = value.value.e <= 15 ? value.value.toNumber() : Number.NaN;
  return Number.isSafeInteger(small) && value.value.isInteger() ? small : undefined;
}

/** Replaces a decimal by the equal JavaScript number if that is exact, so that a Set finds equal numbers. */
export function simplest(value: Value): Value {
  return value instanceof Decimal ? (toInteger(value) ?? value) : value;
}

export function toDouble(value: Num): number {
  return typeof value === 'number' ? value : value.value.toNumber();
}

/** Whether it is a whole number in a range, including `1e3` and `1.0`. */
function isWholeWithin({ value }: Decimal, min: Base, max: Base): boolean {
  return value.e < 20 && value.isInteger() && value.gte(min) && value.lte(max);
}

const int = [new Digits(-2).pow(31), new Digits(2).pow(31).sub(1)] as const;
const long = [new Digits(-2).pow(63), new Digits(2).pow(63).sub(1)] as const;

/** The scale of a result, which is 0 if both operands are whole numbers of 64 bits. */
function scaleOf(left: Decimal, right: Decimal, otherwise: number): number {
  return isWholeWithin(left, ...long) && isWholeWithin(right, ...long) ? 0 : otherwise;
}

export function add(left: Num, right: Num): Num {
  if (typeof left === 'number' && typeof right === 'number') {
    const quick = left + right;
    if (Number.isSafeInteger(quick)) return quick;
  }
  const [one, other] = [decimal(left), decimal(right)];
  return normal(Digits.add(one.value, other.value), scaleOf(one, other, Math.max(one.scale, other.scale)));
}

export function subtract(left: Num, right: Num): Num {
  return add(left, negate(right));
}

export function multiply(left: Num, right: Num): Num {
  if (typeof left === 'number' && typeof right === 'number') {
    const quick = left * right;
    if (Number.isSafeInteger(quick)) return quick + 0;
  }
  const [one, other] = [decimal(left), decimal(right)];
  return normal(Digits.mul(one.value, other.value), scaleOf(one, other, one.scale + other.scale));
}

function requireDivisor(value: Num): void {
  if (value !== 0) return;
  const error = new MintError('dataweave.arithmetic', 'Division by zero.');
  throw thrownAs(error, () => ({ kind: 'DivisionByZeroException', message: 'Division by zero' }));
}

/** A quotient with finitely many digits is exact. */
export function divide(left: Num, right: Num): Num {
  requireDivisor(right);
  if (typeof left === 'number' && typeof right === 'number') {
    const quick = left / right;
    if (Number.isSafeInteger(quick)) return quick + 0;
  }
  const [one, other] = [decimal(left), decimal(right)];
  const found = exactQuotient(one.value, other.value);
  if (found === undefined) {
    const near = Rounded.div(one.value, other.value);
    return normal(near, 33 - near.e);
  }
  const least = minScale(found);
  if (least <= 0 && isWholeWithin(one, ...int) && isWholeWithin(other, ...int)) return normal(found, 0);
  return normal(found, Math.max(one.scale - other.scale, least));
}

/**
 * Undefined if the quotient has infinitely many digits: the divisor has a prime factor other than 2 and 5 that the
 * dividend does not have.
 */
export function exactQuotient(left: Base, right: Base): Base | undefined {
  let divisor = coefficient(right);
  while (divisor % 10n === 0n) divisor /= 10n;
  while (divisor % 2n === 0n) divisor /= 2n;
  while (divisor % 5n === 0n) divisor /= 5n;
  if (coefficient(left) % divisor !== 0n) return undefined;
  const maxDigits = left.precision() + Math.ceil((10 * right.precision()) / 3);
  return (maxDigits <= 34 ? Rounded : Digits).div(left, right);
}

function coefficient(value: Base): bigint {
  const [digits = ''] = value.toExponential().split('e');
  return BigInt(digits.replace(/[-.]/g, ''));
}

export function remainder(left: Num, right: Num): Num {
  requireDivisor(right);
  if (typeof left === 'number' && typeof right === 'number') return (left % right) + 0;
  const [one, other] = [decimal(left), decimal(right)];
  const whole = one.value.divToInt(other.value);
  const preferred = one.scale - other.scale;
  const scale = (whole.isZero() ? preferred : Math.max(preferred, minScale(whole))) + other.scale;
  return normal(Digits.mod(one.value, other.value), Math.max(one.scale, scale));
}

export function negate(value: Num): Num {
  if (typeof value === 'number') return value === 0 ? 0 : -value;
  return new Decimal(value.value.negated(), value.scale);
}

export function absolute(value: Num): Num {
  return typeof value === 'number' ? Math.abs(value) : new Decimal(value.value.abs(), value.scale);
}

export function compareNumbers(left: Num, right: Num): number {
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  return decimal(left).value.comparedTo(decimal(right).value);
}

export function isWhole(value: Num): boolean {
  return typeof value === 'number' || value.value.isInteger();
}

const roundings = {
  half: Base.ROUND_HALF_UP,
  up: Base.ROUND_CEIL,
  down: Base.ROUND_FLOOR,
  toZero: Base.ROUND_DOWN,
} as const;

/** Rounds to a whole number: `up` to the larger one, `down` to the smaller one, `half` away from zero at the middle. */
export function rounded(value: Num, how: keyof typeof roundings): Num {
  if (typeof value === 'number') return value;
  return normal(value.value.toDecimalPlaces(0, roundings[how]), 0);
}

/** A whole exponent gives an exact power. As in the engine, the fraction of an exponent is computed as a double. */
export function power(base: Num, exponent: Num): Num {
  const times = toInteger(rounded(exponent, 'down'));
  if (times === undefined) throw tooLong();
  if (times < 0) throw new MintError('dataweave.arithmetic', 'The exponent of `pow` is negative.');
  const whole = wholePower(base, times);
  if (isWhole(exponent)) return whole;
  const rest = fromDouble(toDouble(base) ** toDouble(subtract(exponent, times)));
  const [one, other] = [decimal(whole), decimal(rest)];
  return normal(Digits.mul(one.value, other.value), one.scale + other.scale);
}

function wholePower(base: Num, times: number): Num {
  if (base === 0) return times === 0 ? 1 : 0;
  const { value, scale } = decimal(base);
  if (value.abs().eq(1)) return times % 2 === 0 ? 1 : value.toNumber();
  // The power of a whole number is exact, so its size is checked first.
  if (scale === 0) {
    if (value.precision() * times > 4_000 || value.e * times > 4_000) throw tooLong();
    return normal(Digits.pow(value, times), 0);
  }
  return powerWithin(value, scale, times);
}

/** Java's BigDecimal (ANSI X3.274): computes with a few more digits than the result has, and rounds at each step. */
function powerWithin(value: Base, scale: number, times: number): Num {
  if (times > 1e6) throw tooLong();
  const result = powerTo(new Decimal(value, scale), times, Math.max(34, value.e + 1 + scale), Base.ROUND_HALF_EVEN);
  return normal(result.value, result.scale);
}

/** A power rounded to `maxDigits`. */
export function powerTo({ value, scale }: Decimal, times: number, maxDigits: number, mode: Base.Rounding): Decimal {
  const working = maxDigits + String(times).length + 1;
  let result = new Decimal(new Digits(1), 0);
  for (const bit of times.toString(2)) {
    result = cut(new Decimal(Digits.mul(result.value, result.value), 2 * result.scale), working, mode);
    if (bit === '1') result = cut(new Decimal(Digits.mul(result.value, value), result.scale + scale), working, mode);
  }
  return cut(result, maxDigits, mode);
}

/** Rounds to `maxDigits`. The scale decreases by the digits that are lost. */
export function cut(number: Decimal, maxDigits: number, mode: Base.Rounding): Decimal {
  const { value, scale } = number;
  const length = value.e + 1 + scale;
  if (length <= maxDigits) return number;
  const near = value.toSignificantDigits(maxDigits, mode);
  // Rounding up nines makes the number one digit longer.
  return new Decimal(near, scale - (length - maxDigits) - (near.e - value.e));
}

/** As the engine writes it, such as `1E+3`. */
export function numberText(value: Num): string {
  return String(value);
}

/** Without an exponent. `places` is the number of decimal places; the default is all of them. */
export function plainText(value: Num, places?: number, mode: Base.Rounding = Base.ROUND_HALF_UP): string {
  const { value: digits } = decimal(value);
  return places === undefined ? digits.toFixed() : digits.toFixed(places, mode);
}

/** Java's rounding modes, for the absolute value of a number. */
const modes: ReadonlyMap<string, (isNegative: boolean) => Base.Rounding> = new Map(
  Object.entries<(isNegative: boolean) => Base.Rounding>({
    UP: () => Base.ROUND_UP,
    DOWN: () => Base.ROUND_DOWN,
    CEILING: (isNegative) => (isNegative ? Base.ROUND_DOWN : Base.ROUND_UP),
    FLOOR: (isNegative) => (isNegative ? Base.ROUND_UP : Base.ROUND_DOWN),
    HALF_UP: () => Base.ROUND_HALF_UP,
    HALF_DOWN: () => Base.ROUND_HALF_DOWN,
    HALF_EVEN: () => Base.ROUND_HALF_EVEN,
  }),
);

export function isRoundingMode(name: string): boolean {
  return modes.has(name) || name === 'UNNECESSARY';
}

/** @param mode Java's name; any other name is HALF_UP, as in the engine */
export function roundingOf(mode: string | undefined, isNegative: boolean): Base.Rounding {
  return modes.get(mode ?? '')?.(isNegative) ?? Base.ROUND_HALF_UP;
}

/** The first significant digits, without trailing zeros, and the place of the decimal point among them. */
export function significant(
  value: Num,
  maxDigits: number,
  mode: Base.Rounding,
): { readonly digits: string; readonly point: number } {
  const { value: exact } = decimal(value);
  if (exact.isZero()) return { digits: '', point: 0 };
  const near = exact.toSignificantDigits(Math.max(maxDigits, 1), mode);
  const [digits = ''] = near.toExponential().split('e');
  return { digits: digits.replace('.', ''), point: near.e + 1 };
}
