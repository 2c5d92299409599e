/**
 * @module
 * The types of an additional claim: converts a variable's value or a policy's text to the value in the token.
 *
 * Apigee does not document what happens to a value that cannot be converted. Here it is an error, never another value.
 */

import { exactNumber, isObject, parseExactly } from '../../diagnostics/exact-json.ts';
import type { JsonObject, JsonValue } from '../../diagnostics/json.ts';
import type { RefusalCode } from '../../diagnostics/refusals.ts';
import { exact } from '../exact-value.ts';
import { textOf } from './value-text.ts';

export type ClaimType = 'string' | 'number' | 'boolean' | 'map';

export const claimTypes: readonly ClaimType[] = ['string', 'number', 'boolean', 'map'];

/** A value that cannot be converted. Its `message` is the end of a sentence that begins with the claim's name. */
export class ConversionError extends Error {
  override readonly name = 'ConversionError';
  readonly code: RefusalCode;

  constructor(message: string, code: RefusalCode = 'apigee.generation-failed') {
    super(message);
    this.code = code;
  }
}

/** @throws ConversionError */
export function convert(value: JsonValue, type: ClaimType, array: boolean): JsonValue {
  return array ? itemsOf(value, type).map((item) => scalars[type](item)) : scalars[type](value);
}

const scalars: Readonly<Record<ClaimType, (value: JsonValue) => JsonValue>> = {
  string: textOf,
  number: toNumber,
  boolean: toBoolean,
  map: toObject,
};

/** The items of a list. A string is split at its commas, unless the items are maps. */
function itemsOf(value: JsonValue, type: ClaimType): readonly JsonValue[] {
  if (Array.isArray(value)) return value;
  if (type === 'map') {
    const parsed = typeof value === 'string' ? parseJson(value) : value;
    return Array.isArray(parsed) ? parsed : [parsed];
  }
  return splitList(textOf(value));
}

/** The parts between commas, trimmed and without empty ones. */
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
  if (!Number.isFinite(number)) throw new ConversionError('is not a number');
  if (!Number.isInteger(number) || Number.isSafeInteger(number)) return number;
  if (!/^-?[1-9]\d{0,17}$/.test(text)) throw new ConversionError('is a number with more than 18 digits');
  return exactNumber(text);
}

function toBoolean(value: JsonValue): boolean {
  if (typeof value === 'boolean') return value;
  const text = textOf(value).trim().toLowerCase();
  if (text !== 'true' && text !== 'false') throw new ConversionError('is neither true nor false');
  return text === 'true';
}

/** @throws ConversionError */
export function toObject(value: JsonValue): JsonObject {
  const parsed = typeof value === 'string' ? parseJson(value) : exact(value);
  if (!isObject(parsed)) throw notJson();
  return parsed;
}

function parseJson(text: string): JsonValue {
  try {
    return parseExactly(text);
  } catch (error) {
    if (error instanceof SyntaxError) throw notJson();
    throw error;
  }
}

function notJson(): ConversionError {
  return new ConversionError('is not a JSON object', 'apigee.invalid-json-format');
}
