/**
 * @module
 * Functions of `dw::util::Values` and `dw::util::Tree`: values inside values, by their path.
 */
import { requireStringLength } from '../../limits.ts';
import { dataweaveLimits, requireDepth } from '../bounds.ts';
import { implied, textOf } from '../conversion.ts';
import type { Evaluation } from '../evaluation.ts';
import { mismatch } from '../failures.ts';
import { isNumber, toDouble } from '../numbers.ts';
import { requireBoolean } from '../operators.ts';
import { FunctionValue, isArray, ObjectBuilder, ObjectValue, Range, type Value } from '../values.ts';
import { any, array, type FunctionRow, form, lambda, nothing, number, object, string } from './row.ts';
import { replacer } from './text-search.ts';

const values = 'dw::util::Values';
const tree = 'dw::util::Tree';

/** A step as the functions make it, which is not the order of the paths that are handed. */
function made(kind: 'Object' | 'Array' | 'Attribute', selector: Value): ObjectValue {
  return new ObjectValue(['kind', 'namespace', 'selector'], [kind, null, selector]);
}

/** A step of a path. */
function step(kind: 'Object' | 'Array', selector: Value): ObjectValue {
  return new ObjectValue(['kind', 'selector', 'namespace'], [kind, selector, null]);
}

/** No member has this name: an attribute is XML, and leads nowhere here. */
const nowhere = Number.NaN;

function isAttribute(one: Value): boolean {
  return one instanceof ObjectValue && one.get('kind') === 'Attribute';
}

function selectorOf(one: Value): string | number {
  if (isAttribute(one)) return nowhere;
  const selector = one instanceof ObjectValue ? (one.get('selector') ?? null) : one;
  if (isNumber(selector)) return toDouble(selector);
  const name = implied(selector, 'String');
  if (typeof name === 'string') return name;
  throw mismatch('a step of a path', 'a String or a Number', one);
}

/** The same object or array, each value inside replaced by what `change` gives; undefined leaves the value out. */
function rebuilt(
  call: Evaluation,
  value: Value,
  change: (value: Value, selector: string | number, at: number) => Value | undefined,
): Value {
  if (isArray(value)) {
    return call.meter.items(value).flatMap((item, i): Value[] => {
      const found = change(item, i, i);
      return found === undefined ? [] : [found];
    });
  }
  if (!(value instanceof ObjectValue)) return value;
  call.meter.charge(value.size);
  const made = new ObjectBuilder();
  value.keys.forEach((key, i) => {
    const found = change(value.values[i] ?? null, key, i);
    if (found !== undefined) made.add(key, found);
  });
  return made.build();
}

/** What a step leads to is changed: of an array, a name leads into each item. */
function updated(
  call: Evaluation,
  value: Value,
  [first, ...rest]: readonly (string | number)[],
  make: FunctionValue,
  depth = 0,
): Value {
  requireDepth(depth);
  if (value === null || first === undefined) return value;
  if (isArray(value) && typeof first === 'string') {
    return call.meter.items(value).map((item) => updated(call, item, [first, ...rest], make, depth + 1));
  }
  if (!isArray(value) && !(value instanceof ObjectValue)) throw mismatch('`update`', 'an Array or an Object', value);
  return rebuilt(call, value, (inner, selector, at) => {
    if (selector !== first) return inner;
    return rest.length === 0 ? call.call(make, inner, at) : updated(call, inner, rest, make, depth + 1);
  });
}

/** Each leaf that such a step leads to. */
function masked(call: Evaluation, value: Value, wanted: string | number, make: FunctionValue): Value {
  const by = new FunctionValue('mask', 2, 2, ([leaf = null, path = null]) => {
    const last = isArray(path) ? path.at(-1) : undefined;
    return last !== undefined && selectorOf(last) === wanted ? call.call(make, leaf, path) : leaf;
  });
  return mapLeaves(call, value, by);
}

function update(call: Evaluation, value: Value, path: readonly Value[]): Value {
  if (path.length > dataweaveLimits.dataDepth) requireDepth(path.length);
  const steps = path.map(selectorOf);
  return replacer((make) => updated(call, value, steps, make));
}

function mask(call: Evaluation, value: Value, by: Value): Value {
  const wanted = selectorOf(by);
  return replacer((make) => (value === null ? null : masked(call, value, wanted, make)));
}

type Path = readonly Value[];

/** A range is a leaf. */
function isBranch(value: Value): boolean {
  return (isArray(value) && !(value instanceof Range)) || value instanceof ObjectValue;
}

function below(value: Value, path: Path, selector: string | number): Path {
  return [...path, step(isArray(value) ? 'Array' : 'Object', selector)];
}

function mapLeaves(call: Evaluation, value: Value, by: FunctionValue, path: Path = []): Value {
  requireDepth(path.length);
  if (!isBranch(value)) return call.call(by, value, path);
  return rebuilt(call, value, (inner, selector) => mapLeaves(call, inner, by, below(value, path, selector)));
}

type Keep = (value: Value, parent: Value) => boolean;

