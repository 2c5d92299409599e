/**
 * @module
 * Equality (`==`, `~=`) and order (`<`, `orderBy`, `max` and the like).
 */
import { MintError } from '../../diagnostics/mint-error.ts';
import { type Meter, requireDepth } from './bounds.ts';
import { textOf, toBoolean, toNumber } from './conversion.ts';
import { chargeOperand } from './cost.ts';
import { notConvertible } from './failures.ts';
import { compareNumbers, isNumber, type Num } from './numbers.ts';
import { compareTimes, timeAs, timeToNumber } from './time-conversion.ts';
import { timeText } from './time-text.ts';
import { typeName } from './type-names.ts';
import { isSameType } from './type-values.ts';
import {
  isArray,
  isTime,
  isType,
  Key,
  ObjectValue,
  Range,
  RegexValue,
  type TimeValue,
  UriValue,
  type Value,
} from './values.ts';
import { offsetSeconds } from './zone-names.ts';

/** Characters of two strings of equal length that are compared in one step, as a power of two. */
const charactersPerStep = 10;

type Leaf = (left: Value, right: Value) => boolean;

/** `==`: both have one type. Arrays are compared item by item, objects member by member in order. */
export function equals(left: Value, right: Value, meter: Meter): boolean {
  return deepEquals(left, right, meter, 0, sameLeaf);
}

/** `~=`: as `==`, but a leaf may be converted to the type of the other leaf. */
export function isSimilar(left: Value, right: Value, meter: Meter): boolean {
  return deepEquals(left, right, meter, 0, similarLeaf);
}

function deepEquals(left: Value, right: Value, meter: Meter, depth: number, leaf: Leaf): boolean {
  if (typeof left === 'string' && typeof right === 'string') return sameText(left, right, meter);
  if (left === right) return true;
  meter.charge(1);
  requireDepth(depth);
  if (isArray(left) && isArray(right)) {
    if (left instanceof Range !== right instanceof Range) return false;
    return sameItems(left, right, meter, depth + 1, leaf);
  }
  if (left instanceof ObjectValue && right instanceof ObjectValue) {
    return sameMembers(left, right, meter, depth + 1, leaf);
  }
  chargeOperand(left, meter);
  chargeOperand(right, meter);
  return leaf(left, right);
}

function sameItems(left: readonly Value[], right: readonly Value[], meter: Meter, depth: number, leaf: Leaf): boolean {
  return (
    left.length === right.length && left.every((item, i) => deepEquals(item, right[i] ?? null, meter, depth, leaf))
  );
}

/** Key by key and value by value in turns, so that no more keys are compared than steps are charged. */
function sameMembers(left: ObjectValue, right: ObjectValue, meter: Meter, depth: number, leaf: Leaf): boolean {
  if (left.size !== right.size) return false;
  return left.keys.every(
    (key, i) =>
      key === right.keys[i] && deepEquals(left.values[i] ?? null, right.values[i] ?? null, meter, depth, leaf),
  );
}

function sameText(left: string, right: string, meter: Meter): boolean {
  meter.charge(1 + (left.length === right.length ? left.length >> charactersPerStep : 0));
  return left === right;
}

/** Two regular expressions are never equal, as in the engine. */
function sameLeaf(left: Value, right: Value): boolean {
  if (typeof left === 'string' || typeof right === 'string') return left === right;
  if (isNumber(left) && isNumber(right)) return compareNumbers(left, right) === 0;
  if (isTime(left) && isTime(right)) return left.kind === right.kind && compareTimes(left, right) === 0;
  return sameObject(left, right);
}

function sameObject(left: Value, right: Value): boolean {
  if (left instanceof Uint8Array && right instanceof Uint8Array) return Buffer.compare(left, right) === 0;
  if (isType(left) && isType(right)) return isSameType(left, right);
  if (left instanceof UriValue && right instanceof UriValue) return left.text === right.text;
  return left instanceof Key && right instanceof Key && left.name === right.name;
}

