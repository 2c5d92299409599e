/**
 * @module
 * The members of the inputs, as an expression sees them.
 *
 * Flex Gateway binds the inputs one after the other and each time evaluates as far as it can. While an input is being
 * bound it is *live*: header names are case-insensitive, and a repeated header gives its first value. An input that is
 * still needed later is *kept* as a plain object: names are exact, and a repeated header gives its last value. So
 * `authentication.clientId default attributes.headers['X-Id']` does not find `X-Id`: it reads the header in a later
 * stage.
 */
import { objectOf } from '../../diagnostics/ordered-object.ts';
import { attributeReaders, type Bindings, callerReaders, headerName } from '../bindings.ts';
import { type InputKind, type InputMembers, inputValues, ownValue, type Value, type ValueObject } from './values.ts';

/** The members of an input while it is being bound. */
export function liveMembers(kind: InputKind, bindings: Bindings): InputMembers {
  const { attributes, authentication, variables } = bindings;
  switch (kind) {
    case 'attributes':
      return live(
        (name) => attributeValue(bindings, name),
        () => allAttributes(bindings),
      );
    case 'headers':
      return live(
        (name) => attributes.header(headerName(name)),
        () => objectOf(attributes.headerMap()),
      );
    case 'queryParams':
      return live(
        (name) => attributes.queryParams().get(name),
        () => objectOf(attributes.queryParams()),
      );
    case 'authentication':
      return live(
        (name) => callerReaders.get(name)?.(authentication) ?? null,
        () => readAll(callerReaders, authentication),
      );
    case 'vars':
      return live(
        (name) => variables.get(name) ?? null,
        () => objectOf(variables),
      );
  }
}

function live(select: (name: string) => Value | undefined, toObject: () => ValueObject): InputMembers {
  return { select, size: undefined, at: () => null, toObject };
}

function attributeValue({ attributes }: Bindings, name: string): Value {
  if (name === 'headers') return inputValues.headers;
  if (name === 'queryParams') return inputValues.queryParams;
  return attributeReaders.get(name)?.(attributes) ?? null;
}

function allAttributes(bindings: Bindings): ValueObject {
  const { attributes } = bindings;
  return {
    headers: liveMembers('headers', bindings).toObject(),
    queryParams: liveMembers('queryParams', bindings).toObject(),
    ...readAll(attributeReaders, attributes),
  };
}

function readAll<T>(readers: ReadonlyMap<string, (from: T) => Value>, from: T): ValueObject {
  return Object.fromEntries(Array.from(readers, ([name, read]) => [name, read(from)]));
}

/** The members of an input that is kept for later stages. */
export function keptMembers(object: ValueObject): InputMembers {
  const values = Object.values(object);
  return {
    select: (name) => ownValue(object, name),
    size: values.length,
    at: (index) => values[index] ?? null,
    toObject: () => object,
  };
}
