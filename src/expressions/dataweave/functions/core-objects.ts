/**
 * @module
 * Functions of `dw::Core` on objects, `++`, `--`, `typeOf` and `log`.
 */
import { equals } from '../compare.ts';
import { implied } from '../conversion.ts';
import { chargeConversion, chargeOperand } from '../cost.ts';
import type { Evaluation } from '../evaluation.ts';
import { wrongType } from '../failures.ts';
import { simplest } from '../numbers.ts';
import { join } from '../time-arithmetic.ts';
import { timeAs } from '../time-conversion.ts';
import { typeOf } from '../type-values.ts';
import {
  emptyObject,
  type FunctionValue,
  Key,
  ObjectBuilder,
  ObjectValue,
  type TimeValue,
  type Value,
} from '../values.ts';
import { nullAndAny, nullAndFunction, test } from './arguments.ts';
import { any, anyTime, array, type FunctionRow, form, lambda, nullForNull, object, string } from './row.ts';

const module = 'dw::Core';

/** The members for which `keep` returns true. */
export function keepMembers(
  call: Evaluation,
  value: ObjectValue,
  keep: (value: Value, key: Key, index: number) => boolean,
): ObjectValue {
  call.meter.charge(value.size);
  const kept = new ObjectBuilder();
  value.keys.forEach((key, i) => {
    const member = value.values[i] ?? null;
    if (keep(member, new Key(key), i)) kept.add(key, member);
  });
  return kept.build();
}

function mapObject(call: Evaluation, value: ObjectValue, by: FunctionValue): Value {
  const made = new ObjectBuilder();
  value.keys.forEach((key, i) => {
    const found = call.call(by, value.values[i] ?? null, new Key(key), i);
    if (!(found instanceof ObjectValue))
      throw wrongType('the result of the function of `mapObject`', 'an Object', found);
    call.meter.charge(found.size);
    made.addAll(found);
  });
  call.meter.items(made.keys);
  return made.build();
}

function pluck(call: Evaluation, value: ObjectValue, by: FunctionValue): Value {
  return call.meter.items(value.keys).map((key, i) => call.call(by, value.values[i] ?? null, new Key(key), i));
}

export function entries({ meter }: Evaluation, value: ObjectValue): Value {
  const keys = ['key', 'value', 'attributes'];
  return meter
    .items(value.keys)
    .map((key, i) => new ObjectValue(keys, [new Key(key), value.values[i] ?? null, emptyObject]));
}

function joinObjects({ meter }: Evaluation, left: ObjectValue, right: ObjectValue): Value {
  return new ObjectValue(meter.items([...left.keys, ...right.keys]), [...left.values, ...right.values]);
}

/** Joins the part of a DateTime that the other value lacks: its date, its time or both. */
function joinMoment(moment: TimeValue, other: TimeValue): TimeValue | undefined {
  if (moment.kind !== 'DateTime') return undefined;
  const lacking = other.kind === 'Date' ? 'Time' : other.kind === 'TimeZone' ? 'LocalDateTime' : 'Date';
  const part = timeAs(moment, lacking, {});
  const rest = other.kind === 'DateTime' ? timeAs(other, 'Time', {}) : other;
  return part && rest && join(part, rest);
}

function joinTimes({ meter }: Evaluation, left: TimeValue | string, right: TimeValue | string): Value {
  return (
    join(left, right) ?? joinMoments(left, right) ?? meter.text(`${implied(left, 'String')}${implied(right, 'String')}`)
  );
}

function joinMoments(left: TimeValue | string, right: TimeValue | string): TimeValue | undefined {
  if (typeof left === 'string' || typeof right === 'string') return undefined;
  return joinMoment(left, right) ?? joinMoment(right, left);
}

