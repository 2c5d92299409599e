/**
 * @module
 * What each selector takes out of a value. Nothing found is null; a String or Boolean has no members to look for.
 */
import { MintError } from '../../diagnostics/mint-error.ts';
import { type Meter, requireDepth } from './bounds.ts';
import { textOf } from './conversion.ts';
import { mismatch } from './failures.ts';
import { isNumber, type Num, rounded, toDouble } from './numbers.ts';
import type { SelectorKind } from './syntax.ts';
import { isMomentPart, partOf } from './time-arithmetic.ts';
import { timeAs } from './time-conversion.ts';
import { typeName } from './type-names.ts';
import { isArray, isTime, Key, ObjectBuilder, ObjectValue, Range, type Value } from './values.ts';

export type Selecting = (target: Value, key: Value, meter: Meter) => Value | undefined;

/**
 * Undefined where there is no such thing, which `?` and `!` tell from a null that is there.
 * Attributes and namespaces are XML, of which no object here has any.
 */
export const selectors: { readonly [how in SelectorKind]: Selecting } = {
  value: (target, key, meter) =>
    typeof key === 'string' ? selectName(target, key, meter) : selectBy(target, key, meter),
  multi: (target, key, meter) => nonEmpty(allNamed(target, nameOf(key), meter)),
  pair: (target, key, meter) => pairsNamed(target, nameOf(key), meter),
  descendant: (target, key, meter) => {
    const found = descendants(target, key, meter, 'first');
    return key === null ? found : nonEmpty(found);
  },
  descendants: (target, key, meter) => nonEmpty(descendants(target, key, meter, 'all')),
  descendantPairs: (target, key, meter) => nonEmpty(descendants(target, key, meter, 'pairs')),
  attributes: (target, key) => (key === null && isArray(target) ? [] : undefined),
  attributesBelow: (_, key) => (key === null ? [] : undefined),
  namespace: () => undefined,
};

function nameOf(key: Value): string {
  const name = typeof key === 'string' || key instanceof Key ? textOf(key) : undefined;
  if (name !== undefined) return name;
  throw new MintError('dataweave.unsupported-selector', `A selector is a String or a Number, not ${typeName(key)}.`);
}

function nonEmpty(found: readonly Value[]): Value | undefined {
  return found.length === 0 ? undefined : found;
}

export function selectName(target: Value, name: string, meter: Meter): Value | undefined {
  if (target === null) return undefined;
  if (target instanceof ObjectValue) return target.get(name);
  if (isArray(target)) return nonEmpty(namedInItems(target, name, meter));
  if (isTime(target) && target.kind !== 'TimeZone') return partOf(target, name);
  if (isNumber(target)) return partOfMoment(target, name);
  throw mismatch(`the selector \`.${name}\``, 'an Object or an Array', target);
}

/** A number is a moment, in seconds since 1970, and has its parts; none where it is too far away. */
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

function selectBy(target: Value, key: Value, meter: Meter): Value | undefined {
  if (key instanceof Range) return selectRange(target, key, meter);
  if (target === null) return undefined;
  if (key instanceof Key) return selectName(target, key.name, meter);
  if (isNumber(key)) return selectIndex(target, toDouble(rounded(key, 'toZero')));
  if (typeof key === 'boolean' && isBranch(target)) return undefined;
  throw new MintError('dataweave.unsupported-selector', `A selector is a String or a Number, not ${typeName(key)}.`);
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

/** `x[a to b]`: a part, backwards where `a` stands after `b`; nothing where either end is outside. */
function selectRange(target: Value, range: readonly Value[], meter: Meter): Value | undefined {
  const [first, last] = [range[0] ?? null, range.at(-1) ?? null];
  if (!isNumber(first) || !isNumber(last)) return undefined;
  const text = textOf(target);
  const items = isArray(target) ? target : undefined;
  const size = text?.length ?? items?.length;
  if (size === undefined) throw mismatch('a range as selector', 'an Array or a String', target);
  const place = (index: number): number => (index < 0 ? size + index : index);
  const [from, to] = [place(toDouble(first)), place(toDouble(last))];
  if (from < 0 || to < 0 || from >= size || to >= size) return undefined;
  const [low, high] = from <= to ? [from, to] : [to, from];
  meter.charge(high - low);
  if (text !== undefined) return inOrder(text.slice(low, high + 1).split(''), from > to).join('');
  return inOrder(items?.slice(low, high + 1) ?? [], from > to);
}

function inOrder<T>(items: T[], isBackwards: boolean): T[] {
  return isBackwards ? items.reverse() : items;
}

function allNamed(target: Value, name: string, meter: Meter): readonly Value[] {
  if (target instanceof ObjectValue) {
    meter.charge(target.size);
    return target.values.filter((_, i) => target.keys[i] === name);
  }
  if (isArray(target))
    return meter.items(target).flatMap((item) => (item instanceof ObjectValue ? allNamed(item, name, meter) : []));
  if (target === null) return [];
  throw mismatch(`the selector \`.*${name}\``, 'an Object or an Array', target);
}

function pairsNamed(target: Value, name: string, meter: Meter): Value | undefined {
  if (isArray(target)) {
    return nonEmpty(
      meter.items(target).flatMap((item) => (item instanceof ObjectValue ? (pairsNamed(item, name, meter) ?? []) : [])),
    );
  }
  if (target === null) return undefined;
  if (!(target instanceof ObjectValue)) throw mismatch(`the selector \`.&${name}\``, 'an Object or an Array', target);
  meter.charge(target.size);
  const found = new ObjectBuilder();
  target.keys.forEach((key, i) => {
    if (key === name) found.add(key, target.values[i] ?? null);
  });
  return found.keys.length === 0 ? undefined : found.build();
}

/** From the outside in: of each object and array inside the value what the selector finds there. */
function descendants(target: Value, key: Value, meter: Meter, which: 'first' | 'all' | 'pairs'): readonly Value[] {
  const found: Value[] = [];
  const name = key === null ? undefined : nameOf(key);
  const visit = (value: Value, depth: number): void => {
    requireDepth(depth);
    const below = value instanceof ObjectValue ? value.values : isArray(value) ? value : [];
    meter.charge(1 + below.length);
    if (name !== undefined) for (const one of ownNamed(value, name, which, meter)) found.push(one);
    for (const item of below) {
      if (name === undefined) found.push(item);
      visit(item, depth + 1);
    }
  };
  if (!isArray(target) && !(target instanceof ObjectValue))
    throw mismatch('the selector `..`', 'an Object or an Array', target);
  visit(target, 0);
  return meter.items(found);
}

function ownNamed(value: Value, name: string, which: 'first' | 'all' | 'pairs', meter: Meter): readonly Value[] {
  if (!(value instanceof ObjectValue)) return [];
  if (which === 'all') return allNamed(value, name, meter);
  const first = value.get(name);
  if (first === undefined) return [];
  return [which === 'first' ? first : (pairsNamed(value, name, meter) ?? null)];
}
