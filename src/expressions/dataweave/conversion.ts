/**
 * @module
 * From one type to another: what `as` does, and what operators and functions do by themselves.
 */
import { MintError } from '../../diagnostics/mint-error.ts';
import { limits } from '../limits.ts';
import { bytesFrom, textFrom } from './binary-text.ts';
import { formatNumber, parseFormatted } from './decimal-format.ts';
import { Absence, notConvertible } from './failures.ts';
import { isNumber, type Num, numberText, parseNumber, toDouble } from './numbers.ts';
import { regexOf } from './regex.ts';
import { timeAs, timeKinds, timeToNumber } from './time-conversion.ts';
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
  type TypeValue,
  UriValue,
  type Value,
} from './values.ts';

/** What stands in the braces after a type: `{format: …, unit: …, locale: …}`. */
export interface Schema {
  readonly format?: string | undefined;
  readonly unit?: string | undefined;
  /** Java's name of how a number is rounded to its format. */
  readonly roundMode?: string | undefined;
  /** How strictly a date is read: `SMART`, `STRICT`, `LENIENT`. */
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

/** @throws MintError `dataweave.unsupported` for a locale in whose words or signs nothing is written here */
export function requireEnglish(locale: string | undefined): void {
  if (locale === undefined || /^en(?:[-_]|$)/i.test(locale)) return;
  throw new MintError('dataweave.unsupported', 'Numbers and dates are written in English: there is no other locale.');
}

/** The text of a value that has one; undefined for null, arrays, objects and functions. */
export function textOf(value: Value): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return String(value);
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

/** @throws MintError `dataweave.conversion`, which `default` answers for */
export function convert(value: Value, type: TypeValue, schema: Schema): Value {
  if (type.base === 'Union') return convertToOneOf(value, type, schema);
  const base = type.literal === undefined ? type.base : typeName(type.literal);
  const found = converters[base]?.(value, withMetadata(schema, type.metadata));
  if (found !== undefined && (type.literal === undefined || type.accepts(found))) return found;
  if (type.accepts(value)) return value;
  throw notConvertible(value, typeText(type));
}

/** What stands after `as`, and where it says nothing what the type says. */
function withMetadata(schema: Schema, metadata: ObjectValue | undefined): Schema {
  if (metadata === undefined) return schema;
  const written = Object.entries(schema).filter(([, value]) => value !== undefined);
  return { ...schemaOf(metadata), ...Object.fromEntries(written) };
}

function convertToOneOf(value: Value, type: TypeValue, schema: Schema): Value {
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

/** A number becomes its lowest byte, and bytes the first of them as a number, as the engine's Java does it. */
function lowestByte(value: Num): Uint8Array | undefined {
  const whole = Math.trunc(toDouble(value));
  return Number.isSafeInteger(whole) ? Uint8Array.of(((whole % 256) + 256) % 256) : undefined;
}

function firstByte(bytes: Uint8Array): number {
  return bytes[0] ?? -1;
}

type Converter = (value: Value, schema: Schema) => Value | undefined;

const converters: Readonly<Record<string, Converter>> = {
  String: (value, schema) => {
    const { format } = schema;
    if (value instanceof Uint8Array) return textFrom(value, schema);
    if (format !== undefined && isNumber(value)) return formatNumber(value, format, schema.roundMode);
    if (format !== undefined && isTime(value)) return formatTime(value, format);
    return textOf(value);
  },
  Number: (value, { format, unit }) => {
    if (typeof value === 'string' && format !== undefined) return parseFormatted(value, format);
    if (value instanceof Uint8Array) return firstByte(value);
    return isTime(value) ? timeToNumber(value, unit) : toNumber(value);
  },
  Boolean: toBoolean,
  Array: (value) => (value instanceof Range ? Array.from(value) : isArray(value) ? value : undefined),
  Key: (value) => {
    const text = textOf(value);
    return text === undefined ? undefined : new Key(text);
  },
  Regex: (value) => (typeof value === 'string' || value instanceof Key ? regexOf(textOf(value) ?? '') : undefined),
  Binary: (value, schema) =>
    typeof value === 'string' ? bytesFrom(value, schema) : isNumber(value) ? lowestByte(value) : undefined,
  Uri: (value) => (typeof value === 'string' ? uriOf(value) : undefined),
  ...Object.fromEntries(
    timeKinds.map((kind: TimeKind): [string, Converter] => [kind, (value, schema) => timeAs(value, kind, schema)]),
  ),
};

/** What a parameter of this type makes of an argument by itself; undefined where it takes it not at all. */
export function implied(value: Value, base: string): Value | undefined {
  switch (base) {
    case 'String':
      return textOf(value);
    case 'Number':
      return impliedNumber(value);
    case 'Boolean':
      return toBoolean(value);
    case 'Key':
      return typeof value === 'string' ? new Key(value) : undefined;
    case 'Array':
      return isArray(value) ? value : undefined;
    case 'Binary':
      if (isNumber(value)) return lowestByte(value);
      return typeof value === 'string' && value.length <= limits.stringLength ? Buffer.from(value, 'utf8') : undefined;
    case 'Regex':
      return value instanceof Key ? regexOf(value.name) : typeof value === 'string' ? regexOf(value) : undefined;
    default:
      return impliedTime(value, base);
  }
}

/** A moment counts as its seconds since 1970, a period as its seconds or months. */
function impliedNumber(value: Value): Num | undefined {
  return isTime(value) ? timeToNumber(value, undefined) : toNumber(value);
}

/** A text is read, a number is a moment, and a moment has a date, a time and a zone. */
function impliedTime(value: Value, base: string): Value | undefined {
  const kind = timeKinds.find((one) => one === base);
  const isMoment = isTime(value) && value.kind === 'DateTime' && kind !== 'Period';
  const isTaken = isMoment || typeof value === 'string' || (isNumber(value) && kind === 'DateTime');
  return kind !== undefined && isTaken ? timeAs(value, kind, {}) : undefined;
}

/** For messages: the types of several values. */
export function typesOf(values: readonly Value[]): string {
  return values.map(typeName).join(', ');
}

const scheme = /^[A-Za-z][\w+.-]*:/;

/** Undefined for a text that is none. */
function uriOf(text: string): UriValue | undefined {
  if (/[\s"<>\\^`{|}]/.test(text)) return undefined;
  const named = scheme.exec(text)?.[0];
  if (named === undefined && /^[^/?#]*:/.test(text)) return undefined;
  return hasAddress(text.slice(named?.length ?? 0)) ? new UriValue(text) : undefined;
}

/** Brackets stand only in what follows `//`, around an address of IPv6. */
function hasAddress(text: string): boolean {
  if (!/[[\]]/.test(text)) return true;
  if (!text.startsWith('//')) return false;
  const path = text.slice(2).search(/[/?#]/);
  const end = path === -1 ? text.length : path + 2;
  return /^(?:[^[\]]|\[[\da-fA-F:.]+\])*$/.test(text.slice(2, end)) && !/[[\]]/.test(text.slice(end));
}
