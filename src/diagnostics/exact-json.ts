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
  isRawJSON(value: unknown): boolean;
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

/** The digits of what `exactNumber` made; undefined for any other value. */
export function exactDigits(value: JsonValue): string | undefined {
  return json.isRawJSON(value) ? JSON.stringify(value) : undefined;
}

/**
 * Whether digits of a number in the value may be lost: beyond 2^53 - 1 a double stands for several whole numbers. Envoy's
 * metadata holds nothing but doubles.
 */
export function isInexact(value: JsonValue): boolean {
  if (typeof value === 'number') return Math.abs(value) > Number.MAX_SAFE_INTEGER;
  return typeof value === 'object' && value !== null && Object.values(value).some(isInexact);
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
 * Keeps the digits of whole numbers, and the text of numbers that no double holds.
 *
 * @throws SyntaxError
 */
export function parseExactly(text: string): JsonValue {
  const parsed = parseJson(text);
  // Few texts have such numbers, and a second look costs less than reviving all of them.
  if (!isInexact(parsed)) return parsed;
  return json.parse(text, (_, value, { source }) =>
    typeof value === 'number' && isInexact(value) && source !== undefined ? exactNumber(source) : value,
  );
}
