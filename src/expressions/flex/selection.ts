/**
 * @module
 * `x.name`, `x[name]` and `x[0]`.
 *
 * Selecting a name from a value without members is `null`, not an error. A selection over an array selects from each
 * item: an object or a null gives a value (`null` if there is no such member), and other items are left out.
 */
import { MintError } from '../../diagnostics/mint-error.ts';
import { type Budget, boundedArray } from '../limits.ts';
import { sizeInBytesOrItems } from './functions/collections.ts';
import {
  type FindMembers,
  InputValue,
  isArray,
  isObject,
  ownValue,
  typeName,
  type Value,
  WrittenNumber,
} from './values.ts';

/**
 * @throws MintError `dataweave.unsupported-selector` for a selector that is neither a String nor a Number,
 * `dataweave.lost-input` for an input inside an array whose members a later stage selects
 */
export function select(target: Value, selector: Value, budget: Budget, membersOf: FindMembers): Value {
  requireMembers(target, membersOf);
  if (typeof selector === 'string') return selectName(target, selector, budget, membersOf) ?? null;
  if (typeof selector === 'number') return selectIndex(target, selector, membersOf);
  if (selector instanceof WrittenNumber) return selectIndex(target, selector.value, membersOf);
  throw unsupportedSelector(selector);
}

export function unsupportedSelector(selector: Value): MintError {
  return new MintError(
    'dataweave.unsupported-selector',
    `A selector must be a String or a Number, not ${typeName(selector)}.`,
  );
}

/** @throws MintError `dataweave.lost-input` */
export function requireMembers(target: Value, membersOf: FindMembers): void {
  if (target instanceof InputValue && membersOf(target) === undefined) {
    throw new MintError(
      'dataweave.lost-input',
      `Flex Gateway loses the members of \`${target.kind}\` before it evaluates this selector.`,
    );
  }
}

/** The member of a value; undefined if a selection over an array leaves the value out. */
export function selectName(target: Value, name: string, budget: Budget, membersOf: FindMembers): Value | undefined {
  if (target === null) return null;
  if (isArray(target)) return selectNameInItems(target, name, budget, membersOf);
  if (target instanceof InputValue) return membersOf(target)?.select(name);
  return isObject(target) ? (ownValue(target, name) ?? null) : undefined;
}

function selectNameInItems(items: readonly Value[], name: string, budget: Budget, membersOf: FindMembers): Value[] {
  budget.charge(items.length);
  const found: Value[] = [];
  for (const item of items) {
    const value = selectName(item, name, budget, membersOf);
    if (value !== undefined) found.push(value);
  }
  return boundedArray(found);
}

/** The item at an index. A negative index counts from the end; in a string, from its length in bytes. */
function selectIndex(target: Value, selector: number, membersOf: FindMembers): Value {
  const members = target instanceof InputValue ? membersOf(target) : undefined;
  const size = members === undefined ? sizeInBytesOrItems(target) : members.size;
  if (size === undefined) return null;
  const whole = Math.trunc(selector);
  const index = whole < 0 ? size + whole : whole;
  if (members !== undefined) return members.at(index);
  if (typeof target === 'string') return characterAt(target, index);
  if (isArray(target)) return target[index] ?? null;
  return isObject(target) ? (Object.values(target)[index] ?? null) : null;
}

/** The character at an index. A character is a code point. */
function characterAt(text: string, index: number): Value {
  if (!(index >= 0 && index < text.length)) return null;
  let at = 0;
  for (const character of text) {
    if (at === index) return character;
    at += 1;
  }
  return null;
}
