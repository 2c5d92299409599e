/**
 * @module
 * The functions `distinctBy`, `orderBy` and `groupBy` of `dw::Core`.
 */
import type { Meter } from '../bounds.ts';
import { compare, equals, notComparable } from '../compare.ts';
import { implied } from '../conversion.ts';
import { chargeOperand } from '../cost.ts';
import type { Evaluation } from '../evaluation.ts';
import { wrongType } from '../failures.ts';
import { simplest } from '../numbers.ts';
import { typeName } from '../type-names.ts';
import { Key, ObjectValue, type Value } from '../values.ts';
import { nullAndFunction } from './arguments.ts';
import { array, type FunctionRow, form, lambda, object, string } from './row.ts';

const module = 'dw::Core';

/** The indexes of the keys that are not equal to an earlier key. */
function distinct({ meter }: Evaluation, keys: readonly Value[]): readonly number[] {
  const simple = new Set<Value>();
  const others: Value[] = [];
  const kept: number[] = [];
  keys.forEach((given, i) => {
    const key = simplest(given);
    chargeOperand(key, meter);
    const isSimple = typeof key === 'string' || typeof key === 'number' || typeof key === 'boolean' || key === null;
    if (isSimple ? simple.has(key) : others.some((other) => equals(key, other, meter))) return;
    if (isSimple) simple.add(key);
    else others.push(key);
    kept.push(i);
  });
  return kept;
}

/** Unlike `<`, it converts neither to the type of the other. */
function compareAlike(left: Value, right: Value, meter: Meter): number {
  if (typeName(left) !== typeName(right)) throw notComparable(left, right);
  return compare(left, right, meter);
}

/** Sorts by key. Items with equal keys keep their order. */
function sorted<T>(items: readonly T[], keyOf: (item: T, index: number) => Value, meter: Meter): readonly T[] {
  const keyed = items.map((item, i) => ({ item, key: keyOf(item, i) }));
  meter.charge(items.length * Math.ceil(Math.log2(items.length + 1)));
  return keyed.sort((a, b) => compareAlike(a.key, b.key, meter)).map(({ item }) => item);
}

function membersOf({ keys, values }: ObjectValue): readonly { readonly key: string; readonly value: Value }[] {
  return keys.map((key, i) => ({ key, value: values[i] ?? null }));
}

function objectOf(members: readonly { readonly key: string; readonly value: Value }[]): ObjectValue {
  return new ObjectValue(
    members.map(({ key }) => key),
    members.map(({ value }) => value),
  );
}

function groupText(value: Value, meter: Meter): string {
  chargeOperand(value, meter);
  const text = implied(value, 'String');
  if (typeof text === 'string') return text;
  throw wrongType('the result of the function of `groupBy`', 'a String', value);
}

function grouped<T>(
  items: readonly T[],
  nameOf: (item: T, index: number) => Value,
  meter: Meter,
): ReadonlyMap<string, T[]> {
  const groups = new Map<string, T[]>();
  items.forEach((item, i) => {
    const name = groupText(nameOf(item, i), meter);
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [item]);
    else group.push(item);
  });
  return groups;
}

function objectFrom<T>(groups: ReadonlyMap<string, T[]>, toValue: (group: T[]) => Value): ObjectValue {
  return new ObjectValue([...groups.keys()], [...groups.values()].map(toValue));
}

export const orderingRows: readonly FunctionRow[] = [
  {
    module,
    name: 'distinctBy',
    summary: 'The items or members for which the function returns a new value.',
    forms: [
      form([array, lambda], (call, items, by) => {
        const keys = call.meter.items(items).map((item, i) => call.call(by, item, i));
        return distinct(call, keys).map((i) => items[i] ?? null);
      }),
      form([object, lambda], (call, value, by) => {
        const members = call.meter.items(membersOf(value));
        const keys = members.map((member) => call.call(by, member.value, new Key(member.key)));
        const kept = new Set(distinct(call, keys));
        return objectOf(members.filter((_, i) => kept.has(i)));
      }),
      nullAndFunction,
    ],
  },
  {
    module,
    name: 'orderBy',
    summary: 'The items or members, ordered by the results of the function.',
    forms: [
      form([array, lambda], (call, items, by) =>
        sorted(call.meter.items(items), (item, i) => call.call(by, item, i), call.meter),
      ),
      form([object, lambda], (call, value, by) =>
        objectOf(
          sorted(
            call.meter.items(membersOf(value)),
            (member) => call.call(by, member.value, new Key(member.key)),
            call.meter,
          ),
        ),
      ),
      nullAndFunction,
    ],
  },
  {
    module,
    name: 'groupBy',
    summary: 'An object of the items, members or characters, grouped by the results of the function.',
    forms: [
      form([array, lambda], (call, items, by) =>
        objectFrom(
          grouped(call.meter.items(items), (item, i) => call.call(by, item, i), call.meter),
          (group) => group,
        ),
      ),
      form([object, lambda], (call, value, by) =>
        objectFrom(
          grouped(
            call.meter.items(membersOf(value)),
            (member) => call.call(by, member.value, new Key(member.key)),
            call.meter,
          ),
          objectOf,
        ),
      ),
      form([string, lambda], (call, text, by) =>
        objectFrom(
          grouped(call.meter.characters(text), (item, i) => call.call(by, item, i), call.meter),
          (group) => group.join(''),
        ),
      ),
      nullAndFunction,
    ],
  },
];
