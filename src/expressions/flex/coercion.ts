/**
 * @module
 * Turning one type into another, by Flex Gateway's rules: far fewer conversions than DataWeave has, and the same ones
 * everywhere. Each function returns undefined where there is no conversion; `require…` turns that into an error.
 */
import { MintError } from '../../diagnostics/mint-error.ts';
import { numberText } from './number-text.ts';
import { typeName, type Value, WrittenNumber } from './values.ts';

/** As a string: strings, booleans, numbers, and bytes as UTF-8 (malformed parts become U+FFFD). */
export function asText(value: Value): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return numberText(value);
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  if (value instanceof WrittenNumber) return value.text;
  if (value instanceof Uint8Array)
    return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('utf8');
  return undefined;
}

/** What Rust's `str::parse::<f64>` accepts: no blanks, no hexadecimal, but `.5`, `5.`, `+1`, `inf` and `NaN`. */
const numberSyntax = /^[+-]?(?:\d+(?:\.\d*)?(?:e[+-]?\d+)?|\.\d+(?:e[+-]?\d+)?|(inf(?:inity)?)|(nan))$/i;

/** As a number: numbers, and strings that hold nothing but a number. */
export function asNumber(value: Value): number | undefined {
  if (typeof value === 'number') return value;
  if (value instanceof WrittenNumber) return value.value;
  if (typeof value !== 'string') return undefined;
  const match = numberSyntax.exec(value);
  if (match === null) return undefined;
  if (match[1] !== undefined) return value.startsWith('-') ? -Infinity : Infinity;
  return match[2] === undefined ? Number(value) : Number.NaN;
}

/** As a boolean: booleans, and exactly the strings `true` and `false`. */
function asBoolean(value: Value): boolean | undefined {
  if (typeof value === 'boolean') return value;
  if (value === 'true') return true;
  return value === 'false' ? false : undefined;
}

/** As bytes: bytes, and strings in UTF-8. Numbers have no bytes. */
export function asBytes(value: Value): Uint8Array | undefined {
  if (value instanceof Uint8Array) return value;
  return typeof value === 'string' ? Buffer.from(value, 'utf8') : undefined;
}

/** `what`, which begins the sentence, stands for a value of another type than is needed. Types are named, never the value. */
export function typeMismatch(what: string, wanted: string, value: Value): MintError {
  return new MintError('dataweave.type-mismatch', `${what} needs ${wanted}, not ${typeName(value)}.`);
}

/** @throws MintError `dataweave.type-mismatch` */
export function requireText(value: Value, what: string): string {
  if (typeof value === 'string') return value;
  const text = asText(value);
  if (text === undefined) throw typeMismatch(what, 'a String, Number, Boolean or Binary', value);
  return text;
}

/** @throws MintError `dataweave.type-mismatch` */
export function requireBoolean(value: Value, what: string): boolean {
  if (typeof value === 'boolean') return value;
  const truth = asBoolean(value);
  if (truth === undefined) throw typeMismatch(what, "a Boolean (or the String 'true' or 'false')", value);
  return truth;
}
