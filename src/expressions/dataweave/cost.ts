/**
 * @module
 * The cost of an operation on a value, in steps. A step takes some tenths of a microsecond.
 */
import { type Meter, requireDepth } from './bounds.ts';
import { Decimal } from './decimal.ts';
import { isArray, isTime, Key, ObjectValue, type TypeValue, type Value } from './values.ts';

/** A calculation with a date or time. */
const timeCost = 40;

/** A calculation with a decimal of any length. */
const decimalCost = 6;

/** Bytes that one step reads or compares, as a power of two. */
const bytesPerStep = 9;

/** A longer string cannot be a number or date, so it is cheap to convert. */
const maxParsedLength = 4_096;

/** An argument or operand without the values inside it. Whoever visits those charges them. */
export function chargeOperand(value: Value, meter: Meter): void {
  const text = value instanceof Key ? value.name : value;
  if (typeof text === 'string') meter.charge(text.length >> (text.length > maxParsedLength ? 9 : 5));
  else chargeConversion(value, meter);
}

/** A conversion to a string or number, or a comparison: the cost of decimals and bytes grows with their size. */
export function chargeConversion(value: Value, meter: Meter): void {
  if (typeof value !== 'object' || value === null) return;
  if (value instanceof Decimal) meter.charge(decimalCost + (value.size >> 3));
  else if (value instanceof Uint8Array) meter.charge(1 + (value.length >> bytesPerStep));
  else if (isTime(value)) meter.charge(timeCost);
}

/** A calculation in which at least one operand is a date, time or period. */
export function chargeTimes(left: Value, right: Value, meter: Meter): void {
  if (isTime(left) || isTime(right)) meter.charge(timeCost);
}

/** A multiplication or division digit by digit. */
export function chargeProduct(left: Value, right: Value, meter: Meter): void {
  const [one, other] = [digitsOf(left), digitsOf(right)];
  if (one + other > 0) meter.charge(8 + ((Math.max(one, 16) * Math.max(other, 16)) >> 6));
}

function digitsOf(value: Value): number {
  return value instanceof Decimal ? value.size : 0;
}

/** The test of a value against a type that contains types, which may visit every value inside. */
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
