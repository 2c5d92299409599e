/**
 * @module
 * What an expression computes with: JSON values, and four things that JSON has not.
 *
 * A number that was written in the expression keeps its text (`1.50` joins to a string as `1.50`); bytes come from
 * `fromBase64`; a function is named but not called; an input such as `attributes` is looked into without being copied.
 */
import type { Budget } from '../limits.ts';

export interface ValueObject {
  readonly [name: string]: Value;
}

export type Value =
  | null
  | boolean
  | number
  | string
  | WrittenNumber
  | Uint8Array
  | readonly Value[]
  | ValueObject
  | InputValue
  | FunctionValue;

/** A number literal whose text is not how the number itself would be written. */
export class WrittenNumber {
  readonly value: number;
  readonly text: string;

  constructor(value: number, text: string) {
    this.value = value;
    this.text = text;
  }
}

export type InputKind = 'attributes' | 'headers' | 'queryParams' | 'authentication' | 'vars';

/** An input, or one of the two maps inside `attributes`, not yet looked into. Equal to itself only. */
export class InputValue {
  readonly kind: InputKind;

  constructor(kind: InputKind) {
    this.kind = kind;
  }
}

export const inputValues: { readonly [kind in InputKind]: InputValue } = {
  attributes: new InputValue('attributes'),
  headers: new InputValue('headers'),
  queryParams: new InputValue('queryParams'),
  authentication: new InputValue('authentication'),
  vars: new InputValue('vars'),
};

/** What stands behind an input at some stage. */
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

/** What a function may use besides its arguments. */
export interface CallContext {
  readonly budget: Budget;
  /** A random UUID, version 4. */
  randomId(): string;
  /** What stands behind an argument that is an input. */
  readonly find: FindHolder;
}

/** One function of the language; the table in `docs/expressions.md` is written from these rows. */
export interface FunctionRow {
  readonly module: string;
  readonly name: string;
  /** As the documentation shows it: names and types of the parameters, and the result's type. */
  readonly signature: string;
  /** What it does, in one sentence. */
  readonly summary: string;
  /** How many arguments Flex Gateway takes; `atLeast`: it ignores the ones after these. */
  readonly arity: { readonly exactly: number } | { readonly atLeast: number };
  /** Whether two calls with the same arguments may differ, so that a call is not folded when the policy loads. */
  readonly random?: true;
  /** What it does, and what the function of this name does in DataWeave 2.x. */
  readonly profiles: {
    /**
     * @throws MintError `dataweave.*` as Flex Gateway would fail
     */
    readonly flex: (call: CallContext, ...values: Value[]) => Value;
    /** How DataWeave 2.x differs, in one sentence; undefined where it does the same. */
    readonly dataweave: string | undefined;
  };
}

/** A function as a value, as in `upper` without parentheses. Two of them are never equal. */
export class FunctionValue {
  readonly row: FunctionRow;

  constructor(row: FunctionRow) {
    this.row = row;
  }
}

export type TypeName = 'Null' | 'Boolean' | 'Number' | 'String' | 'Array' | 'Object' | 'Binary' | 'Function';

/** The type's name as DataWeave calls it, for messages. An input is an Object to whoever reads a message. */
export function typeName(value: Value): TypeName {
  switch (typeof value) {
    case 'string':
      return 'String';
    case 'number':
      return 'Number';
    case 'boolean':
      return 'Boolean';
    default:
      return typeNameOfObject(value);
  }
}

function typeNameOfObject(value: Exclude<Value, string | number | boolean>): TypeName {
  if (value === null) return 'Null';
  if (isArray(value)) return 'Array';
  if (value instanceof WrittenNumber) return 'Number';
  if (value instanceof Uint8Array) return 'Binary';
  if (value instanceof FunctionValue) return 'Function';
  return 'Object';
}

/** `Array.isArray` for read-only arrays, which the library's own type forgets. */
export function isArray(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}

/** Whether a value is a plain object: neither an array nor one of the classes above. */
export function isObject(value: Value): value is ValueObject {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof WrittenNumber) &&
    !(value instanceof InputValue) &&
    !(value instanceof FunctionValue) &&
    !(value instanceof Uint8Array)
  );
}

/** An object's own value under a name; undefined where it has none (`constructor` is not a member of `{}`). */
export function ownValue(object: ValueObject, name: string): Value | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}
