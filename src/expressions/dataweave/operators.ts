/**
 * @module
 * The operators that are symbols. Each tries what its operands are, then what they can be converted to.
 */
import { MintError } from '../../diagnostics/mint-error.ts';
import type { Meter } from './bounds.ts';
import { compare, equals, isSimilar } from './compare.ts';
import { implied, schemaOf, textOf, toBoolean, typesOf } from './conversion.ts';
import { chargeOperand, chargeProduct } from './cost.ts';
import { Absence, mismatch } from './failures.ts';
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

/** A number, or what converts to one. */
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
  const [from, to] = [momentBeside(left, right), momentBeside(right, left)];
  const apart = isTime(from) && isTime(to) ? distance(from, to) : undefined;
  return apart ?? moved(left, right, -1) ?? arithmetic('-', left, right, subtract, meter);
}

function chargeTimes(left: Value, right: Value, meter: Meter): void {
  if (isTime(left) || isTime(right)) chargeOperand(left, meter);
}

/** A number beside a moment is one too. */
function momentBeside(value: Value, other: Value): Value {
  if (!isNumber(value) || !isTime(other) || other.kind !== 'DateTime') return value;
  return timeAs(value, 'DateTime', {}) ?? value;
}

/** A date or time and a period, in either order; a number counts as seconds since 1970. */
function moved(left: Value, right: Value, sign: 1 | -1): TimeValue | undefined {
  if (isTime(right) && right.kind === 'Period') {
    const from = isNumber(left) ? timeAs(left, 'DateTime', {}) : isTime(left) ? left : undefined;
    return from === undefined ? undefined : shift(from, right, sign);
  }
  if (!isTime(left) || left.kind !== 'Period') return undefined;
  const from = isNumber(right) ? timeAs(right, 'DateTime', {}) : isTime(right) ? right : undefined;
  return from && shift(from, left, sign);
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

/** The format of a date or time is all that is kept of what `<~` says about a value. */
function withMetadata(value: Value, about: Value): Value {
  if (!(about instanceof ObjectValue)) throw mismatch('`<~`', 'an Object', about);
  return isTime(value) ? { ...value, format: schemaOf(about).format } : value;
}

/** `value >> array` puts it first; `moment >> zone` is the moment there. */
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

/** @throws MintError `dataweave.type-mismatch`; where the value is null, `default` answers for it */
export function requireBoolean(value: Value, what: string): boolean {
  if (typeof value === 'boolean') return value;
  const found = toBoolean(value);
  if (found === undefined) throw mismatch(what, 'a Boolean', value);
  return found;
}

/** The condition of an `if`: null in it is no null that `default` answers for. */
export function requireCondition(value: Value): boolean {
  if (typeof value === 'boolean') return value;
  const found = toBoolean(value);
  if (found !== undefined) return found;
  throw new MintError('dataweave.type-mismatch', mismatch('the condition', 'a Boolean', value).message);
}
