/**
 * @module
 * The request and the caller as values of an expression.
 *
 * Headers are found by any case, as in Mule: their names are in lower case, and of a repeated header `.name` is the
 * first. `attributes.headers.'x-id'` and the like look up what they name and nothing else.
 */
import type { Bindings, InputName } from '../bindings.ts';
import { attributeNames, callerNames, headerName, isAttributeName, isCallerName } from '../inputs.ts';
import type { Meter } from './bounds.ts';
import type { Evaluation } from './evaluation.ts';
import { fromJson } from './json.ts';
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
  for (const name of attributeNames) object.add(name, bindings.attributes[name]);
  return object.build();
}

function authentication({ authentication: caller }: Bindings, meter: Meter): Value {
  const object = new ObjectBuilder();
  for (const name of callerNames) object.add(name, fromJson(caller[name], meter));
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
export function shortcut(path: readonly string[]): { readonly read: Read; readonly length: number } | undefined {
  const [input, name = '', member] = path;
  if (input === 'attributes') return attributeShortcut(name, member);
  if (input === 'authentication' && isCallerName(name)) {
    if (name !== 'properties') return { length: 2, read: (call) => call.bindings.authentication[name] };
    const read: Read = (call) =>
      call.input('authentication.properties', (bindings, meter) => fromJson(bindings.authentication.properties, meter));
    return { length: 2, read };
  }
  return undefined;
}

function attributeShortcut(name: string, member: string | undefined): { read: Read; length: number } | undefined {
  if (name === 'headers' && member !== undefined) {
    const lower = headerName(member);
    return { length: 3, read: (call) => call.bindings.attributes.header(lower) ?? null };
  }
  if (name === 'queryParams' && member !== undefined) {
    return { length: 3, read: (call) => call.bindings.attributes.queryParams().get(member) ?? null };
  }
  return isAttributeName(name) ? { length: 2, read: (call) => call.bindings.attributes[name] } : undefined;
}
