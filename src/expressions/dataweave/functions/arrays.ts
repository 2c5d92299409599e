/**
 * @module
 * Functions of `dw::core::Arrays`.
 */
import { boundedArray } from '../../limits.ts';
import { equals } from '../compare.ts';
import { textOf } from '../conversion.ts';
import { chargeOperand } from '../cost.ts';
import type { Evaluation } from '../evaluation.ts';
import { wrongType } from '../failures.ts';
import { toDouble } from '../numbers.ts';
import { operators } from '../operators.ts';
import { type FunctionValue, ObjectValue, type Value } from '../values.ts';
import { nullAndAny, span, test, testOfIf } from './arguments.ts';
import { any, array, type FunctionRow, form, lambda, nothing, number } from './row.ts';

const module = 'dw::core::Arrays';

type Items = readonly Value[];

/** Cuts an array at an index, with null for null. */
function cutting(name: string, summary: string, cut: (items: Items, at: number) => Value): FunctionRow {
  return {
    module,
    name,
    summary,
    forms: [form([array, number], ({ meter }, items, at) => cut(meter.items(items), toDouble(at))), nullAndAny],
  };
}

function testing(
  name: string,
  summary: string,
  run: (items: Items, takes: (item: Value) => boolean) => Value,
  ofNull: Value,
  testOf: typeof test = testOfIf,
): FunctionRow {
  const forms = [
    form([array, lambda], (call, items, by) => run(call.meter.items(items), (item) => testOf(call, by)(item))),
    form([nothing, lambda], () => ofNull),
  ];
  return { module, name, summary, forms };
}

function halves(left: Items, right: Items): Value {
  return new ObjectValue(['l', 'r'], [left, right]);
}

function firstRefused(items: Items, takes: (item: Value) => boolean): number {
  const at = items.findIndex((item) => !takes(item));
  return at === -1 ? items.length : at;
}

function divided(items: Items, size: number): Value {
  const length = Math.max(1, Math.ceil(size));
  const parts: Items[] = [];
  for (let at = 0; at < items.length; at += length) parts.push(items.slice(at, at + length));
  return parts;
}

function sumBy(call: Evaluation, items: Items, by: FunctionValue): Value {
  return call.meter.items(items).reduce<Value>((total, item) => {
    return operators['+'](call.call(by, item), total, call.meter);
  }, 0);
}

interface Sides {
  readonly pairs: Value[];
  readonly matched: Set<number>;
}

/** Pairs of items with the same key on both sides. */
function joined(
  call: Evaluation,
  left: Items,
  right: Items,
  by: readonly [FunctionValue, FunctionValue],
  keepLeft: boolean,
): Sides {
  const { meter } = call;
  const places = placesByKey(meter.items(right), (item) => keyOf(call, by[1], item));
  const pairs: Value[] = [];
  const matched = new Set<number>();
  for (const item of meter.items(left)) {
    const found = places.get(keyOf(call, by[0], item)) ?? [];
    meter.charge(found.length);
    for (const at of found) {
      matched.add(at);
      pairs.push(new ObjectValue(['l', 'r'], [item, right[at] ?? null]));
    }
    if (found.length === 0 && keepLeft) pairs.push(new ObjectValue(['l'], [item]));
    boundedArray(pairs);
  }
  return { pairs, matched };
}

/** @throws MintError `dataweave.type-mismatch` for a key that is not convertible to a string */
function keyOf(call: Evaluation, by: FunctionValue, item: Value): string {
  const found = call.call(by, item);
  chargeOperand(found, call.meter);
  const key = textOf(found);
  if (key === undefined) throw wrongType('each key of a join', 'a String', found);
  return key;
}

function placesByKey(items: Items, keyOfItem: (item: Value) => string): ReadonlyMap<string, readonly number[]> {
  const places = new Map<string, number[]>();
  items.forEach((item, i) => {
    const key = keyOfItem(item);
    const known = places.get(key);
    if (known === undefined) places.set(key, [i]);
    else known.push(i);
  });
  return places;
}

function outerJoin(call: Evaluation, left: Items, right: Items, leftBy: FunctionValue, rightBy: FunctionValue): Value {
  const { pairs, matched } = joined(call, left, right, [leftBy, rightBy], true);
  const alone = right.filter((_, i) => !matched.has(i)).map((item) => new ObjectValue(['r'], [item]));
  return call.meter.items([...pairs, ...alone]);
}

