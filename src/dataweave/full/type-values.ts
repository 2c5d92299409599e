/**
 * @module
 * Types by name, and those an expression puts together from them.
 */
import { equalsLiteral } from './literal-types.ts';
import { isNumber } from './numbers.ts';
import type { TypeNode } from './syntax.ts';
import { typeName } from './type-names.ts';
import {
  FunctionValue,
  isArray,
  isTime,
  isType,
  Key,
  ObjectValue,
  Range,
  RegexValue,
  type TypeValue,
  type Value,
} from './values.ts';

function plain(name: string, accepts: (value: Value) => boolean): TypeValue {
  return { kind: 'type', name, base: name, accepts, items: [] };
}

function isSimple(value: Value): boolean {
  return value !== null && !isArray(value) && !(value instanceof ObjectValue) && !(value instanceof FunctionValue);
}

const rows: readonly TypeValue[] = [
  plain('Any', () => true),
  plain('Nothing', () => false),
  plain('Null', (value) => value === null),
  plain('String', (value) => typeof value === 'string'),
  plain('Number', isNumber),
  plain('Boolean', (value) => typeof value === 'boolean'),
  plain('Array', (value) => isArray(value) && !(value instanceof Range)),
  plain('Range', (value) => value instanceof Range),
  plain('Object', (value) => value instanceof ObjectValue),
  plain('Key', (value) => value instanceof Key),
  plain('Binary', (value) => value instanceof Uint8Array),
  plain('Regex', (value) => value instanceof RegexValue),
  plain('Type', isType),
  plain('Function', (value) => value instanceof FunctionValue),
  plain('Uri', (value) => typeof value === 'string'),
  ...(['Date', 'DateTime', 'LocalDateTime', 'LocalTime', 'Time', 'TimeZone', 'Period'] as const).map((kind) =>
    plain(kind, (value) => isTime(value) && value.kind === kind),
  ),
  plain('SimpleType', isSimple),
  plain('Comparable', isSimple),
];

export const namedTypes: ReadonlyMap<string, TypeValue> = new Map(rows.map((row) => [row.name, row]));

const anyType = plain('Any', () => true);

/** The type of a value, as `typeOf` gives it. */
export function typeOf(value: Value): TypeValue {
  return namedTypes.get(typeName(value)) ?? anyType;
}

/** How a name becomes a type: one of the language's, or one that the expression declares. */
export type FindType = (name: string, start: number) => TypeValue;

export function typeFrom(node: TypeNode, find: FindType): TypeValue {
  switch (node.kind) {
    case 'named':
      return named(node, find);
    case 'union':
      return combined(
        'Union',
        ' | ',
        node.of.map((one) => typeFrom(one, find)),
        (items, value) => items.some((item) => item.accepts(value)),
      );
    case 'both':
      return combined(
        'Intersection',
        ' & ',
        node.of.map((one) => typeFrom(one, find)),
        (items, value) => items.every((item) => item.accepts(value)),
      );
    case 'literal':
      return literalType(node.value);
    case 'function':
      return { ...plain('Function', (value) => value instanceof FunctionValue && value.least <= node.arity) };
    case 'object':
      return objectType(node, find);
  }
}

function literalType(literal: Value): TypeValue {
  const name = typeof literal === 'string' ? `"${literal}"` : String(literal);
  const accepts = (value: Value): boolean => equalsLiteral(value, literal);
  return { kind: 'type', name, base: 'Literal', accepts, items: [] };
}

function named(node: TypeNode & { kind: 'named' }, find: FindType): TypeValue {
  const found = find(node.name, node.start);
  if (node.of.length === 0) return found;
  const items = node.of.map((one) => typeFrom(one, find));
  const name = `${node.name}<${items.map((one) => one.name).join(', ')}>`;
  // The engine does not look at the items.
  return { ...found, name, items };
}

function combined(
  base: string,
  sign: string,
  items: readonly TypeValue[],
  accepts: (items: readonly TypeValue[], value: Value) => boolean,
): TypeValue {
  const name = items.map((item) => item.name).join(sign);
  return { kind: 'type', name, base, items, accepts: (value) => accepts(items, value) };
}

function objectType(node: TypeNode & { kind: 'object' }, find: FindType): TypeValue {
  const fields = node.fields.map((field) => ({ ...field, type: typeFrom(field.type, find) }));
  const names = new Set(fields.map(({ name }) => name));
  const accepts = (value: Value): boolean => {
    if (!(value instanceof ObjectValue)) return false;
    if (node.isClosed && value.keys.some((key) => !names.has(key))) return false;
    return fields.every(({ name, isOptional, type }) => {
      const member = value.get(name);
      return member === undefined ? isOptional : type.accepts(member);
    });
  };
  const text = fields.map(({ name, isOptional, type }) => `${name}${isOptional ? '?' : ''}: ${type.name}`).join(', ');
  return { ...plain('Object', accepts), name: text === '' ? 'Object' : `{${text}}` };
}
