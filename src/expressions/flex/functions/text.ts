/**
 * @module
 * Functions of `dw::Core` on strings. A String parameter takes numbers, booleans and bytes too, as text.
 */

import { boundedArray, boundedString, limits } from '../../limits.ts';
import { requireText } from '../coercion.ts';
import { equalValues } from '../equality.ts';
import type { CallContext, FunctionRow } from '../values.ts';
import { isArray, type Value } from '../values.ts';

function concat(_: CallContext, left: Value, right: Value): string {
  return boundedString(requireText(left, 'The left side of `++`') + requireText(right, 'The right side of `++`'));
}

function contains({ budget }: CallContext, container: Value, item: Value): boolean {
  if (isArray(container)) return container.some((candidate) => equalValues(candidate, item, budget));
  const text = requireText(container, 'The first argument of `contains`');
  const pattern = requireText(item, 'The second argument of `contains`');
  budget.chargeSearch(text, pattern);
  return text.includes(pattern);
}

function lower(_: CallContext, text: Value): Value {
  return text === null ? null : boundedString(requireText(text, '`lower`').toLowerCase());
}

function upper(_: CallContext, text: Value): Value {
  return text === null ? null : boundedString(requireText(text, '`upper`').toUpperCase());
}

const whiteSpace = /^\p{White_Space}$/u;

/** Unicode's white space, as Rust's `str::trim`: U+0085 is one and U+FEFF is not, unlike in JavaScript's `trim`. */
function trim(_: CallContext, value: Value): string {
  const text = requireText(value, '`trim`');
  let start = 0;
  let end = text.length;
  while (start < end && whiteSpace.test(text.charAt(start))) start += 1;
  while (end > start && whiteSpace.test(text.charAt(end - 1))) end -= 1;
  return text.slice(start, end);
}

/** An empty separator splits into characters (code points, not UTF-16 units). */
function splitBy({ budget }: CallContext, value: Value, by: Value): Value {
  if (value === null) return null;
  const text = requireText(value, 'The first argument of `splitBy`');
  const separator = requireText(by, 'The second argument of `splitBy`');
  budget.chargeSearch(text, separator);
  if (separator !== '') return boundedArray(text.split(separator, limits.arrayLength + 1));
  return boundedArray([...text.slice(0, 2 * limits.arrayLength + 2)]);
}

export const textFunctions: readonly FunctionRow[] = [
  {
    module: 'dw::Core',
    name: '++',
    signature: '++(left: String, right: String): String',
    summary: 'Joins two strings. `null` and arrays are errors.',
    arity: { exactly: 2 },
    profiles: { flex: concat, dataweave: 'also joins arrays and objects' },
  },
  {
    module: 'dw::Core',
    name: 'contains',
    signature: 'contains(text: String, part: String): Boolean · contains(items: Array, item: Any): Boolean',
    summary: 'Whether a string has a part, or an array an item equal to the second argument.',
    arity: { exactly: 2 },
    profiles: { flex: contains, dataweave: '`null` contains nothing, where Flex Gateway fails' },
  },
  {
    module: 'dw::Core',
    name: 'lower',
    signature: 'lower(text: String | Null): String | Null',
    summary: 'The string in lower case.',
    arity: { exactly: 1 },
    profiles: { flex: lower, dataweave: undefined },
  },
  {
    module: 'dw::Core',
    name: 'upper',
    signature: 'upper(text: String | Null): String | Null',
    summary: 'The string in upper case.',
    arity: { exactly: 1 },
    profiles: { flex: upper, dataweave: undefined },
  },
  {
    module: 'dw::Core',
    name: 'trim',
    signature: 'trim(text: String): String',
    summary: 'The string without white space at both ends.',
    arity: { exactly: 1 },
    profiles: { flex: trim, dataweave: '`null` stays `null`, where Flex Gateway fails' },
  },
  {
    module: 'dw::Core',
    name: 'splitBy',
    signature: 'splitBy(text: String | Null, separator: String): Array | Null',
    summary: 'The parts between the separators, empty ones included; an empty separator splits into characters.',
    arity: { exactly: 2 },
    profiles: { flex: splitBy, dataweave: 'drops empty parts at the end, and takes a regular expression too' },
  },
];
