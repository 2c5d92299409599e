/**
 * @module
 * Java's `DateTimeFormatter` patterns: their syntax, and formatting dates and times in English (`time-parsing.ts`
 * parses).
 */
import type { MintError } from '../../diagnostics/mint-error.ts';
import { Absence, Unavailable } from './failures.ts';
import { timeText } from './time-text.ts';
import type { FormattedKind, TimeValue } from './values.ts';
import { isOffsetZone } from './zone-names.ts';

export type PatternPart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'field'; readonly letter: string; readonly width: number }
  | { readonly kind: 'optional'; readonly isStart: boolean };

const maxPatternLength = 100;

/** @throws MintError `dataweave.format` */
export function readPattern(pattern: string): readonly PatternPart[] {
  if (pattern.length > maxPatternLength) throw badPattern(`A date format has at most ${maxPatternLength} characters.`);
  const parts = partsOf(pattern);
  requireWellFormed(parts);
  return parts;
}

/** How often a letter may be repeated. Other letters have no limit. */
const maxWidths: ReadonlyMap<string, number> = new Map([
  ...'yuYnNA'.split('').map((letter): [string, number] => [letter, 19]),
  ...'MLQqEeGXxZ'.split('').map((letter): [string, number] => [letter, 5]),
  ...'dHhKkms'.split('').map((letter): [string, number] => [letter, 2]),
  ['S', 9],
  ['D', 3],
  ['a', 1],
]);

function requireWellFormed(parts: readonly PatternPart[]): void {
  let open = 0;
  for (const part of parts) {
    if (part.kind === 'optional') open += part.isStart ? 1 : -1;
    if (open < 0) throw badPattern('The date format has a `]` without a `[` before it.');
    if (part.kind === 'field' && part.width > (maxWidths.get(part.letter) ?? Number.POSITIVE_INFINITY)) {
      // The letter is not named: the format may come from the request.
      throw badPattern('The date format repeats a letter too often.');
    }
  }
}

function partsOf(pattern: string): PatternPart[] {
  const parts: PatternPart[] = [];
  for (const [piece] of pattern.matchAll(/'(?:[^']|'')*'|([A-Za-z])\1*|\[|\]|[^A-Za-z'[\]]+|'/g)) {
    parts.push(partOf(piece));
  }
  return parts;
}

