/**
 * @module
 * Reads dates, times, time zones and periods that are written by ISO 8601, as the engine's Java does: with no leap
 * second, no hour 24 and no offset beyond 18 hours.
 */
import { offsetText, zoneId } from './time-text.ts';
import type { TimeKind, TimeValue } from './values.ts';
import { offsetOf, zoneNamed } from './zone-names.ts';

/** What `as` takes for a year, before the year 0 with four digits, too; and what a literal does. */
const year = String.raw`(?:\d{4}|\+\d{5,10}|-(?!0+-)\d{4,10})`;
const writtenYear = String.raw`(?:\d{4}|(?:\+|-(?!0+-))\d{5})`;

/** Year, month and day, as the beginning of a pattern. */
const calendarDate = String.raw`${year}-\d\d-\d\d`;
const writtenCalendarDate = String.raw`${writtenYear}-\d\d-\d\d`;

const countedDate = String.raw`(?:-W\d\d-\d|-\d{3})`;
/** It says nothing of a date, and so may be farther than 18 hours. */
const anyOffset = String.raw`(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d)?)?`;
const anyWrittenOffset = String.raw`(?:Z|[+-]\d\d:[0-5]\d)?`;

/** What `as Date` takes. Only a week or a day of the year may have an offset. */
const date = new RegExp(`^(?:${calendarDate}|${year}${countedDate}${anyOffset})$`, 'i');
const writtenDate = new RegExp(`^${writtenYear}(?:-\\d\\d-\\d\\d|${countedDate})${anyWrittenOffset}$`);

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

/** @throws RangeError where there is no such day, or Temporal does not reach it */
function readDate(text: string): Temporal.PlainDate | undefined {
  const byMonth = /^([+-]?\d+-\d\d-\d\d)(?:Z|[+-].*)?$/.exec(text);
  if (byMonth !== null) return Temporal.PlainDate.from(temporalText(byMonth[1] ?? ''), strict);
  const [, inYear = '', week, day, dayOfYear] = /^([+-]?\d+)(?:-W(\d\d)-(\d)|-(\d{3}))/i.exec(text) ?? [];
  if (week !== undefined) return ofWeek(Number(inYear), Number(week), Number(day));
  return dayOfYear === undefined ? undefined : ofYear(Number(inYear), Number(dayOfYear));
}

function ofWeek(inYear: number, week: number, day: number): Temporal.PlainDate | undefined {
  if (day < 1 || day > 7) return undefined;
  // The fourth of January is always in the first week.
  const fourth = new Temporal.PlainDate(inYear, 1, 4);
  const found = fourth.add({ days: 7 * (week - 1) + day - fourth.dayOfWeek });
  return found.weekOfYear === week && found.yearOfWeek === inYear ? found : undefined;
}

function ofYear(inYear: number, day: number): Temporal.PlainDate | undefined {
  const found = new Temporal.PlainDate(inYear, 1, 1).add({ days: day - 1 });
  return found.year === inYear ? found : undefined;
}

/** The text with its year as Temporal wants it. */
function temporalText(text: string): string {
  return text.replace(/^([+-])0*(\d+)/, (_, sign, digits) => sign + digits.padStart(6, '0'));
}

const dated = /^([-+]?)P(?=.)(?:([-+]?\d+)Y)?(?:([-+]?\d+)M)?(?:([-+]?\d+)W)?(?:([-+]?\d+)D)?$/i;
const timed =
  /^([-+]?)[Pp](?:([-+]?\d+)[Dd])?T(?=.)(?:([-+]?\d+)[Hh])?(?:([-+]?\d+)[Mm])?(?:([-+]?)(\d+)(?:[.,](\d{0,9}))?[Ss])?$/;

/** Java counts years, months and days in numbers of 32 bits. */
const maxCount = 2 ** 31 - 1;

/**
 * Undefined for what is no period.
 *
 * @throws RangeError where Temporal has none: one part above zero and one below, or more hours than it counts
 */
function readPeriod(text: string): TimeValue | undefined {
  const date = dated.exec(text);
  if (date !== null) return datedPeriod(date);
  const time = timed.exec(text);
  return time === null ? undefined : timedPeriod(time);
}

function datedPeriod([, sign, ...numbers]: RegExpExecArray): TimeValue {
  const [years = 0, months = 0, weeks = 0, days = 0] = numbers.map((number) => Number(number ?? 0));
  const parts = [years, months, 7 * weeks + days].map((part) => (sign === '-' ? -part : part) + 0);
  if ([...parts, ...numbers.map((number) => Number(number ?? 0))].some((part) => Math.abs(part) > maxCount)) {
    throw new RangeError('a period of Java counts in 32 bits');
  }
  const [inYears = 0, inMonths = 0, inDays = 0] = parts;
  return { kind: 'Period', span: new Temporal.Duration(inYears, inMonths, 0, inDays), isTime: false };
}

function timedPeriod(found: RegExpExecArray): TimeValue {
  const [, sign, days = '0', hours = '0', minutes = '0', minus, seconds = '0', fraction = ''] = found;
  const whole = BigInt(days) * 86_400n + BigInt(hours) * 3_600n + BigInt(minutes) * 60n;
  const rest = BigInt(seconds) * second + BigInt(fraction.padEnd(9, '0'));
  const total = whole * second + (minus === '-' ? -rest : rest);
  return { kind: 'Period', span: spanOf(sign === '-' ? -total : total), isTime: true };
}

const second = 1_000_000_000n;

function spanOf(nanoseconds: bigint): Temporal.Duration {
  const [seconds, below] = [nanoseconds / second, Number(nanoseconds % second)];
  return new Temporal.Duration(
    0,
    0,
    0,
    0,
    Number(seconds / 3_600n),
    Number((seconds / 60n) % 60n),
    Number(seconds % 60n),
    Math.trunc(below / 1e6),
    Math.trunc(below / 1e3) % 1_000,
    below % 1_000,
  );
}
