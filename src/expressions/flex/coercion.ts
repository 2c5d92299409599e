/**
 * @module
 * Converts values from one type to another by Flex Gateway's rules. There are far fewer conversions than in DataWeave,
 * and they are the same everywhere. `as…` returns undefined if there is no conversion; `require…` throws an error.
 */
import { MintError } from '../../diagnostics/mint-error.ts';
import { typeName, type Value, WrittenNumber } from './values.ts';

/** As a string: strings, booleans, numbers, and bytes as UTF-8 (invalid sequences become U+FFFD). */
export function asString(value: Value): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return formatNumber(value);
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  if (value instanceof WrittenNumber) return value.text;
  if (value instanceof Uint8Array)
    return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('utf8');
  return undefined;
}

/**
 * A number as Flex Gateway writes it: the shortest digits that give the same number, as in JavaScript, but without an
 * exponent. `1e21` is `1000000000000000000000`, `1e-7` is `0.0000001`, `-0` is `-0`.
 */
export function formatNumber(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e21) return Object.is(value, -0) ? '-0' : String(value);
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value < 0 ? '-inf' : 'inf';
  const text = String(value);
  const exponentAt = text.indexOf('e');
  return exponentAt === -1 ? text : withoutExponent(text.slice(0, exponentAt), Number(text.slice(exponentAt + 1)));
}

function withoutExponent(mantissa: string, exponent: number): string {
  const sign = mantissa.startsWith('-') ? '-' : '';
  const [whole = '', fraction = ''] = mantissa.slice(sign.length).split('.');
  const digits = whole + fraction;
  const point = whole.length + exponent;
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`;
  return `${sign}${digits.padEnd(point, '0')}`;
}

/** What Rust's `str::parse::<f64>` accepts: no whitespace, no hexadecimal, but `.5`, `5.`, `+1`, `inf` and `NaN`. */
const numberSyntax = /^[+-]?(?:\d+(?:\.\d*)?(?:e[+-]?\d+)?|\.\d+(?:e[+-]?\d+)?|(inf(?:inity)?)|(nan))$/i;

/** As a number: numbers, and strings that contain only a number. */
export function asNumber(value: Value): number | undefined {
  if (typeof value === 'number') return value;
  if (value instanceof WrittenNumber) return value.value;
  if (typeof value !== 'string') return undefined;
  const match = numberSyntax.exec(value);
  if (match === null) return undefined;
  if (match[1] !== undefined) return value.startsWith('-') ? -Infinity : Infinity;
  return match[2] === undefined ? Number(value) : Number.NaN;
}

/** As a boolean: booleans, and the strings `true` and `false`. */
function asBoolean(value: Value): boolean | undefined {
  if (typeof value === 'boolean') return value;
  if (value === 'true') return true;
  return value === 'false' ? false : undefined;
}

/** As bytes: bytes, and strings in UTF-8. Numbers have no conversion to bytes. */
export function asBytes(value: Value): Uint8Array | undefined {
  if (value instanceof Uint8Array) return value;
  return typeof value === 'string' ? Buffer.from(value, 'utf8') : undefined;
}

/**
 * The error for a value of the wrong type. The message contains the value's type and never the value.
 *
 * @param subject what needs the value; begins the sentence
 */
export function typeMismatch(subject: string, wanted: string, value: Value): MintError {
  return new MintError('dataweave.type-mismatch', `${subject} needs ${wanted}, not ${typeName(value)}.`);
}

/** @throws MintError `dataweave.type-mismatch` */
export function requireString(value: Value, subject: string): string {
  if (typeof value === 'string') return value;
  const string = asString(value);
  if (string === undefined) throw typeMismatch(subject, 'a String, Number, Boolean or Binary', value);
  return string;
}

/** @throws MintError `dataweave.type-mismatch` */
export function requireBoolean(value: Value, subject: string): boolean {
  if (typeof value === 'boolean') return value;
  const boolean = asBoolean(value);
  if (boolean === undefined) throw typeMismatch(subject, "a Boolean (or the String 'true' or 'false')", value);
  return boolean;
}
