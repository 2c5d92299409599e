/**
 * @module
 * The values of an expression: JSON values, and four kinds that JSON does not have.
 *
 * A number literal keeps its text (`1.50` joined to a string is `1.50`). Bytes come from `fromBase64`. A function is a
 * value if it is named but not called. An input such as `attributes` is read member by member, without a copy.
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

/** A number literal whose text differs from the usual text of the number. */
export class WrittenNumber {
  readonly value: number;
  readonly text: string;

  constructor(value: number, text: string) {
    this.value = value;
    this.text = text;
  }
}

export type InputKind = 'attributes' | 'headers' | 'queryParams' | 'authentication' | 'vars';

/** An input, or one of the two maps inside `attributes`, whose members are not read yet. Equal only to itself. */
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

/** The members of an input at one stage. */
export interface InputMembers {
  /** The member's value; undefined if there is no such member and a selection over an array leaves it out. */
  select(name: string): Value | undefined;
  /** The number of members; undefined if the vendor does not know it (then `[0]` is null and `sizeOf` is an error). */
  readonly size: number | undefined;
  at(index: number): Value;
  /** All members as a plain object. */
  toObject(): ValueObject;
}

/** The members of an input at the current stage; undefined if the vendor has lost them. */
export type FindMembers = (input: InputValue) => InputMembers | undefined;

/** What a function can use in addition to its arguments. */
export interface CallContext {
  readonly budget: Budget;
  /** A random UUID, version 4. */
  randomId(): string;
  /** The members of an argument that is an input. */
  readonly membersOf: FindMembers;
}

/** One function of the language. `npm run docs` writes the table in `docs/expressions.md` from these rows. */
export interface FunctionRow {
  readonly module: string;
  readonly name: string;
  /** As the documentation shows it: the parameters with their types, and the type of the result. */
  readonly signature: string;
  /** The effect, in one sentence. */
  readonly summary: string;
  /** The number of arguments that Flex Gateway takes. With `atLeast` it ignores the arguments after these. */
  readonly arity: { readonly exactly: number } | { readonly atLeast: number };
  /** Whether two calls with the same arguments may differ. Such a call is not evaluated when the policy loads. */
  readonly random?: true;
  /** What the function does in each of the two languages. */
  readonly profiles: {
    /** @throws MintError `dataweave.*` if the call fails in Flex Gateway */
    readonly flex: (call: CallContext, ...values: Value[]) => Value;
    /** How the function of DataWeave 2.x differs, in one sentence; undefined if it does the same. */
    readonly dataweave: string | undefined;
  };
}

/** A function as a value, as in `upper` without parentheses. Two functions are never equal. */
export class FunctionValue {
  readonly row: FunctionRow;

  constructor(row: FunctionRow) {
    this.row = row;
  }
}

export type TypeName = 'Null' | 'Boolean' | 'Number' | 'String' | 'Array' | 'Object' | 'Binary' | 'Function';

/** DataWeave's name of the value's type, for messages. An input is an Object to the author of an expression. */
export function typeName(value: Value): TypeName {
  switch (typeof value) {
    case 'string':
      return 'String';
    case 'number':
      return 'Number';
    case 'boolean':
      return 'Boolean';
    case 'object':
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

/** `Array.isArray` for read-only arrays, which the type of the built-in one does not cover. */
export function isArray(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}

/** Whether a value is a plain object: not an array and not an instance of a class above. */
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

const knownNames = new WeakMap<ValueObject, readonly string[]>();

/**
 * The names of an object. They are listed once, because comparing each of many objects with the same large one would
 * list its names again each time.
 */
export function namesOf(object: ValueObject): readonly string[] {
  const known = knownNames.get(object);
  if (known !== undefined) return known;
  const names = Object.keys(object);
  knownNames.set(object, names);
  return names;
}

/** An object's own member; undefined if it has no such member (`constructor` is not a member of `{}`). */
export function ownValue(object: ValueObject, name: string): Value | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}