function partOf(piece: string): PatternPart {
  if (piece === '[' || piece === ']') return { kind: 'optional', isStart: piece === '[' };
  if (piece.startsWith("'")) return { kind: 'text', text: unquoted(piece) };
  if (/[Bp]/.test(piece))
    throw new Unavailable('dataweave.format', 'The letters `B` and `p` of a date format are not supported.');
  if (/[A-Za-z]/.test(piece)) return { kind: 'field', letter: piece.charAt(0), width: piece.length };
  if (!/[{}#]/.test(piece)) return { kind: 'text', text: piece };
  throw badPattern('The characters `{`, `}` and `#` in a date format must be in single quotes.');
}

/** Two single quotes are a quote, also between other characters in quotes. */
function unquoted(piece: string): string {
  if (piece === "'") throw badPattern("The date format has a `'` without a closing `'`.");
  return piece === "''" ? "'" : piece.slice(1, -1).replaceAll("''", "'");
}

/** `default` handles it, as in the engine. */
function badPattern(message: string): MintError {
  return new Absence('dataweave.format', message);
}

export const monthNames = 'January February March April May June July August September October November December'.split(
  ' ',
);
export const dayNames = 'Monday Tuesday Wednesday Thursday Friday Saturday Sunday'.split(' ');

/** The parts of a value that patterns use; undefined for a part that the value does not have. */
interface Fields {
  readonly date: Temporal.PlainDate | undefined;
  readonly time: Temporal.PlainTime | undefined;
  /** `+02:00`, `Z`. */
  readonly offset: string | undefined;
  readonly zone: string | undefined;
}

function fieldsOf(value: TimeValue & { kind: FormattedKind }): Fields {
  const none = { date: undefined, time: undefined, offset: undefined, zone: undefined };
  switch (value.kind) {
    case 'Date':
      return { ...none, date: value.at };
    case 'LocalDateTime':
      return { ...none, date: value.at.toPlainDate(), time: value.at.toPlainTime() };
    case 'DateTime': {
      const { at } = value;
      const { local, offset, zone } = at;
      return { date: local.toPlainDate(), time: local.toPlainTime(), offset, zone };
    }
    case 'LocalTime':
      return { ...none, time: value.at };
    case 'Time':
      return { ...none, time: value.at, offset: value.offset };
  }
}

/** @throws MintError `dataweave.format` if the pattern is invalid, or has a field that the value does not have */
export function formatTime(value: TimeValue, pattern: string): string {
  if (value.kind === 'Period' || value.kind === 'TimeZone') return timeText(value);
  const fields = fieldsOf(value);
  let text = '';
  for (const part of readPattern(pattern)) {
    text += formatPart(part, fields);
  }
  return text;
}

function formatPart(part: PatternPart, fields: Fields): string {
  switch (part.kind) {
    case 'text':
      return part.text;
    case 'field':
      return formatField(fields, part.letter, part.width);
    case 'optional':
      return '';
  }
}

function formatField(fields: Fields, letter: string, width: number): string {
  const { date, time, offset, zone } = fields;
  const dated = date === undefined ? undefined : dateFields[letter]?.(date, width);
  const timed = time === undefined ? undefined : timeFields[letter]?.(time, width);
  const zoned = offset === undefined ? undefined : zoneFields[letter]?.(offset, width, zone);
  const found = dated ?? timed ?? zoned;
  if (found === undefined) throw badPattern('The date format has a field that a value of this type does not have.');
  return found;
}

function padded(number: number, width: number): string {
  return number < 0 ? `-${padded(-number, width)}` : String(number).padStart(width, '0');
}

function named(name: string, width: number): string {
  return width === 5 ? name.charAt(0) : width === 4 ? name : name.slice(0, 3);
}

function year(number: number, width: number): string {
  if (width === 2) return padded(Math.abs(number) % 100, 2);
  const text = padded(number, width);
  return width >= 4 && text.length > width && number > 0 ? `+${text}` : text;
}

/** The year 0 is 1 BC. */
function yearOfEra({ year: number }: Temporal.PlainDate): number {
  return number > 0 ? number : 1 - number;
}

function month(date: Temporal.PlainDate, width: number): string {
  return width < 3 ? padded(date.month, width) : named(monthNames[date.month - 1] ?? '', width);
}

/** The week as counted in the United States: it starts on Sunday, and January 1 is in week 1. */
function week(date: Temporal.PlainDate): number {
  const first = date.with({ month: 1, day: 1 });
  const nextFirst = first.add({ years: 1 });
  if (date.until(nextFirst).days <= nextFirst.dayOfWeek % 7) return 1;
  return Math.floor((date.dayOfYear - 1 + (first.dayOfWeek % 7)) / 7) + 1;
}

function weekOfMonth(date: Temporal.PlainDate): number {
  return Math.floor((date.day - 1 + (date.with({ day: 1 }).dayOfWeek % 7)) / 7) + 1;
}

function quarter(date: Temporal.PlainDate, width: number): string {
  const number = Math.ceil(date.month / 3);
  if (width < 3) return padded(number, width);
  if (width === 5) return String(number);
  return width === 3 ? `Q${number}` : `${['1st', '2nd', '3rd', '4th'][number - 1]} quarter`;
}

function weekday(date: Temporal.PlainDate, width: number): string {
  return width < 3 ? padded((date.dayOfWeek % 7) + 1, width) : named(dayNames[date.dayOfWeek - 1] ?? '', width);
}

/** The names of the current era and of the era before it. */
export function eraNames(width: number): readonly [string, string] {
  if (width === 4) return ['Anno Domini', 'Before Christ'];
  return width === 5 ? ['A', 'B'] : ['AD', 'BC'];
}

function era(date: Temporal.PlainDate, width: number): string {
  return eraNames(width)[date.year > 0 ? 0 : 1];
}

/** The year that the week belongs to: the last days of December may be in week 1 of the next year. */
function weekYear(date: Temporal.PlainDate, width: number): string {
  const found = date.month === 12 && week(date) === 1 ? date.year + 1 : date.year;
  return year(found, width);
}

/** The modified Julian day: days since November 17, 1858. */
function julianDay(date: Temporal.PlainDate): number {
  return new Temporal.PlainDate(1858, 11, 17).until(date).days;
}

const dateFields: Readonly<Record<string, (date: Temporal.PlainDate, width: number) => string>> = {
  G: era,
  y: (date, width) => year(yearOfEra(date), width),
  u: (date, width) => year(date.year, width),
  M: month,
  L: month,
  d: (date, width) => padded(date.day, width),
  D: (date, width) => padded(date.dayOfYear, width),
  E: (date, width) => named(dayNames[date.dayOfWeek - 1] ?? '', width),
  e: weekday,
  c: weekday,
  Q: quarter,
  q: quarter,
  w: (date, width) => padded(week(date), width),
  W: (date, width) => padded(weekOfMonth(date), width),
  Y: weekYear,
  F: (date, width) => padded(Math.ceil(date.day / 7), width),
  g: (date, width) => padded(julianDay(date), width),
};

function nanos(time: Temporal.PlainTime): number {
  return time.millisecond * 1e6 + time.microsecond * 1e3 + time.nanosecond;
}

function millisOfDay(time: Temporal.PlainTime): number {
  return ((time.hour * 60 + time.minute) * 60 + time.second) * 1000 + time.millisecond;
}

const timeFields: Readonly<Record<string, (time: Temporal.PlainTime, width: number) => string>> = {
  a: (time) => (time.hour < 12 ? 'AM' : 'PM'),
  H: (time, width) => padded(time.hour, width),
  h: (time, width) => padded(time.hour % 12 === 0 ? 12 : time.hour % 12, width),
  K: (time, width) => padded(time.hour % 12, width),
  k: (time, width) => padded(time.hour === 0 ? 24 : time.hour, width),
  m: (time, width) => padded(time.minute, width),
  s: (time, width) => padded(time.second, width),
  S: (time, width) => padded(nanos(time), 9).slice(0, width).padEnd(width, '0'),
  n: (time, width) => padded(nanos(time), width),
  A: (time, width) => padded(millisOfDay(time), width),
  N: (time, width) => padded(millisOfDay(time) * 1e6 + (nanos(time) % 1e6), width),
};

/** An offset such as `+0200` in the form for this number of letters; `none` if all that is written of it is zero. */
function offsetBy(offset: string, width: number, none: string): string {
  if (offset === 'Z') return none;
  const [hours = '', minutes = '', seconds] = offset.split(':');
  const isBelowMinute = Number(hours) === 0 && minutes === '00';
  if (isBelowMinute && width < 4) return none;
  if (width === 1) return minutes === '00' ? hours : hours + minutes;
  const parts = [hours, minutes, ...(seconds === undefined || width < 4 ? [] : [seconds])];
  return parts.join(width === 2 || width === 4 ? '' : ':');
}

const zeroOffsets = ['', '+00', '+0000', '+00:00', '+0000', '+00:00'];

function localizedOffset(offset: string, width: number): string {
  if (offset === 'Z') return 'GMT';
  const [hours = '', minutes = '', seconds] = offset.split(':');
  if (width === 4) return `GMT${offset}`;
  const rest = seconds === undefined ? (minutes === '00' ? '' : `:${minutes}`) : `:${minutes}:${seconds}`;
  return `GMT${hours.replace(/^([+-])0/, '$1')}${rest}`;
}

/** @throws MintError `dataweave.format` for a region, whose name in English is not known here */
function zoneName(zone: string, width: number): string {
  if (isOffsetZone(zone) || (width < 4 && (zone === 'UTC' || zone === 'GMT'))) return zone;
  throw new Unavailable(
    'dataweave.format',
    'The letter `z` of a date format, the name of a time zone, is supported for UTC, GMT and offsets. Write `VV` or `XXX`.',
  );
}

const zoneFields: Readonly<
  Record<string, (offset: string, width: number, zone: string | undefined) => string | undefined>
> = {
  X: (offset, width) => offsetBy(offset, width, 'Z'),
  x: (offset, width) => offsetBy(offset, width, zeroOffsets[width] ?? '+00:00'),
  Z: (offset, width) =>
    width === 5 ? offset : width === 4 ? localizedOffset(offset, 4) : offsetBy(offset, 2, '+0000'),
  O: localizedOffset,
  V: (_, width, zone) => (width === 2 ? zone : undefined),
  z: (_, width, zone) => (zone === undefined ? undefined : zoneName(zone, width)),
};
