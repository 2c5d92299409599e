/**
 * @module
 * JSON with its numbers as they are written, for the profile that keeps that: `1E+3` is not `1000`.
 */
import { exactNumber } from '../../src/diagnostics/exact-json.ts';
import type { JsonObject, JsonValue } from '../../src/diagnostics/json.ts';

type Revive = (name: string, value: JsonValue, context: { readonly source?: string }) => JsonValue;

/** In terms of the newer JSON object, which the compiler's library does not describe yet. */
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

/** The value with the nearest double for each number that is kept as it is written. */
export function withDoubles(value: JsonValue): JsonValue {
  if (typeof value !== 'object' || value === null) return value;
  if (isExactNumber(value)) return Number(value['rawJSON']);
  if (Array.isArray(value)) return value.map(withDoubles);
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, withDoubles(member)]));
}