const joinParameters = [array, array, lambda, lambda] as const;

export const arrayRows: readonly FunctionRow[] = [
  cutting('drop', 'The items after the given number of items.', (items, at) => items.slice(Math.max(0, at))),
  cutting('take', 'The given number of items from the start.', (items, at) =>
    items.slice(0, Math.max(0, Math.ceil(at))),
  ),
  cutting('splitAt', 'The items before an index and the rest, as `l` and `r`.', (items, at) =>
    halves(items.slice(0, Math.max(0, Math.ceil(at))), items.slice(Math.max(0, at))),
  ),
  cutting('divideBy', 'The items in arrays of the given length.', divided),
  {
    module,
    name: 'slice',
    summary: 'The items from one index to before another.',
    forms: [
      form([array, number, number], ({ meter }, items, from, until) => {
        const { start, end, isReversed } = span(from, until);
        const found = meter.items(items).slice(start, end);
        return isReversed ? found.toReversed() : found;
      }),
      form([nothing, any, any], () => null),
    ],
  },
  testing(
    'dropWhile',
    'The items from the first one for which the function returns false.',
    (items, takes) => items.slice(firstRefused(items, takes)),
    null,
  ),
  testing(
    'takeWhile',
    'The items before the first one for which the function returns false.',
    (items, takes) => items.slice(0, firstRefused(items, takes)),
    null,
  ),
  testing('every', 'Whether the function returns true for all items.', (items, takes) => items.every(takes), true),
  testing(
    'some',
    'Whether the function returns true for at least one item.',
    (items, takes) => items.some(takes),
    false,
  ),
  testing(
    'countBy',
    'The number of items for which the function returns true.',
    (items, takes) => items.filter(takes).length,
    null,
  ),
  testing(
    'indexWhere',
    'The index of the first item for which the function returns true, or -1.',
    (items, takes) => items.findIndex(takes),
    null,
  ),
  testing(
    'splitWhere',
    'The items before the first one for which the function returns true, and the rest, as `l` and `r`.',
    (items, takes) => {
      const at = items.findIndex((item) => takes(item));
      return at === -1 ? halves([], items) : halves(items.slice(0, at), items.slice(at));
    },
    null,
  ),
  testing(
    'partition',
    'The items for which the function returns true and the others, as `success` and `failure`.',
    (items, takes) => {
      const isTaken = items.map(takes);
      return new ObjectValue(
        ['success', 'failure'],
        [items.filter((_, i) => isTaken[i]), items.filter((_, i) => !isTaken[i])],
      );
    },
    null,
    test,
  ),
  {
    module,
    name: 'firstWith',
    summary: 'The first item for which the function returns true, or null.',
    forms: [
      form(
        [array, lambda],
        (call, items, by) => call.meter.items(items).find((item, i) => test(call, by)(item, i)) ?? null,
      ),
      form([nothing, lambda], () => null),
    ],
  },
  {
    module,
    name: 'indexOf',
    summary: 'The index of an item, or -1.',
    forms: [
      form([array, any], ({ meter }, items, wanted) =>
        meter.items(items).findIndex((item) => equals(item, wanted, meter)),
      ),
    ],
  },
  {
    module,
    name: 'sumBy',
    summary: 'The sum of the results of the function.',
    forms: [form([array, lambda], sumBy), form([nothing, lambda], () => null)],
  },
  {
    module,
    name: 'join',
    summary: 'Pairs `l` and `r` of the items for which the two functions return the same key.',
    forms: [
      form(
        [...joinParameters],
        (call, left, right, one, other) => joined(call, left, right, [one, other], false).pairs,
      ),
    ],
  },
  {
    module,
    name: 'leftJoin',
    summary: 'As `join`, and the items on the left without a match.',
    forms: [
      form([...joinParameters], (call, left, right, one, other) => joined(call, left, right, [one, other], true).pairs),
    ],
  },
  {
    module,
    name: 'outerJoin',
    summary: 'As `join`, and the items on both sides without a match.',
    forms: [form([...joinParameters], outerJoin)],
  },
];
