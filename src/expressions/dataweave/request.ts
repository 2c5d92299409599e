/**
 * @module
 * The request and the caller as values of an expression.
 *
 * Headers are found by any case, as in Mule: their names are in lower case, and of a repeated header `.name` is the
 * first. `attributes.headers.'x-id'` and the like look up what they name and nothing else.
 */
import type { JsonObject, JsonValue } from '../../diagnostics/json.ts';
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

/** Headers as an object whose names are in lower case: it is asked in any case. */
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
  return fromJson(Object.fromEntries(variables), meter);
}

export const readInput: { readonly [name in InputName]: (bindings: Bindings, meter: Meter) => Value } = {
  attributes,
  authentication,
  vars,
  payload: ({ payload }, meter) => fromJson(payload ?? null, meter),
};

type Read = (call: Evaluation) => Value;

/**
 * A shorter way to what a path of names leads to; undefined where there is none.
 *
 * @param path `attributes`, `headers`, `x-id`
 */
export function shortcut(path: readonly string[]): Shortcut | undefined {
  const [input, name = '', member] = path;
  if (input === 'attributes') return attributeShortcut(name, member);
  if (input !== 'authentication') return undefined;
  return name === 'properties' && member !== undefined ? propertyShortcut(path.slice(2)) : callerShortcut(name);
}

interface Shortcut {
  readonly read: Read;
  readonly length: number;
}

function callerShortcut(name: string): Shortcut | undefined {
  const read = callerReaders.get(name);
  if (read === undefined) return undefined;
  const value: Read = (call) =>
    call.input(`authentication.${name}`, (bindings, meter) => fromJson(read(bindings.authentication), meter));
  return { length: 2, read: value };
}

/** Of all that is known of the caller only what the names lead to becomes a value. */
function propertyShortcut(names: readonly string[]): Shortcut {
  const [key, read] = [`authentication.properties.${JSON.stringify(names)}`, readPath(names)];
  return { length: 2 + names.length, read: (call) => call.input(key, read) };
}

function readPath(names: readonly string[]): (bindings: Bindings, meter: Meter) => Value {
  const [first = '', ...inside] = names;
  return (bindings, meter) => {
    let at = propertyOfCaller(bindings, first);
    for (const [i, name] of inside.entries()) {
      if (!isJsonObject(at)) return selected(fromJson(at, meter), inside.slice(i), meter);
      if (!Object.hasOwn(at, name)) return null;
      at = at[name] ?? null;
    }
    return fromJson(at, meter);
  };
}

function isJsonObject(value: JsonValue): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What the names lead to in an array, or in what has no members. */
function selected(from: Value, names: readonly string[], meter: Meter): Value {
  let found: Value | undefined = from;
  for (const name of names) found = found === undefined ? undefined : selectName(found, name, meter);
  return found ?? null;
}

function attributeShortcut(name: string, member: string | undefined): Shortcut | undefined {
  if (name === 'headers' && member !== undefined) {
    const lower = headerName(member);
    return { length: 3, read: (call) => call.bindings.attributes.header(lower) ?? null };
  }
  if (name === 'queryParams' && member !== undefined) {
    return { length: 3, read: (call) => call.bindings.attributes.queryParams().get(member) ?? null };
  }
  const read = attributeReaders.get(name);
  return read && { length: 2, read: (call) => read(call.bindings.attributes) };
}
