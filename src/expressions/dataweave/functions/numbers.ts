/**
 * @module
 * Functions of `dw::core::Numbers` and `dw::util::Math`.
 */
import { MintError } from '../../../diagnostics/mint-error.ts';
import type { Meter } from '../bounds.ts';
import { Decimal } from '../decimal.ts';
import { withPlainDigits } from '../digits.ts';
import type { Evaluation } from '../evaluation.ts';
import {
  divide,
  fromBigInt,
  fromDouble,
  isWhole,
  multiply,
  type Num,
  parseNumber,
  plainText,
  toDouble,
} from '../numbers.ts';
import type { Value } from '../values.ts';
import { type FunctionRow, form, nullForNull, number, string } from './row.ts';

const numbers = 'dw::core::Numbers';
const math = 'dw::util::Math';

function radixOf(radix: Num): number | undefined {
  const base = toDouble(radix);
  return Number.isInteger(base) && base >= 2 && base <= 36 ? base : undefined;
}

function requireRadix(radix: Num): number {
  const base = radixOf(radix);
  if (base !== undefined) return base;
  throw new MintError('dataweave.arithmetic', 'A radix must be a whole number from 2 to 36.');
}

/** The cost per digit grows with the number of digits. */
function chargeDigits(digits: number, meter: Meter): void {
  meter.charge(digits >> 1);
}

/** The number of digits is limited, which limits the cost of each product. */
function fromDigits({ meter }: Evaluation, text: string, radix: Num): Num {
  chargeDigits(text.length, meter);
  const base = requireRadix(radix);
  const digits = text.length > 1_001 ? undefined : /^[+-]?([0-9a-z]{1,1000})$/i.exec(withPlainDigits(text))?.[1];
  if (digits === undefined) throw new MintError('dataweave.conversion', 'The string is not a number in this radix.');
  let value = 0n;
  for (const digit of digits) {
    const one = Number.parseInt(digit, 36);
    if (one >= base) throw new MintError('dataweave.conversion', 'The string is not a number in this radix.');
    value = value * BigInt(base) + BigInt(one);
  }
  return fromBigInt(text.startsWith('-') ? -value : value);
}

/** An invalid radix counts as 10, as in Java. */
function toDigits({ meter }: Evaluation, value: Num, radix: Num): string {
  if (value instanceof Decimal) chargeDigits(value.size, meter);
  if (!isWhole(value))
    throw new MintError('dataweave.arithmetic', 'Only a whole number can be converted to another radix.');
  return BigInt(plainText(value)).toString(radixOf(radix) ?? 10);
}

function converting(name: string, radix: number, fromText: boolean, summary: string): FunctionRow {
  const one = fromText
    ? form([string], (call, text) => fromDigits(call, text, radix))
    : form([number], (call, value) => toDigits(call, value, radix));
  return { module: numbers, name, summary, forms: [one, nullForNull] };
}

/** A function on doubles; null if the result is infinite or not a number. */
function real(name: string, summary: string, run: (value: number) => number): FunctionRow {
  const compute = (value: Num): Value => {
    const found = run(toDouble(value));
    return Number.isFinite(found) ? fromDouble(found) : null;
  };
  return { module: math, name, summary, forms: [form([number], (_, value) => compute(value))] };
}

const pi = parseNumber('3.14159265358979323846') ?? Math.PI;

export const numberRows: readonly FunctionRow[] = [
  converting('fromBinary', 2, true, 'The number of a binary string.'),
  converting('fromHex', 16, true, 'The number of a hexadecimal string.'),
  converting('toBinary', 2, false, 'The whole number in binary.'),
  converting('toHex', 16, false, 'The whole number in hexadecimal.'),
  {
    module: numbers,
    name: 'fromRadixNumber',
    summary: 'The number of a string in a radix from 2 to 36.',
    forms: [form([string, number], (call, text, radix) => fromDigits(call, text, radix))],
  },
  {
    module: numbers,
    name: 'toRadixNumber',
    summary: 'The whole number in a radix from 2 to 36.',
    forms: [form([number, number], (call, value, radix) => toDigits(call, value, radix))],
  },
  real('acos', 'The arc cosine; null outside -1 to 1.', Math.acos),
  real('asin', 'The arc sine; null outside -1 to 1.', Math.asin),
  real('atan', 'The arc tangent.', Math.atan),
  real('cos', 'The cosine.', Math.cos),
  real('sin', 'The sine.', Math.sin),
  real('tan', 'The tangent.', Math.tan),
  real('log10', 'The logarithm to base 10; null if it does not exist.', Math.log10),
  real('logn', 'The natural logarithm; null if it does not exist.', Math.log),
  {
    module: math,
    name: 'toDegrees',
    summary: 'An angle in radians as degrees.',
    forms: [form([number], (_, angle) => divide(multiply(angle, 180), pi))],
  },
  {
    module: math,
    name: 'toRadians',
    summary: 'An angle in degrees as radians.',
    forms: [form([number], (_, angle) => multiply(divide(angle, 180), pi))],
  },
];