/** Without the values that `keep` asks the function about and the function does not take. */
function filterBelow(call: Evaluation, value: Value, by: FunctionValue, asks: Keep, path: Path = []): Value {
  requireDepth(path.length);
  if (!isBranch(value)) return value;
  return rebuilt(call, value, (inner, selector) => {
    const innerPath = below(value, path, selector);
    if (asks(inner, value) && !requireBoolean(call.call(by, inner, innerPath), 'the condition')) return undefined;
    return filterBelow(call, inner, by, asks, innerPath);
  });
}

function exists(call: Evaluation, value: Value, by: FunctionValue, path: Path = []): boolean {
  requireDepth(path.length);
  if (requireBoolean(call.call(by, value, path), 'the condition')) return true;
  if (!isBranch(value)) return false;
  if (isArray(value)) return call.meter.items(value).some((item, i) => exists(call, item, by, below(value, path, i)));
  if (!(value instanceof ObjectValue)) return false;
  return value.keys.some((key, i) => exists(call, value.values[i] ?? null, by, below(value, path, key)));
}

function requireStep(one: Value): ObjectValue {
  if (one instanceof ObjectValue) return one;
  throw mismatch('a step of a path', 'an Object', one);
}

function expression(path: readonly Value[]): string {
  let text = '';
  for (const one of path) {
    text += stepText(requireStep(one));
    requireStringLength(text.length);
  }
  return text;
}

function stepText(one: ObjectValue): string {
  if (isAttribute(one)) return `.@${textOf(one.get('selector') ?? null)}`;
  const selector = selectorOf(one);
  // Names that need quotes get none: so does the engine.
  return typeof selector === 'number' ? `[${selector}]` : `.${selector}`;
}

function filtering(name: string, summary: string, asks: Keep): FunctionRow {
  return {
    module: tree,
    name,
    summary,
    forms: [form([any, lambda], (call, value, by) => filterBelow(call, value, by, asks))],
  };
}

function kindTest(name: string, kind: string): FunctionRow {
  const last = (path: readonly Value[]): boolean => {
    const end = path.at(-1);
    return end !== undefined && requireStep(end).get('kind') === kind;
  };
  return {
    module: tree,
    name,
    summary: `Whether the path ends in a step of kind ${kind}.`,
    forms: [form([array], (_, path) => last(path))],
  };
}

export const pathRows: readonly FunctionRow[] = [
  {
    module: values,
    name: 'update',
    summary: 'The value with what the function after `with` gives at a name, an index or a path of them.',
    forms: [
      form([nothing, any], (call) => update(call, null, [])),
      form([object, string], (call, value, name) => update(call, value, [name])),
      form([array, number], (call, items, index) => update(call, items, [index])),
      form([array, string], (call, items, name) => update(call, items, [name])),
      form([object, object], (call, value, one) => update(call, value, [one])),
      form([array, object], (call, items, one) => update(call, items, [one])),
      form([any, array], update),
    ],
  },
  {
    module: values,
    name: 'mask',
    summary: 'The value with what the function after `with` gives for every leaf of this name or index.',
    forms: [form([any, string], mask), form([any, number], mask), form([any, object], mask)],
  },
  {
    module: values,
    name: 'field',
    summary: 'A step to a member, for `update` and `mask`.',
    forms: [
      form([string], (_, name) => made('Object', name)),
      form([nothing, string], (_, __, name) => made('Object', name)),
    ],
  },
  {
    module: values,
    name: 'attr',
    summary: 'A step to an attribute, which is XML: no object here has one.',
    forms: [
      form([string], (_, name) => made('Attribute', name)),
      form([nothing, string], (_, __, name) => made('Attribute', name)),
    ],
  },
  {
    module: values,
    name: 'index',
    summary: 'A step to an item, for `update` and `mask`.',
    forms: [form([number], (_, at) => made('Array', at))],
  },
  {
    module: tree,
    name: 'mapLeafValues',
    summary: 'The value with what the function gives for each leaf and its path.',
    forms: [form([any, lambda], (call, value, by) => mapLeaves(call, value, by))],
  },
  filtering('filterTree', 'The value without what the function does not take, at any depth.', () => true),
  filtering(
    'filterArrayLeafs',
    'The value without the leaves of arrays that the function does not take.',
    (value, parent) => isArray(parent) && !isBranch(value),
  ),
  filtering(
    'filterObjectLeafs',
    'The value without the leaves of objects that the function does not take.',
    (value, parent) => parent instanceof ObjectValue && !isBranch(value),
  ),
  {
    module: tree,
    name: 'nodeExists',
    summary: 'Whether the function takes the value or one inside it.',
    forms: [form([any, lambda], (call, value, by) => exists(call, value, by))],
  },
  {
    module: tree,
    name: 'asExpressionString',
    summary: 'A path as a selector.',
    forms: [form([array], ({ meter }, path) => meter.text(expression(meter.items(path))))],
  },
  kindTest('isObjectType', 'Object'),
  kindTest('isArrayType', 'Array'),
  kindTest('isAttributeType', 'Attribute'),
];
