/**
 * @module
 * The type of a value by its name.
 */
import { isNumber } from './numbers.ts';
import { FunctionValue, isArray, Key, ObjectValue, Range, RegexValue, UriValue, type Value } from './values.ts';

/** As `typeOf` names it. */
export function typeName(value: Value): string {
  switch (typeof value) {
    case 'string':
      return 'String';
    case 'boolean':
      return 'Boolean';
    case 'number':
      return 'Number';
    default:
      return typeNameOfObject(value);
  }
}

function typeNameOfObject(value: Exclude<Value, string | boolean | number>): string {
  if (value === null) return 'Null';
  if (value instanceof ObjectValue) return 'Object';
  if (value instanceof Range) return 'Range';
  if (isArray(value)) return 'Array';
  if (isNumber(value)) return 'Number';
  return typeNameOfRare(value);
}

function typeNameOfRare(value: Value): string {
  if (value instanceof Key) return 'Key';
  if (value instanceof Uint8Array) return 'Binary';
  if (value instanceof RegexValue) return 'Regex';
  if (value instanceof UriValue) return 'Uri';
  if (value instanceof FunctionValue) return 'Function';
  if (typeof value === 'object' && value !== null && 'kind' in value)
    return value.kind === 'type' ? 'Type' : value.kind;
  return 'Any';
}
