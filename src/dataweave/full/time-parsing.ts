/**
 * @module
 * Reads a date or time that is written by a Java pattern: every field as wide as the pattern says. A mode says what
 * becomes of fields like the 31st of February.
 */
import { dayNames, monthNames, type PatternPart, readPattern } from './time-format.ts';
import { parseTime, zoneId } from './time-text.ts';
import type { TimeKind, TimeValue } from './values.ts';

/** Bounds the ways in which a text can be read by a pattern. */
const mostFields = 16;

type Found = Map<string, number | string>;

const modes = ['SMART', 'STRICT', 'LENIENT'] as const;

/** Smart takes the last day of the month for a later one, lenient counts on, strict takes neither. */
type Mode = (typeof modes)[number];

/** Undefined where the text does not follow the pattern, or lacks what this kind of value needs. */
export function parseByPattern(
  text: string,
  kind: TimeKind,
  pattern: string,
  mode: string | undefined,
): TimeValue | undefined {
  const found = match(text, readPattern(pattern));
  const chosen = mode === undefined ? 'SMART' : modes.find((one) => one === mode.toUpperCase());
  if (found === undefined || chosen === undefined) return undefined;
  try {
    return build(found, kind, pattern, chosen);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** One regular expression for the whole pattern; its groups are the fields in their order. */
function match(text: string, parts: readonly PatternPart[]): Found | undefined {
  if (text.length > 200 || parts.filter(({ kind }) => kind === 'field').length > mostFields) return undefined;
  const letters: string[] = [];
  let expression = '';
  parts.forEach((part, i) => {
    if (part.kind === 'text') expression += RegExp.escape(part.text);
    else if (part.kind === 'optional') expression += part.isStart ? '(?:' : ')?';
    else {
      letters.push(part.letter);
      expression += `(${fieldPattern(part.letter, part.width, isNumeric(parts[i + 1]))})`;
    }
  });
  const groups = new RegExp(`^${expression}$`, 'i').exec(text);
  if (groups === null) return undefined;
  const found: Found = new Map();
  letters.forEach((letter, i) => {
    const value = groups[i + 1];
    if (value !== undefined) found.set(letter, fieldValue(letter, value));
  });
  return found;
}

/** Whether digits follow, so that a field as wide as it likes must leave them some. */
function isNumeric(part: PatternPart | undefined): boolean {
  if (part?.kind !== 'field') return false;
  return !'aEGXxZOVz'.includes(part.letter) && !('MLQq'.includes(part.letter) && part.width >= 3);
}

function offsetPattern(letter: string, width: number): string {
  if (letter === 'Z' && width === 4) return localizedPattern;
  const isNarrow = letter !== 'Z' && width === 1;
  const hasColon = width === 5 || (letter !== 'Z' && width === 3);
  const offset = String.raw`[+-]\d\d${isNarrow ? String.raw`(?:\d\d)?` : hasColon ? String.raw`:\d\d` : String.raw`\d\d`}`;
  return letter === 'X' || (letter === 'Z' && width === 5) ? `Z|${offset}` : offset;
}

const localizedPattern = String.raw`GMT(?:[+-]\d{1,2}(?::\d\d)?)?`;

function fieldPattern(letter: string, width: number, isAdjacent: boolean): string {
  if (letter === 'a') return 'AM|PM';
  if (letter === 'E') return names(dayNames, width);
  if ('ML'.includes(letter) && width >= 3) return names(monthNames, width);
  if ('XxZ'.includes(letter)) return offsetPattern(letter, width);
  if (letter === 'O') return localizedPattern;
  if ('Vz'.includes(letter)) return String.raw`Z|[+-]\d\d:\d\d|[A-Za-z_]+(?:/[A-Za-z_+\-\d]+)*`;
  if ('yu'.includes(letter) && width === 4 && !isAdjacent) return String.raw`\d{4,9}`;
  if (width === 1) return isAdjacent ? String.raw`\d{1,2}` : String.raw`\d{1,9}`;
  return String.raw`\d{${width}}`;
}

function names(all: readonly string[], width: number): string {
  return all.map((name) => (width < 4 ? name.slice(0, 3) : name)).join('|');
}

function fieldValue(letter: string, text: string): number | string {
  if (letter === 'S') return Number(text.padEnd(9, '0'));
  if ('aEXxZOVz'.includes(letter)) return text;
  if (/^\d+$/.test(text)) return 'yu'.includes(letter) && text.length === 2 ? 2000 + Number(text) : Number(text);
  return monthNames.findIndex((name) => name.slice(0, 3).toLowerCase() === text.slice(0, 3).toLowerCase()) + 1;
}

function numberOf(found: Found, ...letters: readonly string[]): number | undefined {
  for (const letter of letters) {
    const value = found.get(letter);
    if (typeof value === 'number') return value;
  }
  return undefined;
}

function dateOf(found: Found, mode: Mode): Temporal.PlainDate | undefined {
  const year = numberOf(found, 'u') ?? (mode === 'STRICT' ? undefined : numberOf(found, 'y'));
  if (year === undefined) return undefined;
  const dayOfYear = numberOf(found, 'D');
  const date = dayOfYear === undefined ? dayOfMonth(found, year, mode) : counted(year, 1, dayOfYear);
  if (date === undefined || mode === 'LENIENT') return date;
  const weekday = found.get('E');
  const isOther = typeof weekday === 'string' && dayOfWeek(weekday) !== date.dayOfWeek;
  return date.year !== year || isOther ? undefined : date;
}

/** The first of January of the year, so many months and days on, where 1 and 1 are none. */
function counted(year: number, month: number, day: number): Temporal.PlainDate {
  return new Temporal.PlainDate(year, 1, 1).add({ months: month - 1 }).add({ days: day - 1 });
}

function dayOfMonth(found: Found, year: number, mode: Mode): Temporal.PlainDate | undefined {
  const [month, day] = [numberOf(found, 'M', 'L'), numberOf(found, 'd')];
  if (month === undefined || day === undefined) return undefined;
  if (mode === 'LENIENT') return counted(year, month, day);
  if (month < 1 || month > 12 || day < 1 || day > 31) return undefined;
  return Temporal.PlainDate.from({ year, month, day }, { overflow: mode === 'STRICT' ? 'reject' : 'constrain' });
}

function dayOfWeek(name: string): number {
  return dayNames.findIndex((one) => one.slice(0, 3).toLowerCase() === name.slice(0, 3).toLowerCase()) + 1;
}

/** A time of day, and how many days later: 24:00 is 0:00 of the next day. */
interface FoundTime {
  readonly time: Temporal.PlainTime;
  readonly days: number;
}

function timeOf(found: Found, mode: Mode): FoundTime | undefined {
  const hours = numberOf(found, 'H') ?? halfDayHour(found);
  if (hours === undefined || isOtherHalf(found, hours)) return undefined;
  const [minutes, seconds] = [numberOf(found, 'm') ?? 0, numberOf(found, 's') ?? 0];
  const nanoseconds = numberOf(found, 'S', 'n') ?? 0;
  const isMidnight = hours === 24 && minutes === 0 && seconds === 0 && nanoseconds === 0;
  if (mode !== 'LENIENT' && !(mode === 'SMART' && isMidnight) && (hours > 23 || minutes > 59 || seconds > 59)) {
    return undefined;
  }
  const first = new Temporal.PlainDateTime(1970, 1, 1);
  const at = first.add({ hours, minutes, seconds, nanoseconds });
  return { time: at.toPlainTime(), days: first.until(at).days };
}

function isOtherHalf(found: Found, hours: number): boolean {
  const half = found.get('a');
  return half !== undefined && (String(half).toUpperCase() === 'PM') !== hours >= 12;
}

function halfDayHour(found: Found): number | undefined {
  const hour = numberOf(found, 'h', 'K');
  const half = found.get('a');
  if (hour === undefined || half === undefined || hour > (found.has('h') ? 12 : 11)) return undefined;
  return (hour % 12) + (String(half).toUpperCase() === 'PM' ? 12 : 0);
}

function zoneOf(found: Found): string | undefined {
  for (const letter of 'XxZOVz') {
    const text = found.get(letter);
    if (text === undefined) continue;
    const offset = /^(?:GMT)?([+-])(\d{1,2})(?::?(\d\d))?$/.exec(String(text));
    if (offset !== null) return `${offset[1]}${offset[2]?.padStart(2, '0')}:${offset[3] ?? '00'}`;
    return text === 'GMT' ? 'Z' : String(text);
  }
  return undefined;
}

function build(found: Found, kind: TimeKind, format: string, mode: Mode): TimeValue | undefined {
  const date = dateOf(found, mode);
  const { time, days = 0 } = timeOf(found, mode) ?? {};
  const moment = date && time && date.add({ days }).toPlainDateTime(time);
  const zone = zoneOf(found);
  switch (kind) {
    case 'Date':
      return date && { kind, at: date, format };
    case 'LocalTime':
      return time && { kind, at: time, format };
    case 'LocalDateTime':
      return moment && { kind, at: moment, format };
    case 'Time':
      return time && zone !== undefined ? { kind, at: time, offset: zone, format } : undefined;
    case 'DateTime':
      return moment && zone !== undefined ? { kind, at: moment.toZonedDateTime(zoneId(zone)), format } : undefined;
    case 'TimeZone':
      return zone === undefined ? undefined : parseTime(zone, 'TimeZone');
    default:
      return undefined;
  }
}
