/**
 * @module
 * JSON whose numbers keep all of their digits: beyond 2^53 JavaScript would make others of them, and a token would
 * name another account.
 *
 * Such a number is what `JSON.rawJSON` makes (TC39, "JSON.parse source text access"): JSON.stringify writes it as it came.
 */
import type { JsonValue } from './json.ts';

/** In terms of the newer JSON object, which the compiler's library does not describe yet. */
interface ExactJson {
  rawJSON(text: string): JsonValue;
  parse(
    text: string,
    revive: (name: string, value: JsonValue, context: { readonly source?: string }) => JsonValue,
  ): JsonValue;
}

const json: ExactJson = JSON as unknown as ExactJson;

/** @param text a number as JSON writes it */
export function exactNumber(text: string): JsonValue {
  return json.rawJSON(text);
}

/**
 * Keeps the digits of whole numbers.
 *
 * @throws SyntaxError
 */
export function parseExactly(text: string): JsonValue {
  // Numbers of up to 15 digits are exact anyway, and reviving costs.
  if (!/\d{16}/.test(text)) return JSON.parse(text);
  return json.parse(text, (_, value, { source }) =>
    typeof value === 'number' && !Number.isSafeInteger(value) && source !== undefined && /^-?\d+$/.test(source)
      ? exactNumber(source)
      : value,
  );
}
