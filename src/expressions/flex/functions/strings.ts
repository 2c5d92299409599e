/**
 * @module
 * Functions of `dw::Core` that take or give strings. A String parameter also accepts numbers, booleans and bytes.
 */
import { boundedArray, boundedString, limits } from '../../limits.ts';
import { requireString } from '../coercion.ts';
import { equalValues } from '../equality.ts';
import { type CallContext, type FunctionRow, isArray, type Value } from '../values.ts';

function concat(_: CallContext, left: Value, right: Value): string {
  return boundedString(requireString(left, 'The left side of `++`') + requireString(right, 'The right side of `++`'));
}

function contains({ budget }: CallContext, container: Value, item: Value): boolean {
  if (isArray(container)) return container.some((candidate) => equalValues(candidate, item, budget));
  const text = requireString(container, 'The first argument of `contains`');
  const pattern = requireString(item, 'The second argument of `contains`');
  budget.chargeSearch(text, pattern);
  return text.includes(pattern);
}

function lower(_: CallContext, text: Value): Value {
  return text === null ? null : boundedString(requireString(text, '`lower`').toLowerCase());
}

function upper(_: CallContext, text: Value): Value {
  return text === null ? null : boundedString(requireString(text, '`upper`').toUpperCase());
}

const whiteSpace = /^\p{White_Space}$/u;

/** Unicode's White_Space, as in Rust's `str::trim`. It has U+0085 and not U+FEFF, unlike JavaScript's `trim`. */
function trim(_: CallContext, value: Value): string {
  const text = requireString(value, '`trim`');
  let start = 0;
  let end = text.length;
  while (start < end && whiteSpace.test(text.charAt(start))) start += 1;
  while (end > start && whiteSpace.test(text.charAt(end - 1))) end -= 1;
  return text.slice(start, end);
}

/** An empty separator splits into characters (code points, not UTF-16 code units). */
function splitBy({ budget }: CallContext, value: Value, by: Value): Value {
  if (value === null) return null;
  const text = requireString(value, 'The first argument of `splitBy`');
  const separator = requireString(by, 'The second argument of `splitBy`');
  budget.chargeSearch(text, separator);
  if (separator !== '') return boundedArray(text.split(separator, limits.arrayLength + 1));
  return boundedArray([...text.slice(0, 2 * limits.arrayLength + 2)]);
}

export const stringFunctions: readonly FunctionRow[] = [
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
    summary: 'Whether a string contains the second argument, or an array contains an equal item.',
    arity: { exactly: 2 },
    profiles: { flex: contains, dataweave: 'gives `false` for `null`, where Flex Gateway fails' },
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
    summary: 'The string without leading and trailing whitespace.',
    arity: { exactly: 1 },
    profiles: { flex: trim, dataweave: 'gives `null` for `null`, where Flex Gateway fails' },
  },
  {
    module: 'dw::Core',
    name: 'splitBy',
    signature: 'splitBy(text: String | Null, separator: String): Array | Null',
    summary: 'The parts between the separators, including empty ones. An empty separator splits into characters.',
    arity: { exactly: 2 },
    profiles: { flex: splitBy, dataweave: 'drops empty parts at the end, and also accepts a regular expression' },
  },
  {
    module: 'dw::Core',
    name: 'uuid',
    signature: 'uuid(): String',
    summary: 'A random UUID, version 4; a new one for each request.',
    arity: { exactly: 0 },
    random: true,
    profiles: { flex: (call) => call.randomId(), dataweave: undefined },
  },
];
