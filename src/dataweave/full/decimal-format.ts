/**
 * @module
 * Numbers as text by Java's `DecimalFormat` patterns, English: `#,##0.00`, `0.0%`, `0.###E0`, `0.00;(0.00)`.
 * Rounds half away from zero, as the engine asks Java to.
 */
import { MintError } from '../../diagnostics/mint-error.ts';
import { fullLimits } from './bounds.ts';
import { Absence } from './failures.ts';
import { absolute, compareNumbers, multiply, type Num, negate, parseNumber, plainText } from './numbers.ts';

interface Pattern {
  readonly prefix: string;
  readonly suffix: string;
  readonly leastWhole: number;
  readonly leastPlaces: number;
  readonly mostPlaces: number;
  /** Digits between two commas; 0 for no commas. */
  readonly group: number;
  readonly scale: number;
  /** Digits of the exponent; undefined without `E`. */
  readonly exponent: number | undefined;
}

/** @throws MintError `dataweave.format` for a pattern that is none */
export function formatNumber(value: Num, pattern: string): string {
  const [positive = '', negative] = splitOutsideQuotes(pattern);
  const parsed = parsePattern(positive);
  const isNegative = compareNumbers(value, 0) < 0;
  const scaled = multiply(absolute(value), 10 ** parsed.scale);
  const body = parsed.exponent === undefined ? grouped(scaled, parsed) : scientific(scaled, parsed.exponent, parsed);
  const isZero = !/[1-9]/.test(body);
  if (isNegative && negative !== undefined) {
    const { prefix, suffix } = parsePattern(negative);
    return prefix + body + suffix;
  }
  return (isNegative && !isZero ? '-' : '') + parsed.prefix + body + parsed.suffix;
}

/** @throws MintError `dataweave.conversion`, which `default` answers for, where the text does not follow the pattern */
export function parseFormatted(text: string, pattern: string): Num {
  const [positive = ''] = splitOutsideQuotes(pattern);
  const { prefix, suffix, scale } = parsePattern(positive);
  const isNegative = text.startsWith('-');
  const unsigned = isNegative ? text.slice(1) : text;
  const inner =
    unsigned.startsWith(prefix) && unsigned.endsWith(suffix)
      ? unsigned.slice(prefix.length, unsigned.length - suffix.length)
      : '';
  const digits = inner.replaceAll(',', '');
  const value = /^[\d.]/.test(digits) ? parseNumber(digits) : undefined;
  if (value === undefined) throw new Absence('dataweave.conversion', 'This String does not follow the number format.');
  const scaled = multiply(value, parseNumber(`1e-${scale}`) ?? 1);
  return isNegative ? negate(scaled) : scaled;
}

function splitOutsideQuotes(pattern: string): string[] {
  const parts = pattern.match(/(?:'[^']*'|[^;'])+/g) ?? [''];
  return [...parts];
}

function parsePattern(pattern: string): Pattern {
  const found = /^((?:'[^']*'|[^#0,.'E])*)([#0,.]*)(?:E(0+))?((?:'[^']*'|[^#0'])*)$/.exec(pattern);
  const body = found?.[2] ?? '';
  if (found === null || !/^[#,]*[0,]*(?:\.0*#*)?$/.test(body) || pattern.length > 200) {
    throw new MintError('dataweave.format', 'The number format is not well formed.');
  }
  const [whole = '', places = ''] = body.split('.');
  const prefix = found[1] ?? '';
  const suffix = found[4] ?? '';
  const comma = whole.lastIndexOf(',');
  return {
    prefix: unquoted(prefix),
    suffix: unquoted(suffix),
    leastWhole: whole.match(/0/g)?.length ?? 0,
    leastPlaces: places.match(/0/g)?.length ?? 0,
    mostPlaces: places.length,
    group: comma === -1 ? 0 : whole.length - comma - 1,
    scale: (prefix + suffix).includes('%') ? 2 : (prefix + suffix).includes('‰') ? 3 : 0,
    exponent: found[3]?.length,
  };
}

function unquoted(text: string): string {
  return text.replace(/'([^']*)'/g, (_, inner: string) => (inner === '' ? "'" : inner));
}

function grouped(value: Num, pattern: Pattern): string {
  const [whole = '', places = ''] = plainText(value, pattern.mostPlaces).split('.');
  const kept = trimmedPlaces(places, pattern.leastPlaces);
  const digits = (whole === '0' ? '' : whole).padStart(pattern.leastWhole, '0');
  const shown = digits === '' && kept === '' ? '0' : digits;
  return withCommas(shown, pattern.group) + (kept === '' ? '' : `.${kept}`);
}

function trimmedPlaces(places: string, least: number): string {
  let end = places.length;
  while (end > least && places.charAt(end - 1) === '0') end -= 1;
  return places.slice(0, end);
}

function withCommas(digits: string, group: number): string {
  if (group === 0) return digits;
  const parts: string[] = [];
  for (let end = digits.length; end > 0; end -= group) parts.unshift(digits.slice(Math.max(0, end - group), end));
  return parts.join(',');
}

function scientific(value: Num, exponentDigits: number, pattern: Pattern): string {
  const text = plainText(value);
  const [whole = '', places = ''] = text.split('.');
  const digits = (whole + places).replace(/^0+/, '');
  const point = digits === '' ? 1 : whole === '0' ? -(/^0*/.exec(places)?.[0].length ?? 0) : whole.length;
  const leading = Math.max(1, pattern.leastWhole);
  const exponent = digits === '' ? 0 : point - leading;
  const mantissa = parseNumber(`${digits.slice(0, fullLimits.numberDigits) || '0'}e${leading - digits.length}`) ?? 0;
  const sign = exponent < 0 ? '-' : '';
  return `${grouped(mantissa, { ...pattern, group: 0 })}E${sign}${String(Math.abs(exponent)).padStart(exponentDigits, '0')}`;
}
