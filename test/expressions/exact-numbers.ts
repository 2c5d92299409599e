/**
 * @module
 * JSON that keeps the text of its numbers, for the profile that does so: `1E+3` is not `1000`.
 */
import { exactNumber } from '../../src/diagnostics/exact-json.ts';
import type { JsonObject, JsonValue } from '../../src/diagnostics/json.ts';

type Revive = (name: string, value: JsonValue, context: { readonly source?: string }) => JsonValue;

/** The newer methods of the JSON object, which the compiler's library does not have yet. */
const json = JSON as unknown as {
  parse(text: string, revive: Revive): JsonValue;
  isRawJSON(value: JsonValue): value is JsonObject;
};

export function parseWithNumbers(text: string): JsonValue {
  return json.parse(text, (_, value, { source }) =>
    typeof value === 'number' && source !== undefined && String(value) !== source ? exactNumber(source) : value,
  );
}

export function isExactNumber(value: JsonValue): value is JsonObject {
  return json.isRawJSON(value);
}

/** The value with each number that keeps its text replaced by the nearest double. */
export function withDoubles(value: JsonValue): JsonValue {
  if (typeof value !== 'object' || value === null) return value;
  if (isExactNumber(value)) return Number(value['rawJSON']);
  if (Array.isArray(value)) return value.map(withDoubles);
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, withDoubles(member)]));
}