function withoutItems({ meter }: Evaluation, items: readonly Value[], others: readonly Value[]): Value {
  for (const other of meter.items(others)) chargeOperand(other, meter);
  const texts = new Set(others.map(simplest).filter((other) => typeof other === 'string' || typeof other === 'number'));
  return meter.items(items).filter((given) => {
    const item = simplest(given);
    if (typeof item === 'string' || typeof item === 'number') return !texts.has(item);
    return !others.some((other) => equals(item, other, meter));
  });
}

function withoutKeys(call: Evaluation, value: ObjectValue, names: readonly Value[]): Value {
  const gone = new Set(
    call.meter.items(names).map((name) => {
      chargeConversion(name, call.meter);
      const text = implied(name, 'String');
      if (typeof text !== 'string') throw wrongType('each name on the right side of `--`', 'a String', name);
      return text;
    }),
  );
  return keepMembers(call, value, (_, { name }) => !gone.has(name));
}

function withoutMembers(call: Evaluation, value: ObjectValue, others: ObjectValue): Value {
  return keepMembers(call, value, (member, { name }) => {
    const at = others.indexOf(name);
    return at === -1 || !equals(member, others.values[at] ?? null, call.meter);
  });
}

function logging(name: string): FunctionRow {
  const summary = 'The last argument. Nothing is logged, because values of a request must not appear in the log.';
  return {
    module,
    name,
    summary,
    forms: [form([any], (_, value) => value), form([string, any], (_, __, value) => value)],
  };
}

export const coreObjectRows: readonly FunctionRow[] = [
  {
    module,
    name: '++',
    summary: 'Joins two arrays, objects or strings, or a date with a time or a time zone.',
    forms: [
      form([array, array], ({ meter }, left, right) => meter.items([...left, ...right])),
      form([object, object], joinObjects),
      form([anyTime, anyTime], joinTimes),
      form([anyTime, string], joinTimes),
      form([string, anyTime], joinTimes),
      form([string, string], ({ meter }, left, right) => {
        meter.textOf(left.length + right.length);
        return left + right;
      }),
    ],
  },
  {
    module,
    name: '--',
    summary: 'The left side without the given items, names or members.',
    forms: [
      form([array, array], withoutItems),
      form([object, array], withoutKeys),
      form([object, object], withoutMembers),
      nullAndAny,
    ],
  },
  {
    module,
    name: 'filterObject',
    summary: 'The members for which the function returns true. Its parameters are value, key and index.',
    forms: [form([object, lambda], (call, value, by) => keepMembers(call, value, test(call, by))), nullAndFunction],
  },
  {
    module,
    name: 'mapObject',
    summary: 'The members of the objects that the function returns for each value, key and index.',
    forms: [form([object, lambda], mapObject), nullAndFunction],
  },
  {
    module,
    name: 'pluck',
    summary: 'An array of the results of the function for each value, key and index.',
    forms: [form([object, lambda], pluck), nullAndFunction],
  },
  {
    module,
    name: 'keysOf',
    summary: 'The keys.',
    forms: [form([object], ({ meter }, value) => meter.items(value.keys).map((key) => new Key(key))), nullForNull],
  },
  {
    module,
    name: 'namesOf',
    summary: 'The keys as strings.',
    forms: [form([object], ({ meter }, value) => meter.items(value.keys)), nullForNull],
  },
  {
    module,
    name: 'valuesOf',
    summary: 'The values.',
    forms: [form([object], ({ meter }, value) => meter.items(value.values)), nullForNull],
  },
  {
    module,
    name: 'entriesOf',
    summary: 'Key, value and attributes (always empty) of each member.',
    forms: [form([object], entries), nullForNull],
  },
  { module, name: 'typeOf', summary: 'The type of a value.', forms: [form([any], (_, value) => typeOf(value))] },
  ...['log', 'logDebug', 'logInfo', 'logWarn', 'logError'].map(logging),
  {
    module,
    name: 'logWith',
    summary: 'The last argument. Nothing is logged.',
    forms: [form([string, string, any], (_, __, ___, value) => value)],
  },
];
