/**
 * @module
 * Conversions from one type to another: by `as`, and implied by operators and functions.
 */
import { MintError } from '../../diagnostics/mint-error.ts';
import { limits } from '../limits.ts';
import { bytesFrom, textFrom } from './binary-text.ts';
import { formatNumber, parseFormatted } from './decimal-format.ts';
import { Absence, notConvertible } from './failures.ts';
import { isNumber, type Num, numberText, parseNumber, toDouble } from './numbers.ts';
import { regexOf } from './regex.ts';
import { timeAs, timeToNumber } from './time-conversion.ts';
import { formatTime } from './time-format.ts';
import { timeText } from './time-text.ts';
import { typeName } from './type-names.ts';
import { typeText } from './type-values.ts';
import {
  isArray,
  isTime,
  isType,
  Key,
  ObjectValue,
  Range,
  RegexValue,
  type TimeKind,
  type TypeBase,
  type TypeValue,
  UriValue,
  type Value,
} from './values.ts';

/** The options in the braces after a type: `{format: …, unit: …, locale: …}`. */
export interface Schema {
  readonly format?: string | undefined;
  readonly unit?: string | undefined;
  /** Java's name of the rounding mode for a formatted number. */
  readonly roundMode?: string | undefined;
  /** How strictly a date is parsed: `SMART`, `STRICT`, `LENIENT`. */
  readonly mode?: string | undefined;
  readonly base?: string | undefined;
  readonly encoding?: string | undefined;
}

export function schemaOf(value: Value): Schema {
  if (!(value instanceof ObjectValue)) return {};
  const text = (name: string): string | undefined => {
    const found = value.get(name);
    return found === undefined || found === null ? undefined : textOf(found);
  };
  requireEnglish(text('locale'));
  return {
    format: text('format'),
    unit: text('unit'),
    mode: text('mode'),
    roundMode: text('roundMode'),
    base: text('base'),
    encoding: text('encoding'),
  };
}

/** @throws MintError `dataweave.unsupported` for a locale other than English */
export function requireEnglish(locale: string | undefined): void {
  if (locale === undefined || /^en(?:[-_]|$)/i.test(locale)) return;
  throw new MintError('dataweave.unsupported', 'The only supported locale for numbers and dates is English.');
}

/** The value as a string; undefined for null, arrays, objects and functions. */
export function textOf(value: Value): string | undefined {
  switch (typeof value) {
    case 'string':
      return value;
    case 'boolean':
      return String(value);
    case 'number':
      return numberText(value);
    default:
      return value === null ? undefined : textOfObject(value);
  }
}

function textOfObject(value: Exclude<Value, null | string | boolean | number>): string | undefined {
  if (isNumber(value)) return numberText(value);
  if (value instanceof Key) return value.name;
  if (value instanceof Uint8Array)
    return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('utf8');
  if (value instanceof RegexValue) return value.source;
  if (value instanceof UriValue) return value.text;
  if (isTime(value)) return timeText(value);
  return isType(value) ? value.name : undefined;
}

export function toNumber(value: Value): Num | undefined {
  if (isNumber(value)) return value;
  if (value instanceof Key) return parseNumber(value.name);
  return typeof value === 'string' ? parseNumber(value) : undefined;
}

export function toBoolean(value: Value): boolean | undefined {
  if (typeof value === 'boolean') return value;
  const text = value instanceof Key ? value.name : value;
  if (typeof text !== 'string' || text.length > 5) return undefined;
  const lower = text.toLowerCase();
  return lower === 'true' ? true : lower === 'false' ? false : undefined;
}

/** @throws MintError `dataweave.conversion`, which `default` handles */
export function convert(value: Value, type: TypeValue, schema: Schema): Value {
  if (type.base === 'Union') return convertToFirst(value, type, schema);
  const base = type.literal === undefined ? type.base : typeName(type.literal);
  const found = conversions[base].explicit?.(value, withMetadata(schema, type.metadata));
  if (found !== undefined && (type.literal === undefined || type.accepts(found))) return found;
  if (type.accepts(value)) return value;
  throw notConvertible(value, typeText(type));
}

/** The options after `as` override those of the type. */
function withMetadata(schema: Schema, metadata: ObjectValue | undefined): Schema {
  if (metadata === undefined) return schema;
  const written = Object.entries(schema).filter(([, value]) => value !== undefined);
  return { ...schemaOf(metadata), ...Object.fromEntries(written) };
}

/** Converts to the first type of the union that can represent the value. */
function convertToFirst(value: Value, type: TypeValue, schema: Schema): Value {
  if (type.accepts(value)) return value;
  for (const item of type.items) {
    try {
      return convert(value, item, schema);
    } catch (error) {
      if (!(error instanceof Absence)) throw error;
    }
  }
  throw notConvertible(value, typeText(type));
}

/** A number becomes its lowest byte, and bytes become the number of their first byte, as in the engine's Java. */
function lowestByte(value: Num): Uint8Array | undefined {
  const whole = Math.trunc(toDouble(value));
  return Number.isSafeInteger(whole) ? Uint8Array.of(((whole % 256) + 256) % 256) : undefined;
}

function firstByte(bytes: Uint8Array): number {
  return bytes[0] ?? -1;
}

