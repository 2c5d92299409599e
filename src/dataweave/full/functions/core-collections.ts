/**
 * @module
 * Functions of `dw::Core` on arrays.
 */
import type { Meter } from '../bounds.ts';
import { compare, equals } from '../compare.ts';
import { implied } from '../conversion.ts';
import type { Evaluation } from '../evaluation.ts';
import { mismatch } from '../failures.ts';
import { requireBoolean } from '../operators.ts';
import { findAll } from '../regex.ts';
import { type FunctionValue, isArray, Key, ObjectValue, type Value } from '../values.ts';
import { any, array, type FullRow, form, lambda, nothing, object, regex, string } from './row.ts';

const module = 'dw::Core';

export const nullAndAny = form([nothing, any], () => null);

/** A function as a test of items: its answer must be a Boolean. */
export function test(call: Evaluation, by: FunctionValue): (...values: readonly Value[]) => boolean {
  return (...values) => requireBoolean(call.call(by, ...values), 'the condition');
}

/** The values whose key by the function has not been there before. */
function distinct({ meter }: Evaluation, keys: readonly Value[]): readonly number[] {
  const simple = new Set<Value>();
  const others: Value[] = [];
  const kept: number[] = [];
  keys.forEach((key, i) => {
    const isSimple = typeof key === 'string' || typeof key === 'number' || typeof key === 'boolean' || key === null;
    if (isSimple ? simple.has(key) : others.some((other) => equals(key, other, meter))) return;
    if (isSimple) simple.add(key);
    else others.push(key);
    kept.push(i);
  });
  return kept;
}

/** Sorted by the key of each, equal ones in their order. */
function sorted<T>(items: readonly T[], keyOf: (item: T, index: number) => Value, meter: Meter): readonly T[] {
  const keyed = items.map((item, i) => ({ item, key: keyOf(item, i) }));
  meter.charge(items.length * Math.ceil(Math.log2(items.length + 1)));
  return keyed.sort((a, b) => compare(a.key, b.key)).map(({ item }) => item);
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

function groupText(value: Value): string {
  const text = implied(value, 'String');
  if (typeof text === 'string') return text;
  throw mismatch('a group', 'a String', value);
}

function grouped<T>(items: readonly T[], nameOf: (item: T, index: number) => Value): ReadonlyMap<string, T[]> {
  const groups = new Map<string, T[]>();
  items.forEach((item, i) => {
    const name = groupText(nameOf(item, i));
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [item]);
    else group.push(item);
  });
  return groups;
}

function objectFrom<T>(groups: ReadonlyMap<string, T[]>, toValue: (group: T[]) => Value): ObjectValue {
  return new ObjectValue([...groups.keys()], [...groups.values()].map(toValue));
}

function reduce(call: Evaluation, items: readonly Value[], by: FunctionValue): Value {
  const { meter } = call;
  // A second parameter with a default begins the count; of `$$` there is none.
  if (by.secondByDefault !== undefined) {
    return meter.items(items).reduce<Value>((total, item) => call.call(by, item, total), by.secondByDefault());
  }
  const [first = null, ...rest] = meter.items(items);
  return rest.reduce<Value>((total, item) => call.call(by, item, total), first);
}

function joined({ meter }: Evaluation, items: readonly Value[], separator: string): string {
  let text = '';
  meter.items(items).forEach((item, i) => {
    const part = implied(item, 'String');
    if (typeof part !== 'string') throw mismatch('each item of joinBy', 'a String', item);
    text += i === 0 ? part : separator + part;
    meter.textOf(part.length + separator.length);
  });
  return meter.text(text);
}

/** An item may be found by `==`; a key and a text are then not the same. */
function contains({ meter }: Evaluation, items: readonly Value[], wanted: Value): boolean {
  meter.charge(items.length);
  return items.some((item) => equals(item, wanted, meter));
}

function flatMap(call: Evaluation, items: readonly Value[], by: FunctionValue): Value {
  const found: Value[] = [];
  call.meter.items(items).forEach((item, i) => {
    const inner = call.call(by, item, i);
    if (!isArray(inner)) throw mismatch('what flatMap is handed', 'an Array', inner);
    for (const one of call.meter.items(inner)) found.push(one);
  });
  return call.meter.items(found);
}

function zip({ meter }: Evaluation, left: readonly Value[], right: readonly Value[]): Value {
  return meter.items(left.slice(0, right.length)).map((item, i) => [item, right[i] ?? null]);
}

function unzip({ meter }: Evaluation, rows: readonly Value[]): Value {
  const lists = rows.map((row) => {
    if (!isArray(row)) throw mismatch('unzip', 'an Array of Arrays', row);
    return meter.items(row);
  });
  const width = Math.min(...lists.map((list) => list.length));
  return lists.length === 0 ? [] : Array.from({ length: width }, (_, i) => lists.map((list) => list[i] ?? null));
}

