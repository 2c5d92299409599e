/**
 * @module
 * Functions of `dw::Core` on arrays and objects.
 */
import { objectOf } from '../../../diagnostics/ordered-object.ts';
import { type Budget, boundedArray } from '../../limits.ts';
import { asString, requireString, typeMismatch } from '../coercion.ts';
import {
  type CallContext,
  type FunctionRow,
  InputValue,
  isArray,
  isObject,
  namesOf,
  ownValue,
  type Value,
  type ValueObject,
} from '../values.ts';

/**
 * Removes items from an array, or members from an object (by name, or those that the other object has with an equal
 * value). Items are equal if they are equal as strings: `[1] -- ['1']` is `[]`, and all values without a string form
 * are equal.
 */
function subtract({ budget, membersOf }: CallContext, container: Value, removed: Value): Value {
  const from = container instanceof InputValue ? (membersOf(container)?.toObject() ?? container) : container;
  if (isArray(from) && isArray(removed)) {
    return boundedArray(from.filter((item) => removed.every((other) => !equalAsStrings(item, other, budget))));
  }
  if (isObject(from) && isArray(removed)) {
    const names = new Set(removed.map((name) => requireString(name, 'Each name on the right side of `--`')));
    return membersWhere(from, budget, (name) => !names.has(name));
  }
  if (isObject(from) && isObject(removed)) {
    return membersWhere(from, budget, (name, value) => {
      const other = ownValue(removed, name);
      return other === undefined || !equalAsStrings(value, other, budget);
    });
  }
  throw typeMismatch(
    '`--`',
    'two Arrays, two Objects, or an Object and an Array',
    isArray(from) || isObject(from) ? removed : from,
  );
}

function membersWhere(object: ValueObject, budget: Budget, keep: (name: string, value: Value) => boolean): ValueObject {
  const members = Object.entries(object);
  budget.charge(members.length);
  return objectOf(members.filter(([name, value]) => keep(name, value)));
}

function equalAsStrings(left: Value, right: Value, budget: Budget): boolean {
  budget.charge(1);
  if (isArray(left) && isArray(right)) {
    return left.length === right.length && left.every((item, i) => equalAsStrings(item, right[i] ?? null, budget));
  }
  if (isObject(left) && isObject(right)) {
    const names = namesOf(left);
    if (names.length !== namesOf(right).length) return false;
    return names.every((name) => {
      const other = ownValue(right, name);
      return other !== undefined && equalAsStrings(left[name] ?? null, other, budget);
    });
  }
  return asString(left) === asString(right);
}

function sizeOf({ membersOf }: CallContext, value: Value): number {
  const size = value instanceof InputValue ? membersOf(value)?.size : sizeInBytesOrItems(value);
  if (size === undefined) throw typeMismatch('`sizeOf`', 'a String, Array or Object', value);
  return size;
}

/** The UTF-8 bytes of a string, items of an array or members of an object; undefined for a value without a size. */
export function sizeInBytesOrItems(value: Value): number | undefined {
  if (typeof value === 'string') return Buffer.byteLength(value, 'utf8');
  if (isArray(value)) return value.length;
  return isObject(value) ? Object.keys(value).length : undefined;
}

function isEmpty(_: CallContext, value: Value): boolean {
  if (value === null || value === '') return true;
  if (isArray(value)) return value.length === 0;
  return isObject(value) && Object.keys(value).length === 0;
}

export const collectionFunctions: readonly FunctionRow[] = [
  {
    module: 'dw::Core',
    name: '--',
    signature:
      '--(from: Array, items: Array): Array · --(from: Object, names: Array): Object · --(from: Object, members: Object): Object',
    summary: 'Removes these items, names or members. Values are compared as strings.',
    arity: { exactly: 2 },
    profiles: { flex: subtract, dataweave: 'compares with `==`, so `[1] -- ["1"]` keeps the number' },
  },
  {
    module: 'dw::Core',
    name: 'sizeOf',
    signature: 'sizeOf(value: String | Array | Object): Number',
    summary: 'The number of bytes (UTF-8), items or members.',
    arity: { atLeast: 1 },
    profiles: { flex: sizeOf, dataweave: 'counts the UTF-16 code units of a string, and gives `null` for `null`' },
  },
  {
    module: 'dw::Core',
    name: 'isEmpty',
    signature: 'isEmpty(value: Any): Boolean',
    summary: "Whether the value is `null`, `''`, `[]` or an object without members.",
    arity: { atLeast: 1 },
    profiles: { flex: isEmpty, dataweave: undefined },
  },
];
