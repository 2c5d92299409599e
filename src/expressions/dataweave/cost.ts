/**
 * @module
 * What a value costs who looks at all of it, in steps. A step is worth some tenths of a microsecond.
 */
import { type Meter, requireDepth } from './bounds.ts';
import { Decimal } from './decimal.ts';
import { isArray, isTime, ObjectValue, type TypeValue, type Value } from './values.ts';

/** Calendars and time zones are slow: one calculation takes as long as so many steps. */
const timeCost = 40;

/** A calculation with a decimal, however short. */
const decimalCost = 6;

/** Bytes that are read or compared in one step, as a power of two. */
const bytesPerStep = 9;

/** What is longer is no number or date, which take long to read. */
const longestParsed = 4_096;

/** An argument or operand, without what is inside of it: whoever goes there counts it. */
export function chargeOperand(value: Value, meter: Meter): void {
  if (typeof value === 'string') meter.charge(value.length >> (value.length > longestParsed ? 9 : 5));
  else chargeConversion(value, meter);
}

/** What becomes a text or a number, or is compared as one: dates, decimals and bytes take as long as they are large. */
export function chargeConversion(value: Value, meter: Meter): void {
  if (typeof value !== 'object' || value === null) return;
  if (value instanceof Decimal) meter.charge(decimalCost + (value.size >> 3));
  else if (value instanceof Uint8Array) meter.charge(1 + (value.length >> bytesPerStep));
  else if (isTime(value)) meter.charge(timeCost);
}

/** Two numbers that are multiplied or divided digit by digit. */
export function chargeProduct(left: Value, right: Value, meter: Meter): void {
  const [one, other] = [digitsOf(left), digitsOf(right)];
  if (one + other > 0) meter.charge(8 + ((Math.max(one, 16) * Math.max(other, 16)) >> 6));
}

function digitsOf(value: Value): number {
  return value instanceof Decimal ? value.size : 0;
}

/** A value is held against a type that has types inside: every value inside may be looked at. */
export function chargeType(value: Value, type: TypeValue, meter: Meter): void {
  if (type.items.length === 0 && type.fields === undefined && type.isReference !== true) return;
  const breadth = 1 + type.items.length + (type.fields?.length ?? 0);
  const visit = (one: Value, depth: number): void => {
    requireDepth(depth);
    meter.charge(breadth);
    const inside = isArray(one) ? one : one instanceof ObjectValue ? one.values : [];
    for (const inner of inside) visit(inner, depth + 1);
  };
  visit(value, 0);
}
