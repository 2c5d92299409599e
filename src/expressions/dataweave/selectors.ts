/**
 * @module
 * Evaluates selectors. The result is null if nothing is found. Selecting a member of a String or Boolean is an error.
 */
import { MintError } from '../../diagnostics/mint-error.ts';
import { type Meter, requireDepth } from './bounds.ts';
import { textOf } from './conversion.ts';
import { Absence, mismatch } from './failures.ts';
import { isNumber, type Num, rounded, toDouble } from './numbers.ts';
import type { SelectorKind } from './syntax.ts';
import { isMomentPart, partOf } from './time-arithmetic.ts';
import { timeAs } from './time-conversion.ts';
import { typeName } from './type-names.ts';
import { isArray, isTime, Key, ObjectBuilder, ObjectValue, Range, type Value } from './values.ts';

/** @param literal the name if the policy contains it; a computed name may be a value of the request */
export type Selecting = (target: Value, key: Value, meter: Meter, literal?: string) => Value | undefined;

/**
 * The result is undefined if nothing is found, which `?` and `!` distinguish from null. Attributes and namespaces
 * belong to XML, so no object here has any.
 */
export const selectors: { readonly [how in SelectorKind]: Selecting } = {
  value: (target, key, meter, literal) =>
    typeof key === 'string' ? selectName(target, key, meter, literal) : selectBy(target, key, meter),
  multi: (target, key, meter, literal) => nonEmpty(allNamed(target, nameOf(key), meter, literal)),
  pair: (target, key, meter, literal) => pairsNamed(target, nameOf(key), meter, literal),
  descendant: (target, key, meter) => {
    const found = descendants(target, key, meter, firstNamed);
    return key === null ? found : nonEmpty(found);
  },
  descendants: (target, key, meter) => nonEmpty(descendants(target, key, meter, allNamed)),
  descendantPairs: (target, key, meter) => nonEmpty(descendants(target, key, meter, pairsInObject)),
  attributes: (target, key) => (key === null && isArray(target) ? [] : undefined),
  attributesBelow: (_, key) => (key === null ? [] : undefined),
  namespace: () => undefined,
};

function nameOf(key: Value): string {
  const name = typeof key === 'string' || key instanceof Key ? textOf(key) : undefined;
  if (name !== undefined) return name;
  throw unsupportedSelector(key);
}

/** `default` handles a selector that is null. */
function unsupportedSelector(key: Value): MintError {
  const message = `A selector must be a String or a Number, not ${typeName(key)}.`;
  if (key === null) return new Absence('dataweave.unsupported-selector', message);
  return new MintError('dataweave.unsupported-selector', message);
}

function nonEmpty(found: readonly Value[]): Value | undefined {
  return found.length === 0 ? undefined : found;
}

/** @param literal the name if the policy contains it; messages show no other name */
export function selectName(target: Value, name: string, meter: Meter, literal?: string): Value | undefined {
  if (target === null) return undefined;
  if (target instanceof ObjectValue) return target.get(name);
  if (isArray(target)) return nonEmpty(namedInItems(target, name, meter));
  if (isTime(target) && target.kind !== 'TimeZone') return partOf(target, name);
  if (isNumber(target)) return partOfMoment(target, name);
  throw noMembers('.', literal, target);
}

/** A number has the parts of the DateTime with that many seconds since 1970. */
function partOfMoment(value: Num, name: string): Value | undefined {
  const moment = isMomentPart(name) ? timeAs(value, 'DateTime', {}) : undefined;
  return moment === undefined ? undefined : partOf(moment, name);
}

function namedInItems(items: readonly Value[], name: string, meter: Meter): readonly Value[] {
  const found: Value[] = [];
  for (const item of meter.items(items)) {
    const value = item instanceof ObjectValue ? item.get(name) : undefined;
    if (value !== undefined) found.push(value);
  }
  return found;
}

function noMembers(symbol: string, literal: string | undefined, target: Value): MintError {
  const selector = literal === undefined ? 'a selector by a computed name' : `the selector \`${symbol}${literal}\``;
  return mismatch(selector, 'an Object or an Array', target);
}

function selectBy(target: Value, key: Value, meter: Meter): Value | undefined {
  if (key instanceof Range) return selectRange(target, key, meter);
  if (target === null) return undefined;
  if (key instanceof Key) return selectName(target, key.name, meter);
  if (isNumber(key)) return selectIndex(target, toDouble(rounded(key, 'toZero')));
  if (typeof key === 'boolean' && isBranch(target)) return undefined;
  throw unsupportedSelector(key);
}

