/**
 * @module
 * Functions of `dw::util::Values` and `dw::util::Tree`, which work on nested values by their paths.
 */
import { requireStringLength } from '../../limits.ts';
import { dataweaveLimits, requireDepth } from '../bounds.ts';
import { implied, textOf } from '../conversion.ts';
import type { Evaluation } from '../evaluation.ts';
import { mismatch, wrongType } from '../failures.ts';
import { isNumber, toDouble } from '../numbers.ts';
import { requireBoolean } from '../operators.ts';
import { selectName } from '../selectors.ts';
import { FunctionValue, isArray, ObjectBuilder, ObjectValue, Range, type Value } from '../values.ts';
import { any, array, type FunctionRow, form, lambda, nothing, number, object, string } from './row.ts';
import { replacer } from './text-search.ts';

const values = 'dw::util::Values';
const tree = 'dw::util::Tree';

/** A step as `field`, `attr` and `index` return it. The order of its keys differs from `step`. */
function returnedStep(kind: 'Object' | 'Array' | 'Attribute', selector: Value): ObjectValue {
  return new ObjectValue(['kind', 'namespace', 'selector'], [kind, null, selector]);
}

/** A step of the paths that functions are called with. */
function step(kind: 'Object' | 'Array', selector: Value): ObjectValue {
  return new ObjectValue(['kind', 'selector', 'namespace'], [kind, selector, null]);
}

/** Equals no name or index. Attributes belong to XML, so a step to one selects nothing. */
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
  throw wrongType('a step of a path', 'a String or a Number', one);
}

/** Replaces each value in an object or array by the result of `change`; undefined removes the value. */
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

/** Changes the value at a path. A name applied to an array selects in each item. */
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

/** Changes each leaf whose path ends in this step. */
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

/** Whether the value has values inside. A range counts as a leaf. */
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

type Selects = (value: Value, parent: Value) => boolean;

/** Removes the values for which the function returns false. It is called for those that `asks` selects. */
function filterBelow(call: Evaluation, value: Value, by: FunctionValue, asks: Selects, path: Path = []): Value {
  requireDepth(path.length);
  if (!isBranch(value)) return value;
  return rebuilt(call, value, (inner, selector) => {
    const innerPath = below(value, path, selector);
    if (asks(inner, value) && !requireBoolean(call.call(by, inner, innerPath), 'the condition')) return undefined;
    return filterBelow(call, inner, by, asks, innerPath);
  });
}

/** As in the engine, the object or array itself is not asked about. */
function exists(call: Evaluation, value: Value, by: FunctionValue, path: Path = []): boolean {
  requireDepth(path.length);
  const takes = (inner: Value, at: Path): boolean => requireBoolean(call.call(by, inner, at), 'the condition');
  const inside = (inner: Value, at: Path): boolean =>
    takes(inner, at) || (isBranch(inner) && exists(call, inner, by, at));
  if (isArray(value)) return call.meter.items(value).some((item, i) => inside(item, below(value, path, i)));
  if (!(value instanceof ObjectValue)) return takes(value, path);
  return value.keys.some((key, i) => inside(value.values[i] ?? null, below(value, path, key)));
}

function requireStep(one: Value): ObjectValue {
  if (one instanceof ObjectValue) return one;
  throw wrongType('a step of a path', 'an Object', one);
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
  // As in the engine, names are never quoted.
  return typeof selector === 'number' ? `[${selector}]` : `.${selector}`;
}

function filtering(name: string, summary: string, asks: Selects): FunctionRow {
  return {
    module: tree,
    name,
    summary,
    forms: [form([any, lambda], (call, value, by) => filterBelow(call, value, by, asks))],
  };
}

function kindTest(name: string, kind: string): FunctionRow {
  const last = ({ meter }: Evaluation, path: readonly Value[]): boolean => {
    const end = path.at(-1);
    return end !== undefined && selectName(end, 'kind', meter, 'kind') === kind;
  };
  return {
    module: tree,
    name,
    summary: `Whether the last step of the path is of kind ${kind}.`,
    forms: [form([array], last)],
  };
}

export const pathRows: readonly FunctionRow[] = [
  {
    module: values,
    name: 'update',
    summary: 'The value, with the result of the function after `with` at a name, an index or a path.',
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
    summary: 'The value, with the results of the function after `with` for every leaf with this name or index.',
    forms: [form([any, string], mask), form([any, number], mask), form([any, object], mask)],
  },
  {
    module: values,
    name: 'field',
    summary: 'A step to a member, for `update` and `mask`.',
    forms: [
      form([string], (_, name) => returnedStep('Object', name)),
      form([nothing, string], (_, __, name) => returnedStep('Object', name)),
    ],
  },
  {
    module: values,
    name: 'attr',
    summary: 'A step to an attribute. It selects nothing, because attributes belong to XML.',
    forms: [
      form([string], (_, name) => returnedStep('Attribute', name)),
      form([nothing, string], (_, __, name) => returnedStep('Attribute', name)),
    ],
  },
  {
    module: values,
    name: 'index',
    summary: 'A step to an item, for `update` and `mask`.',
    forms: [form([number], (_, at) => returnedStep('Array', at))],
  },
  {
    module: tree,
    name: 'mapLeafValues',
    summary: 'The value, with the results of the function for each leaf and its path.',
    forms: [form([any, lambda], (call, value, by) => mapLeaves(call, value, by))],
  },
  filtering(
    'filterTree',
    'The value without the values at any depth for which the function returns false.',
    () => true,
  ),
  filtering(
    'filterArrayLeafs',
    'The value without the leaves of arrays for which the function returns false.',
    (value, parent) => isArray(parent) && !isBranch(value),
  ),
  filtering(
    'filterObjectLeafs',
    'The value without the leaves of objects for which the function returns false.',
    (value, parent) => parent instanceof ObjectValue && !isBranch(value),
  ),
  {
    module: tree,
    name: 'nodeExists',
    summary: 'Whether the function returns true for a value inside the object or array, or for another value itself.',
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
