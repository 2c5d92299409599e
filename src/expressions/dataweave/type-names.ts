/**
 * @module
 * The name of a value's type.
 */
import type { Decimal } from './decimal.ts';
import {
  FunctionValue,
  isArray,
  Key,
  ObjectValue,
  Range,
  RegexValue,
  type TypeBase,
  UriValue,
  type Value,
} from './values.ts';

/** The name that `typeOf` returns. */
export function typeName(value: Value): TypeBase {
  switch (typeof value) {
    case 'string':
      return 'String';
    case 'boolean':
      return 'Boolean';
    case 'number':
      return 'Number';
    default:
      return value === null ? 'Null' : typeNameOfObject(value);
  }
}

function typeNameOfObject(value: Exclude<Value, null | string | boolean | number>): TypeBase {
  if (value instanceof ObjectValue) return 'Object';
  if (value instanceof Range) return 'Range';
  if (isArray(value)) return 'Array';
  if ('kind' in value) return value.kind === 'type' ? 'Type' : value.kind;
  if (value instanceof Key) return 'Key';
  if (value instanceof Uint8Array) return 'Binary';
  if (value instanceof RegexValue) return 'Regex';
  if (value instanceof UriValue) return 'Uri';
  if (value instanceof FunctionValue) return 'Function';
  value satisfies Decimal;
  return 'Number';
}
