/**
 * @module
 * The types of an additional claim: from a variable's value or a policy's text to what stands in the token.
 *
 * What Apigee makes of a text that does not fit is documented nowhere; here it is a fault, never a different value.
 */
import type { Code } from '../../diagnostics/codes.ts';
import { exactNumber, parseExactly } from '../../diagnostics/exact-json.ts';
import type { JsonObject, JsonValue } from '../../diagnostics/json.ts';
import { exact } from '../exact-value.ts';
import { textOf } from './value-text.ts';

export type ClaimType = 'string' | 'number' | 'boolean' | 'map';

export const claimTypes: readonly ClaimType[] = ['string', 'number', 'boolean', 'map'];

/** A value that does not fit its type; `message` ends a sentence that begins with the claim's name. */
export class Misfit extends Error {
  override readonly name = 'Misfit';
  readonly code: Code;

  constructor(message: string, code: Code = 'apigee.generation-failed') {
    super(message);
    this.code = code;
  }
}

/** @throws Misfit */
export function convert(value: JsonValue, type: ClaimType, array: boolean): JsonValue {
  return array ? itemsOf(value, type).map((item) => scalars[type](item)) : scalars[type](value);
}

const scalars: Readonly<Record<ClaimType, (value: JsonValue) => JsonValue>> = {
  string: textOf,
  number: toNumber,
  boolean: toBoolean,
  map: toObject,
};

/** A list as it is; a text is split at its commas, without the blanks around them. A map cannot be split so. */
function itemsOf(value: JsonValue, type: ClaimType): readonly JsonValue[] {
  if (Array.isArray(value)) return value;
  if (type === 'map') {
    const parsed = typeof value === 'string' ? parseJson(value) : value;
    return Array.isArray(parsed) ? parsed : [parsed];
  }
  return splitList(textOf(value));
}

/** The parts between commas, without blanks around them and without empty ones. */
export function splitList(text: string): readonly string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

const decimal = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;

function toNumber(value: JsonValue): JsonValue {
  if (typeof value === 'number') return exact(value);
  const text = textOf(value).trim();
  const number = decimal.test(text) ? Number(text) : Number.NaN;
  if (!Number.isFinite(number)) throw new Misfit('is not a number');
  if (!Number.isInteger(number) || Number.isSafeInteger(number)) return number;
  if (!/^-?[1-9]\d{0,17}$/.test(text)) throw new Misfit('is a number of more than 18 digits');
  return exactNumber(text);
}

function toBoolean(value: JsonValue): boolean {
  if (typeof value === 'boolean') return value;
  const text = textOf(value).trim().toLowerCase();
  if (text !== 'true' && text !== 'false') throw new Misfit('is neither true nor false');
  return text === 'true';
}

function toObject(value: JsonValue): JsonObject {
  const parsed = typeof value === 'string' ? parseJson(value) : exact(value);
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) throw notJson();
  return parsed as JsonObject;
}

/** @throws Misfit */
export function parseObject(value: JsonValue): JsonObject {
  return toObject(value);
}

function parseJson(text: string): JsonValue {
  try {
    return parseExactly(text);
  } catch (error) {
    if (error instanceof SyntaxError) throw notJson();
    throw error;
  }
}

function notJson(): Misfit {
  return new Misfit('is not a JSON object', 'apigee.invalid-json-format');
}
