/**
 * @module
 * A decimal number as in Java's BigDecimal: a value and its scale. It is parsed and written here; `numbers.ts` has the
 * arithmetic.
 *
 * The scale distinguishes `1E+3` from `1000`, which are equal but are written differently.
 */
import { Decimal as Base } from 'decimal.js';

/** The exponents exceed our own limits, so that the library never rounds to infinity or zero. */
export const Digits = Base.clone({ precision: 4_400, rounding: Base.ROUND_HALF_UP, maxE: 9e15, minE: -9e15 });

export class Decimal {
  readonly value: Base;
  /** The number of decimal places, which may be more than the value needs. `1e3` has -3. */
  readonly scale: number;

  constructor(value: Base, scale: number) {
    this.value = value;
    this.scale = scale;
  }

  /** The number of digits in a calculation, including zeros between the digits and the decimal point. */
  get size(): number {
    return this.value.precision() + Math.abs(this.value.e);
  }

  /** As the engine writes it, without trailing zeros of the fraction. */
  toString(): string {
    const { value, scale } = this;
    if (scale >= 0 && value.e >= -6) return value.toFixed();
    return value.toExponential(scale < 0 ? value.e + scale : undefined).replace('e', 'E');
  }
}

/** The scale without trailing zeros. */
export function minScale(value: Base): number {
  return value.precision() - 1 - value.e;
}

/** Parses a number as JSON and literals write it; undefined if the string is not a number. */
export function parseDecimal(text: string): Decimal | undefined {
  const [, digits = '', places = '', exponent = '0'] =
    /^[+-]?(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,9}))?$/.exec(text) ?? [];
  if (digits === '' && places === '') return undefined;
  return new Decimal(new Digits(text.replace(/^\+/, '')), places.length - Number(exponent));
}

/** Converts a JavaScript number. The scale is that of Java's text for it: `1.0E7`, `0.001`, `1.0E-4`. */
export function decimalOf(number: number): Decimal {
  const value = new Digits(number);
  const least = minScale(value);
  const isPlain = value.e >= -3 && value.e < 7;
  return new Decimal(value, isPlain ? Math.max(least, 1) : Math.max(least, 1 - value.e));
}
