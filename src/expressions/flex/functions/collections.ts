/**
 * @module
 * Functions of `dw::Core` on arrays and objects.
 */

import { type Budget, boundedArray } from '../../limits.ts';
import { asText, requireText, typeMismatch } from '../coercion.ts';
import type { CallContext, FunctionRow } from '../values.ts';
import { InputValue, isArray, isObject, ownValue, type Value, type ValueObject } from '../values.ts';

/**
 * Takes items from an array, or members from an object (by name, or those that the other object has with an equal
 * value). Items are equal here when their texts are: `[1] -- ['1']` is `[]`, and everything without a text is alike.
 */
function subtract({ budget, find }: CallContext, container: Value, what: Value): Value {
  const from = container instanceof InputValue ? (find(container)?.detach() ?? container) : container;
  if (isArray(from) && isArray(what)) {
    return boundedArray(from.filter((item) => what.every((other) => !alike(item, other, budget))));
  }
  if (isObject(from) && isArray(what)) {
    const names = new Set(what.map((name) => requireText(name, 'Each name on the right side of `--`')));
    return membersWhere(from, budget, (name) => !names.has(name));
  }
  if (isObject(from) && isObject(what)) {
    return membersWhere(from, budget, (name, value) => {
      const other = ownValue(what, name);
      return other === undefined || !alike(value, other, budget);
    });
  }
  throw typeMismatch(
    '`--`',
    'two Arrays, two Objects, or an Object and an Array',
    isArray(from) || isObject(from) ? what : from,
  );
}

function membersWhere(object: ValueObject, budget: Budget, keep: (name: string, value: Value) => boolean): ValueObject {
  const members = Object.entries(object);
  budget.charge(members.length);
  return Object.fromEntries(members.filter(([name, value]) => keep(name, value)));
}

function alike(left: Value, right: Value, budget: Budget): boolean {
  budget.charge(1);
  if (isArray(left) && isArray(right)) {
    return left.length === right.length && left.every((item, i) => alike(item, right[i] ?? null, budget));
  }
  if (isObject(left) && isObject(right)) {
    const members = Object.entries(left);
    if (members.length !== Object.keys(right).length) return false;
    return members.every(([name, value]) => {
      const other = ownValue(right, name);
      return other !== undefined && alike(value, other, budget);
    });
  }
  return asText(left) === asText(right);
}

function sizeOf({ find }: CallContext, value: Value): number {
  const size = value instanceof InputValue ? find(value)?.size : sizeInBytesOrItems(value);
  if (size === undefined) throw typeMismatch('`sizeOf`', 'a String, Array or Object', value);
  return size;
}

/** Bytes of a string in UTF-8, items of an array, members of an object; undefined for what has no size. */
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
    summary: 'Without these items, names or members; compared by their text.',
    arity: { exactly: 2 },
    profiles: { flex: subtract, dataweave: 'compares with `==`, so `[1] -- ["1"]` keeps the number' },
  },
  {
    module: 'dw::Core',
    name: 'sizeOf',
    signature: 'sizeOf(value: String | Array | Object): Number',
    summary: 'How many bytes (UTF-8), items or members.',
    arity: { atLeast: 1 },
    profiles: { flex: sizeOf, dataweave: 'counts UTF-16 units of a string; `null` gives `null`' },
  },
  {
    module: 'dw::Core',
    name: 'isEmpty',
    signature: 'isEmpty(value: Any): Boolean',
    summary: "Whether it is `null`, `''`, `[]` or an object without members.",
    arity: { atLeast: 1 },
    profiles: { flex: isEmpty, dataweave: undefined },
  },
];
