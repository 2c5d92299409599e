/**
 * @module
 * JSON whose members keep their order and whose numbers keep all digits. Beyond 2^53 JavaScript would change a number,
 * and a token would name another account.
 *
 * Such a number is a `JSON.rawJSON` object (TC39, "JSON.parse source text access"), which JSON.stringify writes
 * unchanged.
 */
import { isRecord, type JsonObject, type JsonValue } from './json.ts';
import { objectOf } from './ordered-object.ts';

/** The newer methods of JSON, which the compiler's library does not declare yet. */
interface ExactJson {
  rawJSON(text: string): JsonValue;
  isRawJSON(value: unknown): boolean;
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

/** Whether JSON writes the value with braces. JavaScript takes an exact number for an object too. */
export function isObject(value: JsonValue): value is JsonObject {
  return isRecord(value) && exactDigits(value) === undefined;
}

/**
 * Whether the value has a number that may have lost digits: beyond 2^53 - 1 a double represents several integers. All
 * numbers of Envoy's metadata are doubles.
 */
export function isInexact(value: JsonValue): boolean {
  if (typeof value === 'number') return Math.abs(value) > Number.MAX_SAFE_INTEGER;
  return typeof value === 'object' && value !== null && Object.values(value).some(isInexact);
}

/** The value with doubles in place of exact numbers, as Envoy's metadata has them and Flex Gateway computes. */
export function inDoubles(value: JsonValue): JsonValue {
  if (typeof value !== 'object' || value === null) return value;
  const digits = exactDigits(value);
  if (digits !== undefined) return Number(digits);
  if (Array.isArray(value)) return value.map(inDoubles);
  return objectOf(Object.entries(value).map(([name, member]): [string, JsonValue] => [name, inDoubles(member)]));
}

/** Nobody nests JSON more deeply on purpose. */
export const deepestJson = 1_000;

/**
 * Parses JSON from a request, as JavaScript does: all numbers are doubles, like those of Envoy's metadata.
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
 * Whether a text may have what a JavaScript object or number would change, besides large numbers: a name that is an
 * array index, or more digits than a double keeps. It may find this in a string too, which costs only time.
 */
const mayChange = /"\d+"\s*:|\\u003|[\d.]{16}|\d[eE]-0*\d{3}/;

/**
 * Parses JSON and keeps the order of members and the digits of numbers. A number is a JavaScript number if that has the
 * same value, else an exact one.
 *
 * @throws SyntaxError
 */
export function parseExactly(text: string): JsonValue {
  const parsed = parseJson(text);
  // Such texts are rare: a second pass costs less than a slower first one for every text.
  return mayChange.test(text) || isInexact(parsed) ? new ExactReader(text).value() : parsed;
}

/** The number with the value that the text has. @param text a number as JSON writes it */
export function numberOf(text: string): JsonValue {
  const double = Number(text);
  return isInexact(double) || !isSameDecimal(text, String(double)) ? exactNumber(text) : double;
}

function isSameDecimal(one: string, other: string): boolean {
  return one === other || decimalOf(one) === decimalOf(other);
}

/** The significant digits and the place of the point, in one form for all ways to write a number. */
function decimalOf(text: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = number.exec(text) ?? [];
  const digits = `${whole}${fraction}`.replace(/^0+/, '');
  const significant = withoutZeros(digits);
  if (significant === '') return '0';
  return `${sign}${significant}e${Number(exponent) - fraction.length + digits.length - significant.length}`;
}

const number = /^(-?)(\d+)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/;

/** Without the zeros at the end. A regular expression would look at every run of zeros to its end. */
function withoutZeros(digits: string): string {
  let end = digits.length;
  while (digits[end - 1] === '0') end -= 1;
  return digits.slice(0, end);
}

/** Reads a text that JSON.parse has accepted, which is not nested deeper than `deepestJson`. */
class ExactReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  value(): JsonValue {
    switch (this.#next()) {
      case '{':
        return objectOf(this.#members());
      case '[':
        return this.#items();
      case '"':
        return this.#string();
      default:
        return this.#word();
    }
  }

  /** The next character after whitespace. */
  #next(): string {
    while (' \t\r\n'.includes(this.#text.charAt(this.#at)) && this.#at < this.#text.length) this.#at += 1;
    return this.#text.charAt(this.#at);
  }

  /** Whether the character comes next, which is then read. */
  #takes(character: string): boolean {
    if (this.#next() !== character) return false;
    this.#at += 1;
    return true;
  }

  #members(): [string, JsonValue][] {
    const members: [string, JsonValue][] = [];
    this.#at += 1;
    while (!this.#takes('}')) {
      this.#takes(',');
      this.#next();
      const name = this.#string();
      this.#takes(':');
      members.push([name, this.value()]);
    }
    return members;
  }

  #items(): JsonValue[] {
    const items: JsonValue[] = [];
    this.#at += 1;
    while (!this.#takes(']')) {
      this.#takes(',');
      items.push(this.value());
    }
    return items;
  }

  #string(): string {
    const start = this.#at;
    this.#at = endOfString(this.#text, start) + 1;
    return JSON.parse(this.#text.slice(start, this.#at));
  }

  /** A number, `true`, `false` or `null`. */
  #word(): JsonValue {
    word.lastIndex = this.#at;
    const found = word.exec(this.#text)?.[0] ?? '';
    this.#at += found.length;
    return /\d$/.test(found) ? numberOf(found) : JSON.parse(found);
  }
}

const word = /[\w.+-]+/y;
