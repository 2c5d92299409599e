/**
 * @module
 * Formats and parses numbers by Java's `DecimalFormat` patterns, in English. The default rounding mode is HALF_UP, as
 * in the engine.
 */
import { MintError } from '../../diagnostics/mint-error.ts';
import { type Affixes, type NumberPattern, parsePattern } from './decimal-pattern.ts';
import { withPlainDigits } from './digits.ts';
import { Absence } from './failures.ts';
import {
  absolute,
  compareNumbers,
  divide,
  multiply,
  type Num,
  negate,
  parseNumber,
  plainText,
  roundingOf,
  significant,
} from './numbers.ts';

type Rounding = ReturnType<typeof roundingOf>;

/** @throws MintError `dataweave.format` for an invalid pattern */
export function formatNumber(value: Num, text: string, roundMode: string | undefined): string {
  const pattern = parsePattern(text);
  const scaled = multiply(absolute(value), 10 ** pattern.scale);
  const isNegative = compareNumbers(value, 0) < 0;
  const rounding = roundingOf(roundMode, isNegative);
  if (roundMode === 'UNNECESSARY') requireExact(scaled, pattern);
  const body = pattern.exponent === 0 ? plain(scaled, pattern, rounding) : scientific(scaled, pattern, rounding);
  const { prefix, suffix } = (isNegative ? pattern.negative : undefined) ?? pattern;
  return (isNegative && pattern.negative === undefined ? '-' : '') + prefix + body + suffix;
}

function requireExact(value: Num, { maxFractionDigits }: NumberPattern): void {
  if (compareNumbers(parseNumber(plainText(value, maxFractionDigits)) ?? value, value) === 0) return;
  throw new MintError(
    'dataweave.format',
    'The rounding mode is `UNNECESSARY`, but the number needs rounding to fit the format.',
  );
}

function plain(value: Num, pattern: NumberPattern, rounding: Rounding): string {
  const [whole = '', places = ''] = plainText(value, pattern.maxFractionDigits, rounding).split('.');
  const kept = places.replace(/0+$/, '').padEnd(pattern.minFractionDigits, '0');
  const digits = (whole === '0' ? '' : whole).padStart(pattern.minIntegerDigits, '0');
  return withPoint(withCommas(digits === '' && kept === '' ? '0' : digits, pattern.group), kept, pattern);
}

function withPoint(whole: string, places: string, { hasPoint }: NumberPattern): string {
  return places === '' && !hasPoint ? whole : `${whole}.${places}`;
}

function withCommas(digits: string, group: number): string {
  if (group === 0) return digits;
  const parts: string[] = [];
  for (let end = digits.length; end > 0; end -= group) parts.unshift(digits.slice(Math.max(0, end - group), end));
  return parts.join(',');
}

/** If the pattern allows more integer digits than it requires, the exponent is a multiple of the maximum. */
function scientific(value: Num, pattern: NumberPattern, rounding: Rounding): string {
  const { minIntegerDigits, maxIntegerDigits, minFractionDigits, maxFractionDigits } = pattern;
  const { digits, point } = significant(value, maxIntegerDigits + maxFractionDigits, rounding);
  const isStepped = maxIntegerDigits > 1 && maxIntegerDigits > minIntegerDigits;
  const exponent = isStepped ? Math.floor((point - 1) / maxIntegerDigits) * maxIntegerDigits : point - minIntegerDigits;
  const before = digits === '' ? Math.max(isStepped ? 1 : minIntegerDigits, 0) : point - exponent;
  const minDigits = Math.max((isStepped ? 1 : minIntegerDigits) + minFractionDigits, before);
  const shown = digits.padEnd(minDigits, '0');
  const power = digits === '' ? 0 : exponent;
  const body = withPoint(shown.slice(0, before), shown.slice(before), pattern);
  return `${body}E${power < 0 ? '-' : ''}${String(Math.abs(power)).padStart(pattern.exponent, '0')}`;
}

/** @throws MintError `dataweave.conversion`, which `default` handles, if the string does not match the pattern */
export function parseFormatted(text: string, format: string): Num {
  const pattern = parsePattern(format);
  const negative = pattern.negative ?? { prefix: `-${pattern.prefix}`, suffix: pattern.suffix };
  const digits = withPlainDigits(text);
  const below = readBetween(digits, negative, pattern);
  const value = below === undefined ? readBetween(digits, pattern, pattern) : negate(below);
  if (value === undefined) throw new Absence('dataweave.conversion', 'This String does not match the number format.');
  return pattern.scale === 0 ? value : divide(value, 10 ** pattern.scale);
}

/** Characters after the suffix are ignored. */
function readBetween(text: string, { prefix, suffix }: Affixes, { group }: NumberPattern): Num | undefined {
  if (!text.startsWith(prefix)) return undefined;
  const rest = text.slice(prefix.length);
  const number = /^(?:\d[\d,]*(?:\.\d*)?|\.\d+)(?:E-?\d+)?/.exec(rest)?.[0];
  const taken = group === 0 ? number?.split(',')[0] : number;
  if (taken === undefined || !rest.startsWith(suffix, taken.length)) return undefined;
  return parseNumber(taken.replaceAll(',', ''));
}
