/**
 * @module
 * The request and the caller as values of an expression.
 *
 * As in Mule, header names are in lower case and selected in any case, and `.name` of a repeated header is its first
 * value. A path such as `attributes.headers.'x-id'` reads that header only, without making a value of all headers.
 */
import { isRecord } from '../../diagnostics/json.ts';
import { objectOf } from '../../diagnostics/ordered-object.ts';
import {
  attributeReaders,
  type Bindings,
  callerReaders,
  headerName,
  type InputName,
  propertyOfCaller,
} from '../bindings.ts';
import type { Meter } from './bounds.ts';
import type { Evaluation } from './evaluation.ts';
import { fromJson } from './json.ts';
import { selectName } from './selectors.ts';
import { emptyObject, ObjectBuilder, ObjectValue, type Value } from './values.ts';

/** An object of headers. Its names are in lower case and found in any case. */
class HeadersValue extends ObjectValue {
  override indexOf(name: string): number {
    return super.indexOf(headerName(name));
  }
}

function mapped(entries: ReadonlyMap<string, string>): readonly [keys: string[], values: Value[]] {
  return [[...entries.keys()], [...entries.values()]];
}

function headers({ attributes }: Bindings): Value {
  return new HeadersValue(...mapped(attributes.headerMap()));
}

function queryParams({ attributes }: Bindings): Value {
  return new ObjectValue(...mapped(attributes.queryParams()));
}

function attributes(bindings: Bindings): Value {
  const object = new ObjectBuilder();
  object.add('headers', headers(bindings));
  object.add('queryParams', queryParams(bindings));
  for (const [name, read] of attributeReaders) object.add(name, read(bindings.attributes));
  return object.build();
}

function authentication({ authentication: caller }: Bindings, meter: Meter): Value {
  const object = new ObjectBuilder();
  for (const [name, read] of callerReaders) object.add(name, fromJson(read(caller), meter));
  return object.build();
}

function vars({ variables }: Bindings, meter: Meter): Value {
  if (variables.size === 0) return emptyObject;
  return fromJson(objectOf(variables), meter);
}

export const readInput: { readonly [name in InputName]: (bindings: Bindings, meter: Meter) => Value } = {
  attributes,
  authentication,
  vars,
  payload: ({ payload }, meter) => fromJson(payload ?? null, meter),
};

type Read = (evaluation: Evaluation) => Value;

/**
 * A direct way to read what a path of names selects; undefined if there is none.
 *
 * @param names such as `headers` and `x-id`
 */
export function shortcut(input: InputName, names: readonly string[]): Shortcut | undefined {
  return shortcuts[input](names);
}

const shortcuts: { readonly [input in InputName]: (names: readonly string[]) => Shortcut | undefined } = {
  attributes: attributeShortcut,
  authentication: callerShortcut,
  vars: () => undefined,
  payload: () => undefined,
};

interface Shortcut {
  readonly read: Read;
  /** The number of names that it reads. */
  readonly length: number;
}

function callerShortcut([name = '', ...inside]: readonly string[]): Shortcut | undefined {
  if (name === 'properties' && inside.length > 0) return propertyShortcut(inside);
  const read = callerReaders.get(name);
  if (read === undefined) return undefined;
  const value: Read = (evaluation) =>
    evaluation.input(`authentication.${name}`, (bindings, meter) => fromJson(read(bindings.authentication), meter));
  return { length: 1, read: value };
}

/** Makes a value of the selected property only, not of everything that is known about the caller. */
function propertyShortcut(names: readonly string[]): Shortcut {
  const [key, read] = [`authentication.properties.${JSON.stringify(names)}`, readPath(names)];
  return { length: 1 + names.length, read: (evaluation) => evaluation.input(key, read) };
}

function readPath(names: readonly string[]): (bindings: Bindings, meter: Meter) => Value {
  const [first = '', ...inside] = names;
  return (bindings, meter) => {
    let at = propertyOfCaller(bindings, first);
    for (const [i, name] of inside.entries()) {
      if (!isRecord(at)) return selected(fromJson(at, meter), inside.slice(i), meter);
      if (!Object.hasOwn(at, name)) return null;
      at = at[name] ?? null;
    }
    return fromJson(at, meter);
  };
}

/** Selects the names one by one, as an expression does. */
function selected(from: Value, names: readonly string[], meter: Meter): Value {
  let found: Value | undefined = from;
  for (const name of names) found = found === undefined ? undefined : selectName(found, name, meter, name);
  return found ?? null;
}

function attributeShortcut([name = '', member]: readonly string[]): Shortcut | undefined {
  if (name === 'headers' && member !== undefined) {
    const lower = headerName(member);
    return { length: 2, read: (evaluation) => evaluation.bindings.attributes.header(lower) ?? null };
  }
  if (name === 'queryParams' && member !== undefined) {
    return { length: 2, read: (evaluation) => evaluation.bindings.attributes.queryParams().get(member) ?? null };
  }
  const read = attributeReaders.get(name);
  return read && { length: 1, read: (evaluation) => read(evaluation.bindings.attributes) };
}
