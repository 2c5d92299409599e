/**
 * @module
 * How an input looks from inside an expression.
 *
 * Flex Gateway binds the inputs one after the other and evaluates as far as it gets each time. While an input is
 * being bound it is *live*: headers are looked up by any case and give their first value. What is still needed later
 * is *kept* as plain objects, where names are exact and of a repeated header the last value counts. So
 * `authentication.clientId default attributes.headers['X-Id']` finds no `X-Id`: the header is read in a later stage.
 */
import { attributeReaders, type Bindings, callerReaders, headerName } from '../bindings.ts';
import { type Holder, type InputKind, inputValues, ownValue, type Value, type ValueObject } from './values.ts';

/** The input as it is while it is being bound. */
export function liveHolder(kind: InputKind, bindings: Bindings): Holder {
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
        () => Object.fromEntries(attributes.headerMap()),
      );
    case 'queryParams':
      return live(
        (name) => attributes.queryParams().get(name),
        () => Object.fromEntries(attributes.queryParams()),
      );
    case 'authentication':
      return live(
        (name) => callerReaders.get(name)?.(authentication) ?? null,
        () => allOfCaller(bindings),
      );
    case 'vars':
      return live(
        (name) => variables.get(name) ?? null,
        () => Object.fromEntries(variables),
      );
  }
}

function live(select: (name: string) => Value | undefined, detach: () => ValueObject): Holder {
  return { select, size: undefined, at: () => null, detach };
}

function attributeValue({ attributes }: Bindings, name: string): Value {
  if (name === 'headers') return inputValues.headers;
  if (name === 'queryParams') return inputValues.queryParams;
  return attributeReaders.get(name)?.(attributes) ?? null;
}

function allAttributes(bindings: Bindings): ValueObject {
  const { attributes } = bindings;
  return {
    headers: liveHolder('headers', bindings).detach(),
    queryParams: liveHolder('queryParams', bindings).detach(),
    ...readAll(attributeReaders, attributes),
  };
}

function allOfCaller({ authentication }: Bindings): ValueObject {
  return readAll(callerReaders, authentication);
}

function readAll<T>(readers: ReadonlyMap<string, (from: T) => Value>, from: T): ValueObject {
  return Object.fromEntries(Array.from(readers, ([name, read]) => [name, read(from)]));
}

/** The input as it is kept for later stages. */
export function keptHolder(object: ValueObject): Holder {
  const values = Object.values(object);
  return {
    select: (name) => ownValue(object, name),
    size: values.length,
    at: (index) => values[index] ?? null,
    detach: () => object,
  };
}
