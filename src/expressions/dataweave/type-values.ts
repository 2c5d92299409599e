/**
 * @module
 * The built-in types of the language by name. `module-types.ts` has those that DataWeave's modules declare
 * (`Dictionary`, `Comparable`).
 */
import { isNumber } from './numbers.ts';
import { typeName } from './type-names.ts';
import {
  type FieldType,
  FunctionValue,
  isArray,
  isTime,
  isType,
  Key,
  ObjectValue,
  Range,
  RegexValue,
  type TypeBase,
  type TypeValue,
  timeKinds,
  UriValue,
  type Value,
} from './values.ts';

function plain(name: TypeBase, accepts: (value: Value) => boolean): TypeValue {
  return { kind: 'type', name, base: name, accepts, items: [] };
}

export const anyType = plain('Any', () => true);
export const functionType = plain('Function', (value) => value instanceof FunctionValue);
export const objectType = plain('Object', (value) => value instanceof ObjectValue);

const rows: readonly TypeValue[] = [
  anyType,
  plain('Nothing', () => false),
  plain('Null', (value) => value === null),
  plain('String', (value) => typeof value === 'string'),
  plain('Number', isNumber),
  plain('Boolean', (value) => typeof value === 'boolean'),
  plain('Array', (value) => isArray(value) && !(value instanceof Range)),
  plain('Range', (value) => value instanceof Range),
  objectType,
  plain('Key', (value) => value instanceof Key),
  plain('Binary', (value) => value instanceof Uint8Array),
  plain('Regex', (value) => value instanceof RegexValue),
  plain('Type', isType),
  plain('Uri', (value) => value instanceof UriValue),
  plain('Namespace', () => false),
  ...timeKinds.map((kind) => plain(kind, (value) => isTime(value) && value.kind === kind)),
];

/** The types that an expression can name. It cannot name `Function`. */
export const namedTypes: ReadonlyMap<string, TypeValue> = new Map(rows.map((row) => [row.name, row]));

/** The type of a value, as `typeOf` returns it. */
export function typeOf(value: Value): TypeValue {
  if (value instanceof FunctionValue) return { ...functionType, signature: value.signature };
  return namedTypes.get(typeName(value)) ?? anyType;
}

/** The built-in type of a declared type: String for `type A = "x"`. Unions and intersections remain. */
export function baseTypeOf(type: TypeValue): TypeValue {
  if (type.literal !== undefined) return typeOf(type.literal);
  if (type.base === 'Function') return { ...functionType, signature: type.signature };
  const base = namedTypes.get(type.base);
  if (base === undefined) return { ...partsOf(type), name: combinedName(type.base, type.items) };
  return type.items.length === 0 ? base : { ...base, items: type.items };
}

/** A type without its name. It reads the parts one by one, because those of a declared type are getters. */
function partsOf({ base, items, accepts }: TypeValue): Omit<TypeValue, 'name'> {
  return { kind: 'type', base, items, accepts: (value) => accepts(value) };
}

export function combinedName(base: TypeBase, items: readonly TypeValue[]): string {
  return items.map(({ name }) => name).join(separatorOf(base));
}

function separatorOf(base: TypeBase): string {
  return base === 'Union' ? ' | ' : ' & ';
}

/** A type for messages, such as `{a: Number}` instead of its name `Object`. It hides the value of a string literal. */
export function typeText(type: TypeValue): string {
  const { name, base, items, literal, fields, signature } = type;
  if (literal !== undefined) return typeof literal === 'string' ? '"…"' : String(literal);
  if (items.length > 0 && name === combinedName(base, items)) return items.map(typeText).join(separatorOf(base));
  if (fields !== undefined && name === 'Object') return `{${fields.map(fieldText).join(', ')}}`;
  if (signature === undefined || name !== 'Function') return name;
  const result = signature.result === undefined ? 'Any' : typeText(signature.result);
  return `(${signature.parameters.map((one) => typeText(one.type)).join(', ')}) -> ${result}`;
}

function fieldText({ name = '_', isRepeated, isOptional, type }: FieldType): string {
  return `${name}${isRepeated ? '*' : ''}${isOptional ? '?' : ''}: ${typeText(type)}`;
}

/** Whether two types are equal apart from their declared names. Two object types are never equal. */
export function isSameType(left: TypeValue, right: TypeValue): boolean {
  if (left === right) return true;
  if (isOnlyEqualToItself(left) || isOnlyEqualToItself(right)) return false;
  return (
    left.base === right.base &&
    left.literal === right.literal &&
    left.items.length === right.items.length &&
    left.items.every((item, i) => isSameType(item, right.items[i] ?? anyType))
  );
}

function isOnlyEqualToItself({ fields, metadata, isReference }: TypeValue): boolean {
  return isReference === true || fields !== undefined || metadata !== undefined;
}
