/**
 * @module
 * From a type that an expression writes to the type as a value.
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

/** A name with what stands in `<…>` after it. */
export interface NamedType {
  readonly name: string;
  readonly start: number;
  readonly of: readonly TypeValue[];
  /** The members that lead to the type that is meant. */
  readonly path: readonly string[];
}

/** What a name stands for. */
export type FindType = (type: NamedType) => TypeValue;

export function typeFrom(node: TypeNode, find: FindType): TypeValue {
  switch (node.kind) {
    case 'named':
      return find({ ...node, of: node.of.map((one) => typeFrom(one, find)) });
    case 'union':
    case 'both':
      return combined(
        node.kind,
        node.of.map((one) => typeFrom(one, find)),
      );
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

/** The type of a member: of a union, where all its types have it; of an intersection, what those say that have it. */
export function memberType(type: TypeValue, name: string): TypeValue | undefined {
  if (type.base !== 'Union' && type.base !== 'Intersection') {
    return type.fields?.find((field) => field.name === name)?.type;
  }
  if (!isObjectType(type)) return undefined;
  const found = type.items.flatMap((item) => memberType(item, name) ?? []);
  const [only] = found;
  if (only === undefined || (type.base === 'Union' && found.length < type.items.length)) return undefined;
  return found.length === 1 ? only : combined('union', found);
}

function combined(kind: 'union' | 'both', items: readonly TypeValue[]): TypeValue {
  const base = kind === 'union' ? 'Union' : 'Intersection';
  const accepts = (value: Value): boolean =>
    kind === 'union' ? items.some((item) => item.accepts(value)) : items.every((item) => item.accepts(value));
  return { kind: 'type', name: combinedName(base, items), base, items, accepts };
}

/** A function is of the type where it takes so many arguments; what they are it says when it is called. */
function functionFrom(node: TypeNode & { kind: 'function' }, find: FindType): TypeValue {
  const parameters = node.parameters.map(({ name, type, isOptional }, i) => ({
    name: name ?? `param_${i}`,
    type: typeFrom(type, find),
    isOptional,
  }));
  const most = parameters.length;
  const accepts = (value: Value): boolean =>
    value instanceof FunctionValue && value.least <= most && value.most >= most;
  return { ...functionType, accepts, signature: { parameters, result: typeFrom(node.result, find) } };
}

/** A value keeps nothing of what stands in the braces, so that only `as` asks for it, and `is` for the type before. */
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

/**
 * @param isClosed `{| … |}`: no member but those that are named
 */
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
