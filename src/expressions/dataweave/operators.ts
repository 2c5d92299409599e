/**
 * @module
 * The operators that are symbols. Each uses its operands as they are if it can, and otherwise converts them.
 */
import { MintError } from '../../diagnostics/mint-error.ts';
import type { Meter } from './bounds.ts';
import { compare, equals, isSimilar } from './compare.ts';
import { implied, schemaOf, textOf, toBoolean, typesOf } from './conversion.ts';
import { chargeOperand, chargeProduct, chargeTimes } from './cost.ts';
import { Absence, mismatch, wrongType } from './failures.ts';
import { add, divide, isNumber, multiply, type Num, negate, subtract } from './numbers.ts';
import type { BinaryOperator } from './syntax.ts';
import { distance, inZone, shift } from './time-arithmetic.ts';
import { timeAs } from './time-conversion.ts';
import { isArray, isTime, ObjectBuilder, ObjectValue, type TimeValue, type Value } from './values.ts';

export type Operate = (left: Value, right: Value, meter: Meter) => Value;

export const operators: { readonly [operator in BinaryOperator]: Operate } = {
  '+': plus,
  '-': minus,
  '*': (left, right, meter) => arithmetic('*', left, right, multiply, meter),
  '/': (left, right, meter) => arithmetic('/', left, right, divide, meter),
  '<<': (left, right, meter) => append('<<', left, right, meter),
  '>>': prependOrMove,
  '==': (left, right, meter) => equals(left, right, meter),
  '!=': (left, right, meter) => !equals(left, right, meter),
  '~=': (left, right, meter) => isSimilar(left, right, meter),
  '<': (left, right, meter) => compare(left, right, meter) < 0,
  '>': (left, right, meter) => compare(left, right, meter) > 0,
  '<=': (left, right, meter) => compare(left, right, meter) <= 0,
  '>=': (left, right, meter) => compare(left, right, meter) >= 0,
  '<~': withMetadata,
};

function notTaken(operator: string, left: Value, right: Value): MintError {
  const message = `\`${operator}\` does not take ${typesOf([left, right])}.`;
  if (left === null || right === null) return new Absence('dataweave.type-mismatch', message);
  return new MintError('dataweave.type-mismatch', message);
}

/** The operand as a number, converted if necessary; undefined if it is not a number. */
function operandOf(value: Value, meter: Meter): Num | undefined {
  chargeOperand(value, meter);
  const found = implied(value, 'Number');
  return found !== undefined && isNumber(found) ? found : undefined;
}

function arithmetic(
  operator: string,
  left: Value,
  right: Value,
  run: (left: Num, right: Num) => Num,
  meter: Meter,
): Value {
  if (typeof left === 'number' && typeof right === 'number') return run(left, right);
  const [one, other] = [operandOf(left, meter), operandOf(right, meter)];
  if (one === undefined || other === undefined) throw notTaken(operator, left, right);
  chargeProduct(one, other, meter);
  return run(one, other);
}

function plus(left: Value, right: Value, meter: Meter): Value {
  if (isArray(left)) return append('+', left, right, meter);
  chargeTimes(left, right, meter);
  return moved(left, right, 1) ?? arithmetic('+', left, right, add, meter);
}

function append(operator: string, left: Value, right: Value, meter: Meter): Value {
  if (!isArray(left)) throw notTaken(operator, left, right);
  return meter.items([...left, right]);
}

function minus(left: Value, right: Value, meter: Meter): Value {
  if (isArray(left)) return meter.items(left).filter((item) => !equals(item, right, meter));
  if (left instanceof ObjectValue) return withoutKey(left, right, meter);
  chargeTimes(left, right, meter);
  const [from, to] = [asMomentNextTo(left, right), asMomentNextTo(right, left)];
  const apart = isTime(from) && isTime(to) ? distance(from, to) : undefined;
  return apart ?? moved(left, right, -1) ?? arithmetic('-', left, right, subtract, meter);
}

/** A number next to a DateTime is a DateTime too: seconds since 1970. */
function asMomentNextTo(value: Value, other: Value): Value {
  if (!isNumber(value) || !isTime(other) || other.kind !== 'DateTime') return value;
  return timeAs(value, 'DateTime', {}) ?? value;
}

/** A date or time plus or minus a period, in either order; undefined for other operands. */
function moved(left: Value, right: Value, sign: 1 | -1): TimeValue | undefined {
  const [period, start] = isPeriod(right) ? [right, left] : [left, right];
  if (!isPeriod(period)) return undefined;
  const from = timeOf(start);
  return from && shift(from, period, sign);
}

function isPeriod(value: Value): value is TimeValue & { kind: 'Period' } {
  return isTime(value) && value.kind === 'Period';
}

/** A number is the DateTime with that many seconds since 1970. */
function timeOf(value: Value): TimeValue | undefined {
  if (isNumber(value)) return timeAs(value, 'DateTime', {});
  return isTime(value) ? value : undefined;
}

function withoutKey(object: ObjectValue, key: Value, meter: Meter): Value {
  const name = textOf(key);
  if (name === undefined) throw notTaken('-', object, key);
  meter.charge(object.size);
  const kept = new ObjectBuilder();
  object.keys.forEach((member, i) => {
    if (member !== name) kept.add(member, object.values[i] ?? null);
  });
  return kept.build();
}

/** `<~` sets metadata. Only the format of a date or time is kept. */
function withMetadata(value: Value, about: Value): Value {
  if (!(about instanceof ObjectValue)) throw mismatch('`<~`', 'an Object', about);
  return isTime(value) ? { ...value, format: schemaOf(about).format } : value;
}

/** `value >> array` prepends the value, and `moment >> zone` converts a moment to a time zone. */
function prependOrMove(left: Value, right: Value, meter: Meter): Value {
  if (isArray(right)) return meter.items([left, ...right]);
  chargeOperand(right, meter);
  chargeOperand(left, meter);
  const zone = implied(right, 'TimeZone') ?? right;
  const moment = isNumber(left) ? timeAs(left, 'DateTime', {}) : left;
  const there = moment && isTime(moment) && isTime(zone) && zone.kind === 'TimeZone' ? inZone(moment, zone) : undefined;
  if (there === undefined) throw notTaken('>>', left, right);
  return there;
}

export function negated(value: Value, meter: Meter): Value {
  const number = operandOf(value, meter);
  if (number === undefined) throw mismatch('`-`', 'a Number', value);
  return negate(number);
}

/** @throws MintError `dataweave.type-mismatch`, which `default` handles if the value is null */
export function requireBoolean(value: Value, what: string): boolean {
  if (typeof value === 'boolean') return value;
  const found = toBoolean(value);
  if (found === undefined) throw mismatch(what, 'a Boolean', value);
  return found;
}

/** A condition. If it is null, `default` does not handle the error. */
export function requireCondition(value: Value): boolean {
  if (typeof value === 'boolean') return value;
  const found = toBoolean(value);
  if (found !== undefined) return found;
  throw notACondition(value);
}

/**
 * The condition of `if`, and of the functions that the engine writes with `if`: a Boolean, or one of the strings `true`
 * and `false`, not `TRUE` and no key.
 */
export function requireWrittenCondition(value: Value): boolean {
  if (typeof value === 'boolean') return value;
  if (value === 'true' || value === 'false') return value === 'true';
  throw notACondition(value);
}

function notACondition(value: Value): MintError {
  return new MintError('dataweave.type-mismatch', wrongType('the condition', 'a Boolean', value).message);
}