export const coreCollectionRows: readonly FullRow[] = [
  {
    module,
    name: 'map',
    summary: 'The array of what the function gives for each item and its index.',
    forms: [
      form([array, lambda], (call, items, by) =>
        Array.from(call.meter.items(items), (item, i) => call.call(by, item, i)),
      ),
      nullAndAny,
    ],
  },
  {
    module,
    name: 'filter',
    summary: 'The items, or the characters, that the function takes.',
    forms: [
      form([array, lambda], (call, items, by) =>
        Array.from(call.meter.items(items)).filter((item, i) => test(call, by)(item, i)),
      ),
      form([string, lambda], (call, text, by) =>
        call.meter
          .items(text.split(''))
          .filter((item, i) => test(call, by)(item, i))
          .join(''),
      ),
      nullAndAny,
    ],
  },
  {
    module,
    name: 'reduce',
    summary: 'Goes from item to item: the function is handed the item and what it gave before.',
    forms: [
      form([array, lambda], reduce),
      form([string, lambda], (call, text, by) => reduce(call, call.meter.items(text.split('')), by)),
      nullAndAny,
    ],
  },
  {
    module,
    name: 'flatMap',
    summary: 'The items of the arrays that the function gives.',
    forms: [form([array, lambda], flatMap), nullAndAny],
  },
  {
    module,
    name: 'flatten',
    summary: 'The items of the arrays in the array; what is no array stays.',
    forms: [
      form([array], ({ meter }, items) =>
        meter.items(meter.items(items).flatMap((item) => (isArray(item) ? [...item] : [item]))),
      ),
      form([nothing], () => null),
    ],
  },
  {
    module,
    name: 'distinctBy',
    summary: 'The items or members of which the function gives something new.',
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
      nullAndAny,
    ],
  },
  {
    module,
    name: 'orderBy',
    summary: 'The items or members, ordered by what the function gives for them.',
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
      nullAndAny,
    ],
  },
  {
    module,
    name: 'groupBy',
    summary: 'An object of the items, members or characters by the text that the function gives for them.',
    forms: [
      form([array, lambda], (call, items, by) =>
        objectFrom(
          grouped(call.meter.items(items), (item, i) => call.call(by, item, i)),
          (group) => group,
        ),
      ),
      form([object, lambda], (call, value, by) =>
        objectFrom(
          grouped(call.meter.items(membersOf(value)), (member) => call.call(by, member.value, new Key(member.key))),
          objectOf,
        ),
      ),
      form([string, lambda], (call, text, by) =>
        objectFrom(
          grouped(call.meter.items(text.split('')), (item, i) => call.call(by, item, i)),
          (group) => group.join(''),
        ),
      ),
      nullAndAny,
    ],
  },
  {
    module,
    name: 'joinBy',
    summary: 'The items as one text, with the separator between them.',
    forms: [form([array, string], joined), nullAndAny],
  },
  {
    module,
    name: 'contains',
    summary: 'Whether an item is in the array, or a text or pattern in the text.',
    forms: [
      form([array, any], contains),
      form([string, string], ({ meter }, text, part) => {
        meter.chargeSearch(text, part);
        return text.includes(part);
      }),
      form([string, regex], ({ meter }, text, by) => findAll(by, text, meter).length > 0),
      form([nothing, any], () => false),
    ],
  },
  {
    module,
    name: 'indexOf',
    summary: 'The first place of a text or an item, -1 where there is none.',
    forms: [
      form([array, any], ({ meter }, items, wanted) =>
        meter.items(items).findIndex((item) => equals(item, wanted, meter)),
      ),
      form([string, string], ({ meter }, text, part) => {
        meter.chargeSearch(text, part);
        return text.indexOf(part);
      }),
      form([nothing, any], () => -1),
    ],
  },
  { module, name: 'zip', summary: 'Pairs of the items at the same place.', forms: [form([array, array], zip)] },
  { module, name: 'unzip', summary: 'The first items, the second items and so on.', forms: [form([array], unzip)] },
  {
    module,
    name: 'sizeOf',
    summary: 'How many items, members, bytes or UTF-16 units.',
    forms: [
      form([array], (_, items) => items.length),
      form([object], (_, value) => value.size),
      form([string], (_, text) => text.length),
      form([nothing], () => null),
    ],
  },
  {
    module,
    name: 'isEmpty',
    summary: 'Whether it is null or has no item, member or character.',
    forms: [
      form([nothing], () => true),
      form([array], (_, items) => items.length === 0),
      form([object], (_, value) => value.size === 0),
      form([string], (_, text) => text === ''),
      form([any], () => false),
    ],
  },
];
