/**
 * @module
 * Functions of `dw::Core` on arrays.
 */
import { requireStringLength } from '../../limits.ts';
import type { Meter } from '../bounds.ts';
import { equals } from '../compare.ts';
import { implied } from '../conversion.ts';
import { chargeConversion } from '../cost.ts';
import type { Evaluation } from '../evaluation.ts';
import { wrongType } from '../failures.ts';
import { findAll } from '../regex.ts';
import { type FunctionValue, isArray, ObjectValue, type Value } from '../values.ts';
import { nullAndAny, nullAndFunction, test, testOfIf } from './arguments.ts';
import { any, array, binary, type FunctionRow, form, lambda, nothing, object, regex, string } from './row.ts';

const module = 'dw::Core';

function reduce(call: Evaluation, items: readonly Value[], by: FunctionValue): Value {
  const { meter } = call;
  // The default of the second parameter is the initial value. `$$` has no default.
  if (by.secondByDefault !== undefined) {
    return meter.items(items).reduce<Value>((total, item) => call.call(by, item, total), by.secondByDefault());
  }
  const [first = null, ...rest] = meter.items(items);
  return rest.reduce<Value>((total, item) => call.call(by, item, total), first);
}

function joined({ meter }: Evaluation, items: readonly Value[], separator: string): string {
  let text = '';
  meter.items(items).forEach((item, i) => {
    chargeConversion(item, meter);
    const part = implied(item, 'String');
    if (typeof part !== 'string') throw wrongType('each item of `joinBy`', 'a String', item);
    text += i === 0 ? part : separator + part;
    requireStringLength(text.length);
  });
  return meter.text(text);
}

/** Compares as `==` does: a key does not equal a string. */
function contains({ meter }: Evaluation, items: readonly Value[], wanted: Value): boolean {
  meter.charge(items.length);
  return items.some((item) => equals(item, wanted, meter));
}

function flatMap(call: Evaluation, items: readonly Value[], by: FunctionValue): Value {
  const found: Value[] = [];
  call.meter.items(items).forEach((item, i) => {
    const inner = call.call(by, item, i);
    if (!isArray(inner)) found.push(inner);
    else for (const one of call.meter.items(inner)) found.push(one);
  });
  return call.meter.items(found);
}

function zip({ meter }: Evaluation, left: readonly Value[], right: readonly Value[]): Value {
  return meter.items(left.slice(0, right.length)).map((item, i) => [item, right[i] ?? null]);
}

function unzip({ meter }: Evaluation, rows: readonly Value[]): Value {
  const lists = rows.map((row) => meter.items(partsOf(row, meter)));
  const width = Math.min(...lists.map((list) => list.length));
  return lists.length === 0 ? [] : Array.from({ length: width }, (_, i) => lists.map((list) => list[i] ?? null));
}

/** The items of an array, the values of an object, or the characters of a text. */
function partsOf(row: Value, meter: Meter): readonly Value[] {
  if (isArray(row)) return row;
  if (row instanceof ObjectValue) return row.values;
  chargeConversion(row, meter);
  const text = implied(row, 'String');
  if (typeof text === 'string') return meter.characters(text);
  throw wrongType('each item of `unzip`', 'an Array', row);
}

export const coreCollectionRows: readonly FunctionRow[] = [
  {
    module,
    name: 'map',
    summary: 'An array of the results of the function for each item and index.',
    forms: [
      form([array, lambda], (call, items, by) =>
        Array.from(call.meter.items(items), (item, i) => call.call(by, item, i)),
      ),
      nullAndFunction,
    ],
  },
  {
    module,
    name: 'filter',
    summary: 'The items or characters for which the function returns true.',
    forms: [
      form([array, lambda], (call, items, by) =>
        Array.from(call.meter.items(items)).filter((item, i) => test(call, by)(item, i)),
      ),
      form([string, lambda], (call, text, by) =>
        call.meter
          .characters(text)
          .filter((item, i) => testOfIf(call, by)(item, i))
          .join(''),
      ),
      nullAndFunction,
    ],
  },
  {
    module,
    name: 'reduce',
    summary: 'Combines the items to one value. The parameters of the function are the item and its previous result.',
    forms: [
      form([array, lambda], reduce),
      form([string, lambda], (call, text, by) => reduce(call, call.meter.characters(text), by)),
      nullAndFunction,
    ],
  },
  {
    module,
    name: 'flatMap',
    summary: 'The items of the arrays, and the other values, that the function returns.',
    forms: [form([array, lambda], flatMap), nullAndFunction],
  },
  {
    module,
    name: 'flatten',
    summary: 'The items of the arrays in the array. Other items remain.',
    forms: [
      form([array], ({ meter }, items) =>
        meter.items(meter.items(items).flatMap((item) => (isArray(item) ? Array.from(meter.items(item)) : [item]))),
      ),
      form([nothing], () => null),
    ],
  },
  {
    module,
    name: 'joinBy',
    summary: 'The items as one string, with the separator between them.',
    forms: [form([array, string], joined), nullAndAny],
  },
  {
    module,
    name: 'contains',
    summary: 'Whether the array has the item, or the string contains the string or pattern.',
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
    summary: 'The first index of a string or an item, or -1.',
    forms: [
      form([array, any], ({ meter }, items, wanted) =>
        meter.items(items).findIndex((item) => equals(item, wanted, meter)),
      ),
      form([string, string], ({ meter }, text, part) => {
        meter.chargeSearch(text, part);
        return text === '' ? -1 : text.indexOf(part);
      }),
      form([nothing, any], () => -1),
    ],
  },
  { module, name: 'zip', summary: 'Pairs of the items with the same index.', forms: [form([array, array], zip)] },
  {
    module,
    name: 'unzip',
    summary: 'An array of all first items, an array of all second items, and so on.',
    forms: [form([array], unzip)],
  },
  {
    module,
    name: 'sizeOf',
    summary: 'The number of items, members or UTF-16 code units.',
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
    summary: 'Whether the value is null or has no items, members or characters.',
    forms: [
      form([nothing], () => true),
      form([array], (_, items) => items.length === 0),
      form([object], (_, value) => value.size === 0),
      form([binary], (_, bytes) => bytes.length === 0),
      form([string], (_, text) => text === ''),
      form([any], () => false),
    ],
  },
];
