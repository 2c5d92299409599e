/**
 * @module
 * How two JSON values differ, in words.
 */
import { exactDigits, isObject } from '../diagnostics/exact-json.ts';
import type { JsonValue } from '../diagnostics/json.ts';

/** `a string`, with its article. */
export function kindOf(value: JsonValue): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return exactDigits(value) === undefined ? 'an object' : 'a number';
  return typeof value === 'boolean' ? 'true or false' : `a ${typeof value}`;
}

/** Whether the values are the same JSON, apart from the order of the members of objects. */
export function isSameJson(one: JsonValue, other: JsonValue): boolean {
  return JSON.stringify(inOrder(one)) === JSON.stringify(inOrder(other));
}

/** The value with the members of its objects in one order. */
function inOrder(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(inOrder);
  if (!isObject(value)) return value;
  const members = Object.entries(value).map(([name, member]): [string, JsonValue] => [name, inOrder(member)]);
  return Object.fromEntries(members.sort(([one], [other]) => (one < other ? -1 : Number(one > other))));
}

/** A sentence about two texts that are not the same. */
export function textDifference(one: string, other: string): string {
  if (one.trim() === other.trim()) return 'The texts differ in white space around them.';
  if (one.toLowerCase() === other.toLowerCase()) return 'The texts differ in upper and lower case.';
  return 'The texts are different.';
}
