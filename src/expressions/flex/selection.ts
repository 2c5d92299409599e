/**
 * @module
 * `x.name`, `x[name]` and `x[0]`.
 *
 * Looking for a name in what has no names is `null`, not an error. An array is searched item by item: objects and
 * nulls give a value each (`null` where the name is missing), other items are left out.
 */
import { MintError } from '../../diagnostics/mint-error.ts';
import { type Budget, boundedArray } from '../limits.ts';
import { sizeInBytesOrItems } from './functions/collections.ts';
import type { FindHolder } from './values.ts';
import { InputValue, isArray, isObject, ownValue, typeName, type Value, WrittenNumber } from './values.ts';

/**
 * @throws MintError `dataweave.unsupported-selector` for a selector that is neither String nor Number,
 * `dataweave.lost-input` for an input inside an array that a later stage looks into
 */
export function select(target: Value, selector: Value, budget: Budget, find: FindHolder): Value {
  requireHolder(target, find);
  if (typeof selector === 'string') return selectName(target, selector, budget, find) ?? null;
  if (typeof selector === 'number') return selectIndex(target, selector, find);
  if (selector instanceof WrittenNumber) return selectIndex(target, selector.value, find);
  throw unsupportedSelector(selector);
}

export function unsupportedSelector(selector: Value): MintError {
  return new MintError(
    'dataweave.unsupported-selector',
    `A selector is a String or a Number, not ${typeName(selector)}.`,
  );
}

/** @throws MintError `dataweave.lost-input` */
export function requireHolder(target: Value, find: FindHolder): void {
  if (target instanceof InputValue && find(target) === undefined) {
    throw new MintError(
      'dataweave.lost-input',
      `Flex Gateway has lost \`${target.kind}\` by the time it is looked into here.`,
    );
  }
}

/** The value under a name; undefined where a selection over an array leaves the item out. */
export function selectName(target: Value, name: string, budget: Budget, find: FindHolder): Value | undefined {
  if (target === null) return null;
  if (isArray(target)) return selectNameInItems(target, name, budget, find);
  if (target instanceof InputValue) return find(target)?.select(name);
  return isObject(target) ? (ownValue(target, name) ?? null) : undefined;
}

function selectNameInItems(items: readonly Value[], name: string, budget: Budget, find: FindHolder): Value[] {
  budget.charge(items.length);
  const found: Value[] = [];
  for (const item of items) {
    const value = selectName(item, name, budget, find);
    if (value !== undefined) found.push(value);
  }
  return boundedArray(found);
}

/** The item at an index; a negative one counts from the end (of a string: from its length in bytes). */
function selectIndex(target: Value, selector: number, find: FindHolder): Value {
  const holder = target instanceof InputValue ? find(target) : undefined;
  const size = holder === undefined ? sizeInBytesOrItems(target) : holder.size;
  if (size === undefined) return null;
  const whole = Math.trunc(selector);
  const index = whole < 0 ? size + whole : whole;
  if (holder !== undefined) return holder.at(index);
  if (typeof target === 'string') return characterAt(target, index);
  if (isArray(target)) return target[index] ?? null;
  return isObject(target) ? (Object.values(target)[index] ?? null) : null;
}

/** Characters are code points. */
function characterAt(text: string, index: number): Value {
  if (!(index >= 0 && index < text.length)) return null;
  let at = 0;
  for (const character of text) {
    if (at === index) return character;
    at += 1;
  }
  return null;
}
