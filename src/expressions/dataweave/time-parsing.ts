/**
 * @module
 * Parses dates and times by a Java pattern; every field is as wide as the pattern says. The mode defines the result for
 * a date such as February 31.
 */
import { Unavailable } from './failures.ts';
import { Moment } from './moments.ts';
import { dayNames, monthNames, type PatternPart, readPattern } from './time-format.ts';
import { fieldsIn } from './time-matching.ts';
import type { FormattedKind, TimeValue } from './values.ts';
import { isShortName, offsetFrom } from './zone-names.ts';

const maxFields = 16;
const maxTextLength = 200;

type Found = Map<string, number | string>;

const modes = ['SMART', 'STRICT', 'LENIENT'] as const;

/** For a day after the end of a month: `SMART` uses the last day, `LENIENT` counts on, and `STRICT` refuses it. */
type Mode = (typeof modes)[number];

/** Undefined if the string does not match the pattern, or lacks a field that this kind needs. */
export function parseByPattern(
  text: string,
  kind: FormattedKind,
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

/** The fields in their order; undefined if the string does not match the whole pattern. */
function match(text: string, parts: readonly PatternPart[]): Found | undefined {
  if (text.length > maxTextLength || parts.filter(({ kind }) => kind === 'field').length > maxFields) return undefined;
  const values = fieldsIn(text, parts);
  if (values === undefined) return undefined;
  const found: Found = new Map();
  for (const [letter, value] of values) found.set(letter, fieldValue(letter, value));
  return found;
}

function fieldValue(letter: string, text: string): number | string {
  if (letter === 'S') return Number(text.padEnd(9, '0'));
  if ('aEGXxZOVz'.includes(letter)) return text;
  if (/^[+-]?\d+$/.test(text)) return 'yu'.includes(letter) && /^\d\d$/.test(text) ? 2000 + Number(text) : Number(text);
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
  const year = numberOf(found, 'u') ?? yearOfEra(found, mode);
  if (year === undefined) return undefined;
  const dayOfYear = numberOf(found, 'D');
  const date = dayOfYear === undefined ? dayOfMonth(found, year, mode) : counted(year, 1, dayOfYear);
  if (date === undefined || mode === 'LENIENT') return date;
  const weekday = found.get('E');
  const isOther = typeof weekday === 'string' && dayOfWeek(weekday) !== date.dayOfWeek;
  return date.year !== year || isOther ? undefined : date;
}

/** In `STRICT` mode, a year of an era needs the era. In other modes, the default is the current era. */
function yearOfEra(found: Found, mode: Mode): number | undefined {
  const year = numberOf(found, 'y');
  const era = found.get('G');
  if (year === undefined || (mode === 'STRICT' && era === undefined)) return undefined;
  if (mode !== 'LENIENT' && year < 1) return undefined;
  return /^B/i.test(String(era)) ? 1 - year : year;
}

/** January 1 of the year plus `month - 1` months and `day - 1` days. */
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

/** A time of day, and the number of days to add to the date: 24:00 is 0:00 of the next day. */
interface FoundTime {
  readonly time: Temporal.PlainTime;
  readonly days: number;
}

function timeOf(found: Found, mode: Mode): FoundTime | undefined {
  const counted = clockHour(found, mode);
  const hours = numberOf(found, 'H') ?? counted ?? halfDayHour(found);
  if (hours === undefined || (counted !== undefined && counted !== hours)) return undefined;
  if (isOtherHalf(found, hours)) return undefined;
  const [minutes, seconds] = [numberOf(found, 'm') ?? 0, numberOf(found, 's') ?? 0];
  const clock = { hours, minutes, seconds, nanoseconds: numberOf(found, 'S', 'n') ?? 0 };
  if (!isAllowed(clock, mode)) return undefined;
  const first = new Temporal.PlainDateTime(1970, 1, 1);
  const at = first.add(clock);
  return { time: at.toPlainTime(), days: first.until(at).days };
}

interface Clock {
  readonly hours: number;
  readonly minutes: number;
  readonly seconds: number;
  readonly nanoseconds: number;
}

function isAllowed({ hours, minutes, seconds, nanoseconds }: Clock, mode: Mode): boolean {
  if (mode === 'LENIENT') return true;
  if (hours <= 23 && minutes <= 59 && seconds <= 59) return true;
  return mode === 'SMART' && hours === 24 && minutes === 0 && seconds === 0 && nanoseconds === 0;
}

/** The hour of a clock that counts from 1 to 24: 24 is the first hour of the same day. */
function clockHour(found: Found, mode: Mode): number | undefined {
  const hour = numberOf(found, 'k');
  if (hour === undefined || hour === 24) return hour && 0;
  return hour === 0 && mode === 'STRICT' ? Number.NaN : hour;
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
    if (text !== undefined)
      return letter === 'V' && isShortName(String(text)) ? undefined : zoneFrom(String(text), letter);
  }
  return undefined;
}

/** @throws MintError `dataweave.format` for a name such as `PST`, which is of another zone in each season */
function zoneFrom(text: string, letter: string): string | undefined {
  if (letter === 'z' && /^[A-Z]{3,4}$/.test(text) && text !== 'UTC' && text !== 'GMT') {
    throw new Unavailable('dataweave.format', 'The short name of a time zone is not supported. Write an offset.');
  }

  const [, gmt, sign, hours, minutes = '0', seconds = '0'] =
    /^(GMT)?([+-])(\d{1,2})(?::?(\d\d)(?::?(\d\d))?)?$/.exec(text) ?? [];
  if (sign === undefined) return text === 'GMT' ? 'Z' : text;
  // Java carries minutes over to hours for localized offsets only.
  const isBeyond = Number(minutes) > 59 || Number(seconds) > 59;
  return gmt === undefined && isBeyond ? undefined : offsetFrom(sign, Number(hours), Number(minutes), Number(seconds));
}

function build(found: Found, kind: FormattedKind, format: string, mode: Mode): TimeValue | undefined {
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
      return moment && zone !== undefined ? { kind, at: Moment.ofLocal(moment, zone), format } : undefined;
  }
}
