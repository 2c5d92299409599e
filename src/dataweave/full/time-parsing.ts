/**
 * @module
 * Reads a date or time that is written by a Java pattern. Strict: every field as wide as the pattern says.
 */
import { Temporal } from 'temporal-polyfill';
import { dayNames, monthNames, type PatternPart, readPattern } from './time-format.ts';
import { parseTime, zoneId } from './time-text.ts';
import type { TimeKind, TimeValue } from './values.ts';

/** Bounds the ways in which a text can be read by a pattern. */
const mostFields = 16;

type Found = Map<string, number | string>;

/** Undefined where the text does not follow the pattern, or lacks what this kind of value needs. */
export function parseByPattern(text: string, kind: TimeKind, pattern: string): TimeValue | undefined {
  const found = match(text, readPattern(pattern));
  if (found === undefined) return undefined;
  try {
    return build(found, kind, pattern);
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
      expression += `(${fieldPattern(part.letter, part.width, parts[i + 1]?.kind === 'field')})`;
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

const offsetPattern = String.raw`Z|[+-]\d\d(?::?\d\d)?`;

function fieldPattern(letter: string, width: number, isAdjacent: boolean): string {
  if (letter === 'a') return 'AM|PM';
  if (letter === 'E') return names(dayNames, width);
  if ('ML'.includes(letter) && width >= 3) return names(monthNames, width);
  if ('XxZ'.includes(letter)) return offsetPattern;
  if (letter === 'O') return String.raw`GMT(?:[+-]\d{1,2}(?::\d\d)?)?`;
  if ('Vz'.includes(letter)) return String.raw`${offsetPattern}|[A-Za-z_]+(?:/[A-Za-z_+\-\d]+)*`;
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

function dateOf(found: Found): Temporal.PlainDate | undefined {
  const [year, month, day] = [numberOf(found, 'y', 'u'), numberOf(found, 'M', 'L'), numberOf(found, 'd')];
  if (year === undefined) return undefined;
  const dayOfYear = numberOf(found, 'D');
  if (dayOfYear !== undefined) return new Temporal.PlainDate(year, 1, 1).add({ days: dayOfYear - 1 });
  return month === undefined || day === undefined ? undefined : new Temporal.PlainDate(year, month, day);
}

function timeOf(found: Found): Temporal.PlainTime | undefined {
  const hour = numberOf(found, 'H') ?? halfDayHour(found);
  if (hour === undefined) return undefined;
  const nano = numberOf(found, 'S', 'n') ?? 0;
  return new Temporal.PlainTime(
    hour,
    numberOf(found, 'm') ?? 0,
    numberOf(found, 's') ?? 0,
    Math.floor(nano / 1e6),
    Math.floor(nano / 1e3) % 1e3,
    nano % 1e3,
  );
}

function halfDayHour(found: Found): number | undefined {
  const hour = numberOf(found, 'h', 'K');
  const half = found.get('a');
  if (hour === undefined || half === undefined) return undefined;
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

function build(found: Found, kind: TimeKind, format: string): TimeValue | undefined {
  const date = dateOf(found);
  const time = timeOf(found);
  const zone = zoneOf(found);
  switch (kind) {
    case 'Date':
      return date && { kind, at: date, format };
    case 'LocalTime':
      return time && { kind, at: time, format };
    case 'LocalDateTime':
      return date && time && { kind, at: date.toPlainDateTime(time), format };
    case 'Time':
      return time && zone !== undefined ? { kind, at: time, offset: zone, format } : undefined;
    case 'DateTime':
      if (date === undefined || time === undefined || zone === undefined) return undefined;
      return { kind, at: date.toPlainDateTime(time).toZonedDateTime(zoneId(zone)), format };
    case 'TimeZone':
      return zone === undefined ? undefined : parseTime(zone, 'TimeZone');
    default:
      return undefined;
  }
}
