/**
 * @module
 * Reads dates, times, time zones and periods that are written by ISO 8601, as the engine's Java does: with no leap
 * second, no hour 24 and no offset beyond 18 hours.
 */
import { calendarDate, date, readDate, temporalText, writtenCalendarDate, writtenDate } from './date-reading.ts';
import { readPeriod } from './period-reading.ts';
import { offsetText, zoneId } from './time-text.ts';
import type { TimeKind, TimeValue } from './values.ts';
import { offsetOf, zoneNamed } from './zone-names.ts';

const clock = String.raw`(?:[01]\d|2[0-3]):[0-5]\d`;
const time = String.raw`${clock}(?::[0-5]\d(?:\.\d{0,9})?)?`;
const writtenTime = String.raw`${clock}(?::[0-5]\d(?:\.\d{1,9})?)?`;
const offset = String.raw`(?:Z|[+-]\d\d(?::[0-5]\d(?::00)?)?)`;
const wholeOffset = String.raw`(?:Z|[+-]\d\d:[0-5]\d(?::00)?)`;
const writtenOffset = String.raw`(?:Z|[+-]\d\d:[0-5]\d)`;
const region = String.raw`(?:\[[A-Za-z][A-Za-z0-9_+\-/]*\])?`;

type DatedKind = Exclude<TimeKind, 'TimeZone' | 'Period'>;

/** What `as` takes. */
const patterns: { readonly [kind in DatedKind]: RegExp } = {
  Date: date,
  DateTime: new RegExp(`^(${calendarDate}T${time})(${offset})(${region})$`, 'i'),
  LocalDateTime: new RegExp(`^(${calendarDate}T${time})$`, 'i'),
  LocalTime: new RegExp(`^(${time})$`),
  Time: new RegExp(`^(${time})(${wholeOffset})$`, 'i'),
};

const literals: { readonly [kind in TimeKind]: RegExp } = {
  Date: writtenDate,
  DateTime: new RegExp(`^${writtenCalendarDate}T${writtenTime}${writtenOffset}$`),
  LocalDateTime: new RegExp(`^${writtenCalendarDate}T${writtenTime}$`),
  LocalTime: new RegExp(`^${writtenTime}$`),
  Time: new RegExp(`^${writtenTime}${writtenOffset}$`),
  TimeZone: new RegExp(`^${writtenOffset}$`),
  Period: /^P(?=.)(?:(?:-?\d+Y)?(?:-?\d+M)?(?:-?\d+D)?|(?:-?\d+D)?T(?:-?\d+H)?(?:-?\d+M)?(?:-?\d+(?:\.\d{1,9})?S)?)$/,
};

const literalKinds = Object.keys(literals) as readonly TimeKind[];

/** What stands between two bars; undefined where it is none of the kinds. */
export function parseTimeLiteral(text: string): TimeValue | undefined {
  const kind = literalKinds.find((one) => literals[one].test(text));
  return kind && readAs(text, kind, literals);
}

/** What is longer is none of the kinds. */
const longest = 100;

/** A text as one kind; undefined where it is none of that kind. */
export function parseTime(text: string, kind: TimeKind): TimeValue | undefined {
  return readAs(text, kind, patterns);
}

/** @param dates which of the forms are dates and times at all */
function readAs(text: string, kind: TimeKind, { Date: dates }: { readonly Date: RegExp }): TimeValue | undefined {
  if (text.length > longest) return undefined;
  try {
    if (kind === 'TimeZone') return parseZone(text);
    if (kind === 'Date') return dates.test(text) ? dateIn(text) : undefined;
    return kind === 'Period' ? readPeriod(text) : parseDated(text, kind);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function dateIn(text: string): TimeValue | undefined {
  const at = readDate(text);
  return at && { kind: 'Date', at };
}

function parseDated(text: string, kind: Exclude<DatedKind, 'Date'>): TimeValue | undefined {
  const found = patterns[kind].exec(text);
  if (found === null) return undefined;
  const [, local = '', zone = '', place = ''] = found;
  const written = temporalText(local.replace(/\.$/, ''));
  switch (kind) {
    case 'DateTime':
      return dateTime(written, zone, place);
    case 'LocalDateTime':
      return { kind, at: Temporal.PlainDateTime.from(written, strict) };
    case 'LocalTime':
      return { kind, at: Temporal.PlainTime.from(written, strict) };
    case 'Time': {
      const there = offsetOf(zone.toUpperCase());
      return there === undefined
        ? undefined
        : { kind, at: Temporal.PlainTime.from(written, strict), offset: offsetText(there) };
    }
  }
}

const strict = { overflow: 'reject' } as const;

function dateTime(local: string, zone: string, place: string): TimeValue | undefined {
  const there = offsetOf(zone.toUpperCase());
  const region = place === '' ? undefined : zoneNamed(place.slice(1, -1));
  if (there === undefined || (place !== '' && region === undefined)) return undefined;
  const at = Temporal.PlainDateTime.from(local, strict).toZonedDateTime(zoneId(offsetText(there)));
  return { kind: 'DateTime', at: region === undefined ? at : at.withTimeZone(region) };
}

/** An offset, a region, or one of the short names that Java knows. */
function parseZone(text: string): TimeValue | undefined {
  const there = offsetOf(text);
  const zone = there === undefined ? zoneNamed(text, true) : offsetText(there);
  return zone === undefined ? undefined : { kind: 'TimeZone', zone };
}
