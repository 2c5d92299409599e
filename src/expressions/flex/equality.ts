/**
 * @module
 * Equality and order of values, by Flex Gateway's rules.
 */
import { MintError } from '../../diagnostics/mint-error.ts';
import type { Budget } from '../limits.ts';
import type { Comparison } from './ast.ts';
import { asNumber, requireBoolean, requireString, typeMismatch } from './coercion.ts';
import {
  FunctionValue,
  isArray,
  isObject,
  namesOf,
  ownValue,
  typeName,
  type Value,
  type ValueObject,
  WrittenNumber,
} from './values.ts';

/** `left operator right`. */
export function compareValues(operator: Comparison, left: Value, right: Value, budget: Budget): boolean {
  switch (operator) {
    case '==':
      return equalValues(left, right, budget);
    case '!=':
      return !equalValues(left, right, budget);
    case '<':
    case '>':
    case '<=':
    case '>=':
      return inOrder(operator, left, right);
  }
}

/**
 * `==`: types are not converted. Arrays are compared item by item, and objects member by member in any order. Two
 * functions are never equal.
 */
export function equalValues(left: Value, right: Value, budget: Budget): boolean {
  const a = left instanceof WrittenNumber ? left.value : left;
  const b = right instanceof WrittenNumber ? right.value : right;
  budget.charge(1);
  if (a === b) return !(a instanceof FunctionValue);
  if (typeof a !== 'object' || typeof b !== 'object') return false;
  if (isArray(a)) return isArray(b) && equalItems(a, b, budget);
  if (a instanceof Uint8Array) return b instanceof Uint8Array && Buffer.compare(a, b) === 0;
  return isObject(a) && isObject(b) && equalMembers(a, b, budget);
}

function equalItems(left: readonly Value[], right: readonly Value[], budget: Budget): boolean {
  return left.length === right.length && left.every((item, i) => equalValues(item, right[i] ?? null, budget));
}

function equalMembers(left: ValueObject, right: ValueObject, budget: Budget): boolean {
  const names = namesOf(left);
  if (names.length !== namesOf(right).length) return false;
  return names.every((name) => {
    const other = ownValue(right, name);
    return other !== undefined && equalValues(left[name] ?? null, other, budget);
  });
}

export type Order = Exclude<Comparison, '==' | '!='>;

/**
 * `<`, `>`, `<=`, `>=`: the left side is converted to the type of the right side, which must be a string, number or
 * boolean. (DataWeave converts the right side: `9 < '10'` is false here and true there.)
 *
 * @throws MintError `dataweave.not-comparable` for another type on the right, `dataweave.type-mismatch` if the left
 * side cannot be converted
 */
export function inOrder(operator: Order, left: Value, right: Value): boolean {
  if (typeof right === 'string') {
    return holds(operator, compareStrings(requireString(left, `The left side of \`${operator}\``), right));
  }
  if (typeof right === 'number' || right instanceof WrittenNumber) {
    const number = asNumber(left);
    if (number === undefined)
      throw typeMismatch(`The left side of \`${operator}\``, 'a Number (like the right side)', left);
    return holds(operator, numberOrder(number, typeof right === 'number' ? right : right.value));
  }
  if (typeof right === 'boolean') {
    return holds(operator, Number(requireBoolean(left, `The left side of \`${operator}\``)) - Number(right));
  }
  throw new MintError(
    'dataweave.not-comparable',
    `\`${operator}\` cannot compare with a value of type ${typeName(right)}.`,
  );
}

/** `difference` is negative, zero or positive if left is less, equal or greater, and NaN if they have no order. */
function holds(operator: Order, difference: number): boolean {
  switch (operator) {
    case '<':
      return difference < 0;
    case '>':
      return difference > 0;
    case '<=':
      return difference <= 0;
    case '>=':
      return difference >= 0;
  }
}

/** Negative, zero, positive, or NaN. It compares, because the difference of two infinities would be NaN. */
function numberOrder(left: number, right: number): number {
  if (left === right) return 0;
  if (left < right) return -1;
  return left > right ? 1 : Number.NaN;
}

/** Compares by code points, as UTF-8 bytes are ordered. JavaScript's `<` compares UTF-16 code units. */
function compareStrings(left: string, right: string): number {
  const length = Math.min(left.length, right.length);
  for (let i = 0; i < length; i++) {
    const a = left.charCodeAt(i);
    const b = right.charCodeAt(i);
    if (a !== b) return codePointOrder(a) - codePointOrder(b);
  }
  return left.length - right.length;
}

/** Orders surrogates, which encode characters above U+FFFF, after all other code units. */
function codePointOrder(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}
