/**
 * @module
 * When a value is of a type such as `"a"` or `1`, which has one value.
 */
import { compareNumbers, isNumber } from './numbers.ts';
import type { Value } from './values.ts';

export function equalsLiteral(value: Value, literal: Value): boolean {
  if (isNumber(value) && isNumber(literal)) return compareNumbers(value, literal) === 0;
  return value === literal;
}