/** How a value becomes a value of one type. Each function returns undefined if the value cannot be converted. */
interface Conversion {
  /** What `as` does. */
  readonly explicit?: (value: Value, schema: Schema) => Value | undefined;
  /** What operators and function parameters of this type do with an argument of another type. */
  readonly implied?: (value: Value) => Value | undefined;
}

function timeConversion(kind: TimeKind): Conversion {
  return {
    explicit: (value, schema) => timeAs(value, kind, schema),
    implied: (value) => (isImpliedTime(value, kind) ? timeAs(value, kind, {}) : undefined),
  };
}

/** A string is parsed, a number becomes a DateTime, and a moment has a date, a time and a time zone. */
function isImpliedTime(value: Value, kind: TimeKind): boolean {
  if (isTime(value)) return (value.kind === 'DateTime' || value.kind === 'LocalDateTime') && kind !== 'Period';
  return typeof value === 'string' || (isNumber(value) && kind === 'DateTime');
}

const conversions: { readonly [base in TypeBase]: Conversion } = {
  String: {
    explicit: (value, schema) => {
      const { format } = schema;
      if (value instanceof Uint8Array) return textFrom(value, schema);
      if (format !== undefined && isNumber(value)) return formatNumber(value, format, schema.roundMode);
      if (format !== undefined && isTime(value)) return formatTime(value, format);
      return textOf(value);
    },
    implied: textOf,
  },
  Number: {
    explicit: (value, { format, unit }) => {
      if (typeof value === 'string' && format !== undefined) return parseFormatted(value, format);
      if (value instanceof Uint8Array) return firstByte(value);
      return isTime(value) ? timeToNumber(value, unit) : toNumber(value);
    },
    // A DateTime is its seconds since 1970, a Period its seconds or months.
    implied: (value) => {
      if (value instanceof Uint8Array) return firstByte(value);
      return isTime(value) ? timeToNumber(value, undefined) : toNumber(value);
    },
  },
  Boolean: { explicit: toBoolean, implied: toBoolean },
  Array: {
    explicit: (value) => (value instanceof Range ? Array.from(value) : isArray(value) ? value : undefined),
    implied: (value) => (isArray(value) ? value : undefined),
  },
  Key: {
    explicit: (value) => {
      const text = textOf(value);
      return text === undefined ? undefined : new Key(text);
    },
    implied: (value) => (typeof value === 'string' ? new Key(value) : undefined),
  },
  Regex: { explicit: regexFrom, implied: regexFrom },
  Binary: {
    explicit: (value, schema) =>
      typeof value === 'string' ? bytesFrom(value, schema) : isNumber(value) ? lowestByte(value) : undefined,
    implied: (value) => {
      if (isNumber(value)) return lowestByte(value);
      return typeof value === 'string' && value.length <= limits.stringLength ? Buffer.from(value, 'utf8') : undefined;
    },
  },
  Uri: { explicit: (value) => (typeof value === 'string' ? uriOf(value) : undefined) },
  Date: timeConversion('Date'),
  DateTime: timeConversion('DateTime'),
  LocalDateTime: timeConversion('LocalDateTime'),
  LocalTime: timeConversion('LocalTime'),
  Time: timeConversion('Time'),
  TimeZone: timeConversion('TimeZone'),
  Period: timeConversion('Period'),
  Any: {},
  Function: {},
  Intersection: {},
  Literal: {},
  Namespace: {},
  Nothing: {},
  Null: {},
  Object: {},
  Range: {},
  Type: {},
  Union: {},
};

function regexFrom(value: Value): Value | undefined {
  if (value instanceof Key) return regexOf(value.name);
  return typeof value === 'string' ? regexOf(value) : undefined;
}

/** The conversion of arguments for a parameter of this type; undefined if there is none. */
export function impliedConversion(base: TypeBase): Conversion['implied'] {
  return conversions[base].implied;
}

/** The argument as a parameter of this type receives it; undefined if the parameter does not accept it. */
export function implied(value: Value, base: TypeBase): Value | undefined {
  return conversions[base].implied?.(value);
}

/** The types of several values, for messages. */
export function typesOf(values: readonly Value[]): string {
  return values.map(typeName).join(', ');
}

const scheme = /^[A-Za-z][\w+.-]*:/;

/** Undefined if the string is not a URI. */
function uriOf(text: string): UriValue | undefined {
  if (/[\s"<>\\^`{|}]/.test(text)) return undefined;
  const named = scheme.exec(text)?.[0];
  if (named === undefined && /^[^/?#]*:/.test(text)) return undefined;
  return hasValidBrackets(text.slice(named?.length ?? 0)) ? new UriValue(text) : undefined;
}

/** Brackets are allowed only in the authority, after `//`, around an IPv6 address. */
function hasValidBrackets(text: string): boolean {
  if (!/[[\]]/.test(text)) return true;
  if (!text.startsWith('//')) return false;
  const path = text.slice(2).search(/[/?#]/);
  const end = path === -1 ? text.length : path + 2;
  return /^(?:[^[\]]|\[[\da-fA-F:.]+\])*$/.test(text.slice(2, end)) && !/[[\]]/.test(text.slice(end));
}
