/**
 * @module
 * Arithmetic as DataWeave has it: sums and products exact, quotients to 34 digits, rounded half up.
 *
 * A whole number that a JavaScript number holds exactly is one, which is nearly always; everything else is a decimal.
 */
import { Decimal as Base } from 'decimal.js';
import { MintError } from '../../diagnostics/mint-error.ts';
import { fullLimits } from './bounds.ts';
import type { Value } from './values.ts';

export type Num = number | Base;

/** Exact: no result within the bounds has more digits than this. */
const Exact = Base.clone({
  precision: 4 * fullLimits.numberDigits + 100,
  rounding: Base.ROUND_HALF_UP,
  maxE: 9e15,
  minE: -9e15,
  toExpPos: 9e15,
  toExpNeg: -9e15,
});

/** For quotients: `1 / 3` has 34 digits. */
const Rounded = Exact.clone({ precision: 34, rounding: Base.ROUND_HALF_UP });

export function isNumber(value: Value): value is Num {
  return typeof value === 'number' || value instanceof Base;
}

function decimal(value: Num): Base {
  return typeof value === 'number' ? new Exact(value) : value;
}

/** @throws MintError `dataweave.number-too-long` */
function normal(value: Base): Num {
  if (value.isInteger() && value.e <= 15) {
    const small = value.toNumber();
    if (Number.isSafeInteger(small)) return small === 0 ? 0 : small;
  }
  if (Math.abs(value.e) <= fullLimits.numberDigits && value.precision() <= fullLimits.numberDigits) return value;
  throw new MintError(
    'dataweave.number-too-long',
    `The expression makes a number of more than ${fullLimits.numberDigits} digits.`,
  );
}

/** A number from its decimal digits, as JSON and literals write it; undefined where the text is none. */
export function parseNumber(text: string): Num | undefined {
  if (!/^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,9})?$/.test(text)) return undefined;
  if (text.length <= 15 && /^\d+$/.test(text)) return Number(text);
  if (text.length > 2 * fullLimits.numberDigits) return normal(new Exact(`1e${text.length}`));
  return normal(new Exact(text.replace(/^\+/, '')));
}

/** From a number of JavaScript: the shortest digits that read back as it. */
export function fromDouble(value: number): Num {
  if (Number.isSafeInteger(value)) return value === 0 ? 0 : value;
  if (!Number.isFinite(value)) throw new MintError('dataweave.arithmetic', 'The result is not a number.');
  return normal(new Exact(value));
}

export function fromBigInt(value: bigint): Num {
  return normal(new Exact(value.toString()));
}

/** A whole number where it is one that JavaScript holds exactly. */
export function toInteger(value: Num): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

export function toDouble(value: Num): number {
  return typeof value === 'number' ? value : value.toNumber();
}

function bothSmall(left: Num, right: Num, result: number): result is number {
  return typeof left === 'number' && typeof right === 'number' && Number.isSafeInteger(result);
}

export function add(left: Num, right: Num): Num {
  const quick = Number(left) + Number(right);
  return bothSmall(left, right, quick) ? quick : normal(Exact.add(decimal(left), decimal(right)));
}

export function subtract(left: Num, right: Num): Num {
  const quick = Number(left) - Number(right);
  return bothSmall(left, right, quick) ? quick : normal(Exact.sub(decimal(left), decimal(right)));
}

export function multiply(left: Num, right: Num): Num {
  const quick = Number(left) * Number(right);
  if (bothSmall(left, right, quick)) return quick === 0 ? 0 : quick;
  return normal(Exact.mul(decimal(left), decimal(right)));
}

function requireDivisor(value: Num): void {
  if (!isZero(value)) return;
  throw new MintError('dataweave.arithmetic', 'Division by zero.');
}

export function divide(left: Num, right: Num): Num {
  requireDivisor(right);
  const quick = Number(left) / Number(right);
  return bothSmall(left, right, quick) ? quick + 0 : normal(Rounded.div(decimal(left), decimal(right)));
}

export function remainder(left: Num, right: Num): Num {
  requireDivisor(right);
  if (typeof left === 'number' && typeof right === 'number') return (left % right) + 0;
  return normal(Exact.mod(decimal(left), decimal(right)));
}

export function negate(value: Num): Num {
  if (typeof value === 'number') return value === 0 ? 0 : -value;
  return normal(value.negated());
}

export function absolute(value: Num): Num {
  return typeof value === 'number' ? Math.abs(value) : normal(value.abs());
}

export function compareNumbers(left: Num, right: Num): number {
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  return decimal(left).comparedTo(right);
}

function isZero(value: Num): boolean {
  return typeof value === 'number' ? value === 0 : value.isZero();
}

export function isWhole(value: Num): boolean {
  return typeof value === 'number' || value.isInteger();
}

/** `up` and `down` are towards the larger and the smaller number; `half` is away from zero at the middle. */
export function roundTo(value: Num, places: number, how: 'half' | 'up' | 'down'): Num {
  if (typeof value === 'number') return value;
  const mode = { half: Base.ROUND_HALF_UP, up: Base.ROUND_CEIL, down: Base.ROUND_FLOOR }[how];
  return normal(value.toDecimalPlaces(places, mode));
}

/** A whole exponent gives the exact power, any other a double, as the engine computes them. */
export function power(base: Num, exponent: Num): Num {
  const times = toInteger(exponent);
  if (times === undefined) return fromDouble(toDouble(base) ** toDouble(exponent));
  if (times < 0) throw new MintError('dataweave.arithmetic', 'The exponent of pow is negative.');
  const digits = decimal(base).precision() * times;
  if (times > 10_000 || digits > 4 * fullLimits.numberDigits) {
    if (!(isZero(base) || compareNumbers(absolute(base), 1) === 0))
      return normal(new Exact(10).pow(fullLimits.numberDigits + 1));
    return times % 2 === 0 ? absolute(base) : base;
  }
  return normal(new Exact(1).mul(new Exact(decimal(base)).pow(times)));
}

/** As Java's BigDecimal writes it: with an exponent below 0.000001, and above where the digits end before the point. */
export function numberText(value: Num): string {
  if (typeof value === 'number') return String(value);
  const exponent = value.e;
  const digits = value.precision();
  if (exponent < -6 || (exponent >= 33 && digits <= 34 && digits < exponent + 1)) return scientific(value);
  return value.toFixed();
}

function scientific(value: Base): string {
  return value.toExponential().replace('e+', 'E+').replace('e-', 'E-');
}

/** All digits, with as many places as asked, or as many as there are. */
export function plainText(value: Num, places?: number): string {
  return places === undefined ? decimal(value).toFixed() : decimal(value).toFixed(places, Base.ROUND_HALF_UP);
}
