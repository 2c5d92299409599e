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
import { type InputKind, type InputValue, inputValues, ownValue, type Value, type ValueObject } from './values.ts';

export interface Holder {
  /** The member's value; undefined where there is none and a selection over an array leaves it out. */
  select(name: string): Value | undefined;
  /** How many members; undefined where the vendor does not know (then `[0]` is null and `sizeOf` an error). */
  readonly size: number | undefined;
  at(index: number): Value;
  /** All of it as a plain value. */
  detach(): ValueObject;
}

/** Finds what stands behind an input at the current stage; undefined where the vendor has lost it. */
export type FindHolder = (input: InputValue) => Holder | undefined;

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
