/**
 * @module
 * Makes the value of a type from its syntax.
 */

import { compareNumbers, isNumber } from './numbers.ts';
import type { FieldNode, TypeNode } from './syntax.ts';
import { combinedName, functionType, objectType, typeOf } from './type-values.ts';
import {
  emptyObject,
  type FieldType,
  FunctionValue,
  ObjectBuilder,
  ObjectValue,
  type TypeValue,
  type Value,
} from './values.ts';

/** The name of a type, with the type arguments in `<…>`. */
export interface NamedType {
  readonly name: string;
  readonly start: number;
  readonly of: readonly TypeValue[];
  /** The fields to follow to the type: `User.address.city`. */
  readonly path: readonly string[];
}

/** Resolves a name. */
export type FindType = (type: NamedType) => TypeValue;

export function typeFrom(node: TypeNode, find: FindType): TypeValue {
  switch (node.kind) {
    case 'named':
      return find({ ...node, of: node.of.map((one) => typeFrom(one, find)) });
    case 'union':
      return unionOf(node.of.map((one) => typeFrom(one, find)));
    case 'intersection':
      return intersectionOf(node.of.map((one) => typeFrom(one, find)));
    case 'literal':
      return literalType(node.value);
    case 'function':
      return functionFrom(node, find);
    case 'object':
      return objectFrom(
        node.fields.map((field) => fieldFrom(field, find)),
        node.isClosed,
      );
    case 'annotated':
      return annotated(typeFrom(node.type, find), node.metadata);
  }
}

function fieldFrom(field: FieldNode, find: FindType): FieldType {
  return { ...field, type: typeFrom(field.type, find) };
}

function literalType(literal: NonNullable<TypeValue['literal']>): TypeValue {
  const accepts = (value: Value): boolean => equalsLiteral(value, literal);
  return { kind: 'type', name: typeOf(literal).name, base: 'Literal', accepts, items: [], literal };
}

function isObjectType({ base, items }: TypeValue): boolean {
  return base === 'Object' || ((base === 'Union' || base === 'Intersection') && items.every(isObjectType));
}

/**
 * The type of a member. All types of a union must have the member; for an intersection, the types that have it count.
 */
export function memberType(type: TypeValue, name: string): TypeValue | undefined {
  if (type.base !== 'Union' && type.base !== 'Intersection') {
    return type.fields?.find((field) => field.name === name)?.type;
  }
  if (!isObjectType(type)) return undefined;
  const found = type.items.flatMap((item) => memberType(item, name) ?? []);
  const [only] = found;
  if (only === undefined || (type.base === 'Union' && found.length < type.items.length)) return undefined;
  return found.length === 1 ? only : unionOf(found);
}

function unionOf(items: readonly TypeValue[]): TypeValue {
  const accepts = (value: Value): boolean => items.some((item) => item.accepts(value));
  return { kind: 'type', name: combinedName('Union', items), base: 'Union', items, accepts };
}

function intersectionOf(items: readonly TypeValue[]): TypeValue {
  const accepts = (value: Value): boolean => items.every((item) => item.accepts(value));
  return { kind: 'type', name: combinedName('Intersection', items), base: 'Intersection', items, accepts };
}

/** A function matches when its arity fits. The types of its parameters are checked at the call. */
function functionFrom(node: TypeNode & { kind: 'function' }, find: FindType): TypeValue {
  const parameters = node.parameters.map(({ name, type, isOptional }, i) => ({
    name: name ?? `param_${i}`,
    type: typeFrom(type, find),
    isOptional,
  }));
  const arity = parameters.length;
  const accepts = (value: Value): boolean =>
    value instanceof FunctionValue && value.minArguments <= arity && value.maxArguments >= arity;
  return { ...functionType, accepts, signature: { parameters, result: typeFrom(node.result, find) } };
}

/** A value does not keep the options in the braces: `as` uses them, and `is` asks only for the type before them. */
function annotated(type: TypeValue, metadata: ObjectValue): TypeValue {
  const { name, base, items, literal, fields, signature } = type;
  const inherited = type.metadata ?? emptyObject;
  const made = new ObjectBuilder();
  made.addAll(metadata);
  inherited.keys.forEach((key, i) => {
    if (metadata.indexOf(key) === -1) made.add(key, inherited.values[i] ?? null);
  });
  const accepts = (value: Value): boolean => type.accepts(value);
  return { kind: 'type', name, base, items, literal, fields, signature, accepts, metadata: made.build() };
}

function equalsLiteral(value: Value, literal: Value): boolean {
  if (isNumber(value) && isNumber(literal)) return compareNumbers(value, literal) === 0;
  return value === literal;
}

/** @param isClosed `{| … |}`: only the named members are allowed */
function objectFrom(fields: readonly FieldType[], isClosed: boolean): TypeValue {
  const named = new Map(fields.map((field): [string | undefined, FieldType] => [field.name, field]));
  const other = named.get(undefined);
  const accepts = (value: Value): boolean => {
    if (!(value instanceof ObjectValue)) return false;
    const seen = new Set<FieldType>();
    const fits = value.keys.every((key, i) => {
      const field = named.get(key) ?? other;
      if (field === undefined) return !isClosed;
      if (seen.has(field) && !field.isRepeated && field !== other) return false;
      seen.add(field);
      return field.type.accepts(value.values[i] ?? null);
    });
    return fits && fields.every((field) => field.isOptional || seen.has(field));
  };
  return { ...objectType, accepts, fields };
}
