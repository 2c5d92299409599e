/**
 * @module
 * A decimal as the engine has it, which is Java's BigDecimal: a value and its scale.
 *
 * The scale tells `1E+3` from `1000`, which are equal and have different texts. What an operation does to it is
 * arithmetic's business (`numbers.ts`); here are the two ends, from text and to text.
 */
import { Decimal as Base } from 'decimal.js';

/** Larger exponents than any bound lets through, so that the library itself never rounds to infinity or zero. */
export const Digits = Base.clone({ precision: 4_400, rounding: Base.ROUND_HALF_UP, maxE: 9e15, minE: -9e15 });

export class Decimal {
  readonly value: Base;
  /** How many places its digits end behind the point, which may be more than the value needs; `1e3` has -3. */
  readonly scale: number;

  constructor(value: Base, scale: number) {
    this.value = value;
    this.scale = scale;
  }

  /** How many digits there are to calculate with, those between them and the point included. */
  get size(): number {
    return this.value.precision() + Math.abs(this.value.e);
  }

  /** As the engine writes it: zeros at the end of a fraction are left out, those before the point are not. */
  toString(): string {
    const { value, scale } = this;
    if (scale >= 0 && value.e >= -6) return value.toFixed();
    return value.toExponential(scale < 0 ? value.e + scale : undefined).replace('e', 'E');
  }
}

/** The scale at which no zero ends the digits. */
export function leastScale(value: Base): number {
  return value.precision() - 1 - value.e;
}

/** From decimal digits, as JSON and literals write them; undefined where the text is none. */
export function parseDecimal(text: string): Decimal | undefined {
  const [, digits = '', places = '', exponent = '0'] =
    /^[+-]?(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,9}))?$/.exec(text) ?? [];
  if (digits === '' && places === '') return undefined;
  return new Decimal(new Digits(text.replace(/^\+/, '')), places.length - Number(exponent));
}

/** From a number of JavaScript by the text that Java has for it: `1.0E7`, `0.001`, `1.0E-4`. */
export function decimalOf(number: number): Decimal {
  const value = new Digits(number);
  const least = leastScale(value);
  const isPlain = value.e >= -3 && value.e < 7;
  return new Decimal(value, isPlain ? Math.max(least, 1) : Math.max(least, 1 - value.e));
}
