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

/** Deeper than anybody nests JSON on purpose. */
export const deepestJson = 1_000;

/**
 * JSON out of a request.
 *
 * Node 26.10 itself ends, with a segmentation fault, after some `JSON.parse` of `[1,[1,[1,…` 10,000 deep and broken off:
 * a header that is longer than that is looked at first.
 *
 * @throws SyntaxError
 */
export function parseJson(text: string): JsonValue {
  if (text.length > deepestJson && isDeeper(text, deepestJson)) throw new SyntaxError('JSON is nested too deep');
  return JSON.parse(text);
}

const [quote, backslash] = [0x22, 0x5c];
const opening: ReadonlySet<number> = new Set([0x5b, 0x7b]);
const closing: ReadonlySet<number> = new Set([0x5d, 0x7d]);

function isDeeper(text: string, most: number): boolean {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === quote) at = endOfString(text, at);
    else if (opening.has(unit)) depth += 1;
    else if (closing.has(unit)) depth -= 1;
    if (depth > most) return true;
  }
  return false;
}

/** The place of the closing quote, or the end of the text. */
function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text.charCodeAt(at) !== quote) at += text.charCodeAt(at) === backslash ? 2 : 1;
  return at;
}

/**
 * Keeps the digits of whole numbers.
 *
 * @throws SyntaxError
 */
export function parseExactly(text: string): JsonValue {
  // Numbers of up to 15 digits are exact anyway, and reviving costs.
  if (!/\d{16}/.test(text)) return parseJson(text);
  if (isDeeper(text, deepestJson)) throw new SyntaxError('JSON is nested too deep');
  return json.parse(text, (_, value, { source }) =>
    typeof value === 'number' && !Number.isSafeInteger(value) && source !== undefined && /^-?\d+$/.test(source)
      ? exactNumber(source)
      : value,
  );
}
