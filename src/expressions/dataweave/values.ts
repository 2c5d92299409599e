/**
 * @module
 * What a DataWeave 2.x expression computes with.
 *
 * A number is a JavaScript number where it is a whole one that such a number holds exactly, and a decimal otherwise
 * (`numbers.ts` keeps it so). Objects keep order and repeated keys. A key handed to a function is a `Key`, which is no
 * String: `$$ == 'a'` is false.
 */
import type { RE2JS } from 're2js';
import type { Decimal } from './decimal.ts';

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

/** The members of an object in order; a key may come more than once. */
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

  /** Where a key first stands; -1 where it does not. */
  indexOf(key: string): number {
    if (this.keys.length <= 8) return this.keys.indexOf(key);
    this.#places ??= firstPlaces(this.keys);
    return this.#places.get(key) ?? -1;
  }

  /** The first value under a key. */
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

/** Gathers the members of an object. */
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

/** The text of a URI, which is no String: `("a:b" as Uri) == "a:b"` is false. */
export class UriValue {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** The numbers that `a to b` counts. An array in everything but its type, and in what `x[a to b]` selects. */
export class Range extends Array<Value> {
  /** What `map` and the like make of a range is an array. */
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

/** A type as a value and as what `is` and `as` ask for. */
export interface TypeValue {
  readonly kind: 'type';
  /** As DataWeave writes it: the name under which it is declared, else `Array`, `Object`, `String | Number`. */
  readonly name: string;
  /** What kind of type it is: a named one of the language, `Union`, `Intersection` or `Literal`. */
  readonly base: string;
  readonly accepts: (value: Value) => boolean;
  /** What stands in `<…>`, or what a union or intersection is made of. */
  readonly items: readonly TypeValue[];
  /** Of a type such as `"a"` or `1`: its one value. */
  readonly literal?: string | boolean | number | Decimal | undefined;
  /** The members that an object type names. */
  readonly fields?: readonly FieldType[] | undefined;
  readonly signature?: Signature | undefined;
  /** `String {format: "…"}`: what `as` does with this type. */
  readonly metadata?: ObjectValue | undefined;
  /** Whether it stands inside its own declaration. */
  readonly isReference?: boolean | undefined;
}

export interface FieldType {
  /** Undefined for `_`, which is any name that no other member has. */
  readonly name: string | undefined;
  readonly type: TypeValue;
  readonly isOptional: boolean;
  /** Whether the member may come more than once. */
  readonly isRepeated: boolean;
}

/** What a function takes and gives, as far as it is declared. */
export interface Signature {
  readonly parameters: readonly { readonly name: string; readonly type: TypeValue; readonly isOptional: boolean }[];
  readonly result: TypeValue | undefined;
}

/** What a function is called with, and what it gives; arguments beyond `most` are not passed. */
export class FunctionValue {
  /** Undefined for one without a name. */
  readonly name: string | undefined;
  readonly least: number;
  readonly most: number;
  readonly run: (values: readonly Value[]) => Value;
  /** Whether the arguments are of the types that the parameters declare, as they are. */
  readonly takes: (values: readonly Value[]) => boolean;
  /** What the second parameter is where it is left out: where `reduce` begins. */
  readonly secondByDefault: (() => Value) | undefined;
  /** What is declared of it; undefined for a function of the language. */
  readonly signature: Signature | undefined;

  constructor(
    name: string | undefined,
    least: number,
    most: number,
    run: (values: readonly Value[]) => Value,
    takes: (values: readonly Value[]) => boolean = () => true,
    secondByDefault?: () => Value,
    signature?: Signature,
  ) {
    this.name = name;
    this.least = least;
    this.most = most;
    this.run = run;
    this.takes = takes;
    this.secondByDefault = secondByDefault;
    this.signature = signature;
  }
}

export type TimeKind = 'Date' | 'DateTime' | 'LocalDateTime' | 'LocalTime' | 'Time' | 'TimeZone' | 'Period';

interface TimeBase {
  /** The Java pattern of `as Date {format: …}`, in which the value is written again. */
  readonly format?: string | undefined;
}

export type TimeValue = TimeBase &
  (
    | { readonly kind: 'Date'; readonly at: Temporal.PlainDate }
    | { readonly kind: 'DateTime'; readonly at: Temporal.ZonedDateTime }
    | { readonly kind: 'LocalDateTime'; readonly at: Temporal.PlainDateTime }
    | { readonly kind: 'LocalTime'; readonly at: Temporal.PlainTime }
    | { readonly kind: 'Time'; readonly at: Temporal.PlainTime; readonly offset: string }
    | { readonly kind: 'TimeZone'; readonly zone: string }
    /** Years, months and days, or hours to nanoseconds; never both. */
    | { readonly kind: 'Period'; readonly span: Temporal.Duration; readonly isTime: boolean }
  );

/** `Array.isArray` for read-only arrays, which the library's own type forgets. */
export function isArray(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}

export function isTime(value: Value): value is TimeValue {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind !== 'type';
}

export function isType(value: Value): value is TypeValue {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'type';
}
