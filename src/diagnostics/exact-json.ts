/**
 * @module
 * JSON whose numbers keep all digits. Beyond 2^53 JavaScript would change them, and a token would name another account.
 *
 * Such a number is a `JSON.rawJSON` object (TC39, "JSON.parse source text access"), which JSON.stringify writes
 * unchanged.
 */
import type { JsonValue } from './json.ts';

/** The newer methods of JSON, which the compiler's library does not declare yet. */
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

/** The digits of a value from `exactNumber`; undefined for any other value. */
export function exactDigits(value: JsonValue): string | undefined {
  return json.isRawJSON(value) ? JSON.stringify(value) : undefined;
}

/**
 * Whether the value has a number that may have lost digits: beyond 2^53 - 1 a double represents several integers. All
 * numbers of Envoy's metadata are doubles.
 */
export function isInexact(value: JsonValue): boolean {
  if (typeof value === 'number') return Math.abs(value) > Number.MAX_SAFE_INTEGER;
  return typeof value === 'object' && value !== null && Object.values(value).some(isInexact);
}

/** Nobody nests JSON more deeply on purpose. @internal Exported for the test at the limit. */
export const deepestJson = 1_000;

/**
 * Parses JSON from a request.
 *
 * Node 26.10 crashes with a segmentation fault after some calls of `JSON.parse` with a truncated `[1,[1,[1,…` of depth
 * 10,000. So the depth of longer text is checked first.
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

function isDeeper(text: string, max: number): boolean {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === quote) at = endOfString(text, at);
    else if (opening.has(unit)) depth += 1;
    else if (closing.has(unit)) depth -= 1;
    if (depth > max) return true;
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
 * Parses JSON and keeps all digits of integers, and the text of numbers outside the range of doubles.
 *
 * @throws SyntaxError
 */
export function parseExactly(text: string): JsonValue {
  const parsed = parseJson(text);
  // Such numbers are rare: a second pass costs less than a reviver for every text.
  if (!isInexact(parsed)) return parsed;
  return json.parse(text, (_, value, { source }) =>
    typeof value === 'number' && isInexact(value) && source !== undefined ? exactNumber(source) : value,
  );
}
