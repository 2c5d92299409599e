/**
 * @module
 * Functions of `dw::core::Objects`.
 */
import type { Evaluation } from '../evaluation.ts';
import { toDouble } from '../numbers.ts';
import { Key, ObjectValue, type Value } from '../values.ts';
import { testOfIf } from './arguments.ts';
import { entries, keepMembers } from './core-objects.ts';
import { type FunctionRow, form, lambda, nothing, number, object } from './row.ts';

const module = 'dw::core::Objects';

function merged(call: Evaluation, left: ObjectValue, right: ObjectValue): Value {
  const rest = keepMembers(call, left, (_, { name }) => right.indexOf(name) === -1);
  return new ObjectValue(call.meter.items([...rest.keys, ...right.keys]), [...rest.values, ...right.values]);
}

/** As in the engine, a size that no part can have leaves all members in one part. */
function divided({ meter }: Evaluation, { keys, values }: ObjectValue, size: number): Value {
  const length = Number.isInteger(size) && size > 0 ? size : Math.max(1, keys.length);
  meter.charge(keys.length);
  const parts: Value[] = [];
  for (let at = 0; at < keys.length; at += length) {
    parts.push(new ObjectValue(keys.slice(at, at + length), values.slice(at, at + length)));
  }
  return meter.items(parts);
}

function listing(name: string, summary: string, list: (call: Evaluation, value: ObjectValue) => Value): FunctionRow {
  return { module, name, summary, forms: [form([object], list)] };
}

export const objectRows: readonly FunctionRow[] = [
  listing('keySet', 'The keys.', ({ meter }, { keys }) => meter.items(keys).map((key) => new Key(key))),
  listing('nameSet', 'The keys as strings.', ({ meter }, { keys }) => meter.items(keys)),
  listing('valueSet', 'The values.', ({ meter }, { values }) => meter.items(values)),
  listing('entrySet', 'Key, value and attributes (always empty) of each member.', entries),
  {
    module,
    name: 'mergeWith',
    summary: 'The members of both objects. For a key in both, the second object is used.',
    forms: [
      form([object, object], merged),
      form([nothing, object], (_, __, right) => right),
      form([object, nothing], (_, left) => left),
    ],
  },
  {
    module,
    name: 'divideBy',
    summary: 'The members in objects of the given size.',
    forms: [form([object, number], (call, value, size) => divided(call, value, toDouble(size)))],
  },
  {
    module,
    name: 'takeWhile',
    summary: 'The members before the first one for which the function returns false.',
    forms: [
      form([object, lambda], (call, value, by) => {
        let isOver = false;
        return keepMembers(call, value, (member, key) => {
          isOver ||= !testOfIf(call, by)(member, key);
          return !isOver;
        });
      }),
    ],
  },
  {
    module,
    name: 'everyEntry',
    summary: 'Whether the function returns true for every member.',
    forms: [
      form([object, lambda], (call, { keys, values }, by) =>
        keys.every((key, i) => testOfIf(call, by)(values[i] ?? null, new Key(key))),
      ),
      form([nothing, lambda], () => true),
    ],
  },
  {
    module,
    name: 'someEntry',
    summary: 'Whether the function returns true for at least one member.',
    forms: [
      form([object, lambda], (call, { keys, values }, by) =>
        keys.some((key, i) => testOfIf(call, by)(values[i] ?? null, new Key(key))),
      ),
      form([nothing, lambda], () => false),
    ],
  },
];