function similarLeaf(left: Value, right: Value): boolean {
  if (sameLeaf(left, right)) return true;
  if (isNumber(left) || isNumber(right)) return similarNumbers(left, right);
  if (typeof left === 'boolean' || typeof right === 'boolean') return similarBooleans(left, right);
  if (isPattern(left) && isPattern(right)) return false;
  if (isTime(left) && isTime(right) && left.kind !== right.kind) return isPartOf(left, right) || isPartOf(right, left);
  const text = textOf(left);
  return text !== undefined && text === textOf(right);
}

function similarNumbers(left: Value, right: Value): boolean {
  const [one, other] = [numberOf(left), numberOf(right)];
  return one !== undefined && other !== undefined && compareNumbers(one, other) === 0;
}

function similarBooleans(left: Value, right: Value): boolean {
  const one = toBoolean(left);
  return one !== undefined && one === toBoolean(right);
}

/** A DateTime is its seconds since 1970. */
function numberOf(value: Value): Num | undefined {
  return isTime(value) ? timeToNumber(value, undefined) : toNumber(value);
}

function isPattern(value: Value): boolean {
  return value instanceof RegexValue || value instanceof Uint8Array;
}

/** Whether `part` is the date, time or time zone of `moment`. */
function isPartOf(part: TimeValue, moment: TimeValue): boolean {
  if (moment.kind !== 'DateTime' || part.kind === 'Period') return false;
  const own = timeAs(moment, part.kind, {});
  return own !== undefined && sameLeaf(own, part);
}

/**
 * The order of two values as a negative number, zero or a positive number. A String is converted to the type of the
 * other value. Strings are ordered by their UTF-16 code units.
 *
 * @throws MintError `dataweave.not-comparable`, `dataweave.conversion`
 */
export function compare(left: Value, right: Value, meter: Meter): number {
  if (typeof left === 'string') return compareText(left, right, meter);
  chargeOperand(left, meter);
  if (isNumber(left)) return compareNumbers(left, isNumber(right) ? right : parsed(right, left, meter));
  if (left instanceof Key) return compareTexts(left.name, converted(textOf(right), right, left));
  if (typeof left === 'boolean') {
    return Number(left) - Number(typeof right === 'boolean' ? right : converted(toBoolean(right), right, left));
  }
  if (isTime(left)) return compareTime(left, right);
  throw notComparable(left, right);
}

function compareText(left: string, right: Value, meter: Meter): number {
  if (typeof right !== 'string') return -compare(right, left, meter);
  chargeOperand(left, meter);
  return compareTexts(left, right);
}

function compareTime(left: TimeValue, right: Value): number {
  const other = isTime(right) ? right : isNumber(right) ? undefined : timeAs(right, left.kind, {});
  if (other === undefined || left.kind === 'Period') throw notComparable(left, right);
  if (left.kind === 'TimeZone' && other.kind === 'TimeZone') return compareZones(timeText(left), timeText(other));
  return compareTimes(left, other);
}

/** The text that a number is compared with may be long, and costs as much as an operand. */
function parsed(text: Value, left: Num, meter: Meter): Num {
  chargeOperand(text, meter);
  return converted(toNumber(text), text, left);
}

/** Offsets are ordered from east to west, as in Java. */
function compareZones(left: string, right: string): number {
  const [one, other] = [left, right].map((zone) => (/^[+-]|^Z$/.test(zone) ? offsetSeconds(zone) : undefined));
  return one === undefined || other === undefined ? compareTexts(left, right) : other - one;
}

function compareTexts(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

function converted<T>(found: T | undefined, value: Value, other: Value): T {
  if (typeof value !== 'string' && !(value instanceof Key)) throw notComparable(value, other);
  if (found !== undefined) return found;
  throw new MintError('dataweave.not-comparable', notConvertible(value, typeName(other)).message);
}

export function notComparable(left: Value, right: Value): MintError {
  const message = `${typeName(left)} and ${typeName(right)} cannot be compared.`;
  return new MintError('dataweave.not-comparable', message);
}