function selectIndex(target: Value, index: number): Value | undefined {
  if (target instanceof ObjectValue) return target.values[index < 0 ? target.size + index : index];
  if (isArray(target)) return target.at(index);
  const text = textOf(target);
  if (text === undefined) throw mismatch('an index', 'an Array, an Object or a String', target);
  const at = index < 0 ? text.length + index : index;
  return at >= 0 && at < text.length ? text.charAt(at) : undefined;
}

function isBranch(value: Value): boolean {
  return isArray(value) || value instanceof ObjectValue;
}

/** `x[a to b]`: a part, backwards if `a` is after `b`; nothing if either end is outside. */
function selectRange(target: Value, range: readonly Value[], meter: Meter): Value | undefined {
  const [first, last] = [range[0] ?? null, range.at(-1) ?? null];
  if (!isNumber(first) || !isNumber(last)) return undefined;
  const items = isArray(target) ? target : textOf(target);
  if (items === undefined) throw mismatch('a range as selector', 'an Array or a String', target);
  const size = items.length;
  const [from, to] = [placeOf(toDouble(first), size), placeOf(toDouble(last), size)];
  if (from === undefined || to === undefined) return undefined;
  const [low, high] = from <= to ? [from, to] : [to, from];
  meter.charge(high - low);
  const part = items.slice(low, high + 1);
  return from <= to ? part : reversed(part);
}

/** A negative index counts from the end. Undefined if it is outside. */
function placeOf(index: number, size: number): number | undefined {
  const place = index < 0 ? size + index : index;
  return place < 0 || place >= size ? undefined : place;
}

function reversed(items: string | readonly Value[]): Value {
  return typeof items === 'string' ? items.split('').reverse().join('') : items.toReversed();
}

function allNamed(target: Value, name: string, meter: Meter, literal?: string): readonly Value[] {
  if (target instanceof ObjectValue) {
    meter.charge(target.size);
    return target.values.filter((_, i) => target.keys[i] === name);
  }
  if (isArray(target))
    return meter.items(target).flatMap((item) => (item instanceof ObjectValue ? allNamed(item, name, meter) : []));
  if (target === null) return [];
  throw noMembers('.*', literal, target);
}

function pairsNamed(target: Value, name: string, meter: Meter, literal?: string): Value | undefined {
  if (isArray(target)) {
    return nonEmpty(
      meter.items(target).flatMap((item) => (item instanceof ObjectValue ? (pairsNamed(item, name, meter) ?? []) : [])),
    );
  }
  if (target === null) return undefined;
  if (!(target instanceof ObjectValue)) throw noMembers('.&', literal, target);
  meter.charge(target.size);
  const found = new ObjectBuilder();
  target.keys.forEach((key, i) => {
    if (key === name) found.add(key, target.values[i] ?? null);
  });
  return found.keys.length === 0 ? undefined : found.build();
}

/** What a selector of a name finds in one object. */
type FindNamed = (object: ObjectValue, name: string, meter: Meter) => readonly Value[];

const firstNamed: FindNamed = (object, name) => {
  const first = object.get(name);
  return first === undefined ? [] : [first];
};

const pairsInObject: FindNamed = (object, name, meter) =>
  object.get(name) === undefined ? [] : [pairsNamed(object, name, meter) ?? null];

/** What the selector finds in each object and array inside the value, from the outside in. */
function descendants(target: Value, key: Value, meter: Meter, find: FindNamed): readonly Value[] {
  const name = key === null ? undefined : nameOf(key);
  if (!isBranch(target)) throw mismatch('the selector `..`', 'an Object or an Array', target);
  const found: Value[] = [];
  const visit = (value: Value, depth: number): void => {
    requireDepth(depth);
    const inside = valuesIn(value);
    meter.charge(1 + inside.length);
    if (name !== undefined && value instanceof ObjectValue) {
      for (const one of find(value, name, meter)) found.push(one);
    }
    for (const item of inside) {
      if (name === undefined) found.push(item);
      visit(item, depth + 1);
    }
  };
  visit(target, 0);
  return meter.items(found);
}

function valuesIn(value: Value): readonly Value[] {
  if (value instanceof ObjectValue) return value.values;
  return isArray(value) ? value : [];
}
