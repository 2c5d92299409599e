/**
 * @module
 * The values of a DataWeave 2.x expression.
 *
 * A whole number that a JavaScript number holds exactly is a JavaScript number; every other number is a decimal
 * (`numbers.ts` ensures this). Objects keep the order of their members and repeated keys. A key that is passed to a
 * function is a `Key`, not a String: `$$ == 'a'` is false.
 */
import type { RE2JS } from 're2js';
import type { Decimal } from './decimal.ts';
import type { DateSpan, Moment } from './moments.ts';

export type Value =
  | null
  | boolean
  | number
  | string
  | Decimal
  | Uint8Array
  | readonly Value[]
  | ObjectValue
  | Key
  | UriValue
  | RegexValue
  | TypeValue
  | FunctionValue
  | TimeValue;

/** The members of an object in order. A key may occur more than once. */
export class ObjectValue {
  readonly keys: readonly string[];
  readonly values: readonly Value[];
  #places: Map<string, number> | undefined;

  constructor(keys: readonly string[], values: readonly Value[]) {
    this.keys = keys;
    this.values = values;
  }

  get size(): number {
    return this.keys.length;
  }

  /** The first index of a key, or -1. */
  indexOf(key: string): number {
    if (this.keys.length <= 8) return this.keys.indexOf(key);
    this.#places ??= firstPlaces(this.keys);
    return this.#places.get(key) ?? -1;
  }

  /** The first value of a key. */
  get(key: string): Value | undefined {
    return this.values[this.indexOf(key)];
  }
}

function firstPlaces(keys: readonly string[]): Map<string, number> {
  const places = new Map<string, number>();
  keys.forEach((key, at) => {
    if (!places.has(key)) places.set(key, at);
  });
  return places;
}

export const emptyObject = new ObjectValue([], []);

/** Collects the members of an object. */
export class ObjectBuilder {
  readonly keys: string[] = [];
  readonly values: Value[] = [];

  add(key: string, value: Value): void {
    this.keys.push(key);
    this.values.push(value);
  }

  addAll(object: ObjectValue): void {
    for (const [i, key] of object.keys.entries()) this.add(key, object.values[i] ?? null);
  }

  build(): ObjectValue {
    return new ObjectValue(this.keys, this.values);
  }
}

export class Key {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

/** A URI, which is not a String: `("a:b" as Uri) == "a:b"` is false. */
export class UriValue {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** The numbers of `a to b`. It behaves like an array, except for its type and as the selector in `x[a to b]`. */
export class Range extends Array<Value> {
  /** `map` and similar methods turn a range into an array. */
  static override get [Symbol.species](): ArrayConstructor {
    return Array;
  }
}

export class RegexValue {
  readonly source: string;
  readonly engine: RE2JS;

  constructor(source: string, engine: RE2JS) {
    this.source = source;
    this.engine = engine;
  }
}

/** A type: a value itself, and the operand of `is` and `as`. */
export interface TypeValue {
  readonly kind: 'type';
  /** As DataWeave writes it: the declared name, or `Array`, `Object`, `String | Number`. */
  readonly name: string;
  readonly base: TypeBase;
  readonly accepts: (value: Value) => boolean;
  /** The type arguments in `<…>`, or the types of a union or intersection. */
  readonly items: readonly TypeValue[];
  /** The only value of a type such as `"a"` or `1`. */
  readonly literal?: string | boolean | number | Decimal | undefined;
  /** The members that an object type names. */
  readonly fields?: readonly FieldType[] | undefined;
  readonly signature?: Signature | undefined;
  /** The options in `String {format: "…"}`, which `as` uses. */
  readonly metadata?: ObjectValue | undefined;
  /** Whether this is a reference to the type inside its own declaration. */
  readonly isReference?: boolean | undefined;
}

export interface FieldType {
  /** Undefined for `_`, which matches every name that no other field has. */
  readonly name: string | undefined;
  readonly type: TypeValue;
  readonly isOptional: boolean;
  /** Whether the member may occur more than once. */
  readonly isRepeated: boolean;
}

/** The declared parameters and result of a function. */
export interface Signature {
  readonly parameters: readonly { readonly name: string; readonly type: TypeValue; readonly isOptional: boolean }[];
  readonly result: TypeValue | undefined;
}

/** A function. Callers pass at most `maxArguments` arguments. */
export class FunctionValue {
  /** Undefined for a lambda. */
  readonly name: string | undefined;
  readonly minArguments: number;
  readonly maxArguments: number;
  readonly run: (values: readonly Value[]) => Value;
  /** Whether the arguments have the declared types of the parameters without conversion. */
  readonly takes: (values: readonly Value[]) => boolean;
  /** The default of the second parameter: the initial value of `reduce`. */
  readonly secondByDefault: (() => Value) | undefined;
  /** Undefined for a function of the language. */
  readonly signature: Signature | undefined;

  constructor(
    name: string | undefined,
    minArguments: number,
    maxArguments: number,
    run: (values: readonly Value[]) => Value,
    takes: (values: readonly Value[]) => boolean = () => true,
    secondByDefault?: () => Value,
    signature?: Signature,
  ) {
    this.name = name;
    this.minArguments = minArguments;
    this.maxArguments = maxArguments;
    this.run = run;
    this.takes = takes;
    this.secondByDefault = secondByDefault;
    this.signature = signature;
  }
}

export const timeKinds = ['Date', 'DateTime', 'LocalDateTime', 'LocalTime', 'Time', 'TimeZone', 'Period'] as const;

export type TimeKind = (typeof timeKinds)[number];

/** The kinds with a date or a time of day, to which formats apply. */
export type FormattedKind = Exclude<TimeKind, 'TimeZone' | 'Period'>;

/** The named types of the language, and the kinds of types that an expression composes. */
export type TypeBase =
  | TimeKind
  | 'Any'
  | 'Array'
  | 'Binary'
  | 'Boolean'
  | 'Function'
  | 'Key'
  | 'Namespace'
  | 'Nothing'
  | 'Null'
  | 'Number'
  | 'Object'
  | 'Range'
  | 'Regex'
  | 'String'
  | 'Type'
  | 'Uri'
  | 'Union'
  | 'Intersection'
  | 'Literal';

interface TimeBase {
  /** The Java pattern of `as Date {format: …}`, which is used again to write the value. */
  readonly format?: string | undefined;
}

export type TimeValue = TimeBase &
  (
    | { readonly kind: 'Date'; readonly at: Temporal.PlainDate }
    | { readonly kind: 'DateTime'; readonly at: Moment }
    | { readonly kind: 'LocalDateTime'; readonly at: Temporal.PlainDateTime }
    | { readonly kind: 'LocalTime'; readonly at: Temporal.PlainTime }
    | { readonly kind: 'Time'; readonly at: Temporal.PlainTime; readonly offset: string }
    | { readonly kind: 'TimeZone'; readonly zone: string }
    /** Years, months and days. */
    | { readonly kind: 'Period'; readonly span: DateSpan; readonly isTime: false }
    /** Hours to nanoseconds. */
    | { readonly kind: 'Period'; readonly span: Temporal.Duration; readonly isTime: true }
  );

/** `Array.isArray` for read-only arrays, which TypeScript's own declaration does not cover. */
export function isArray(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}

export function isTime(value: Value): value is TimeValue {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind !== 'type';
}

export function isType(value: Value): value is TypeValue {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'type';
}
