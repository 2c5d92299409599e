/**
 * @module
 * Parses dates, times, time zones and periods in ISO 8601 as the engine's Java does. There are no leap seconds, no hour
 * 24 and no offsets beyond 18 hours.
 *
 * A date may be written by month, by week or by day of the year, and a year of more than four digits has a sign.
 * Temporal supports the form by month only, with six digits after a sign. The constants named `literal…` are the forms
 * of a literal between bars, the others are those that `as` accepts.
 */
import { DateSpan, Moment } from './moments.ts';
import { type FormattedKind, type TimeKind, type TimeValue, timeKinds } from './values.ts';
import { offsetOf, zoneInBrackets, zoneNamed } from './zone-names.ts';

/** `as` also accepts four digits for a year before 0. */
const year = String.raw`(?:\d{4}|\+\d{5,10}|-(?!0+-)\d{4,10})`;
const literalYear = String.raw`(?:\d{4}|(?:\+|-(?!0+-))\d{5})`;

const calendarDate = String.raw`${year}-\d\d-\d\d`;
const literalCalendarDate = String.raw`${literalYear}-\d\d-\d\d`;

const countedDate = String.raw`(?:-W\d\d-\d|-\d{3})`;
/** The offset of a date has no effect. It may be beyond 18 hours. */
const anyOffset = String.raw`(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d)?)?`;
const anyLiteralOffset = String.raw`(?:Z|[+-]\d\d:[0-5]\d)?`;

/** Only dates by week or by day of the year may have an offset. */
const date = new RegExp(`^(?:${calendarDate}|${year}${countedDate}${anyOffset})$`, 'i');
const literalDate = new RegExp(`^${literalYear}(?:-\\d\\d-\\d\\d|${countedDate})${anyLiteralOffset}$`);

const clock = String.raw`(?:[01]\d|2[0-3]):[0-5]\d`;
const time = String.raw`${clock}(?::[0-5]\d(?:\.\d{0,9})?)?`;
const literalTime = String.raw`${clock}(?::[0-5]\d(?:\.\d{1,9})?)?`;
const offset = String.raw`(?:Z|[+-]\d\d(?::[0-5]\d(?::[0-5]\d)?)?)`;
const wholeOffset = String.raw`(?:Z|[+-]\d\d:[0-5]\d(?::[0-5]\d)?)`;
const literalOffset = String.raw`(?:Z|[+-]\d\d:[0-5]\d)`;
const region = String.raw`(?:\[[A-Za-z0-9_+\-/:]+\])?`;

/** The forms that `as` accepts. */
const patterns: { readonly [kind in FormattedKind]: RegExp } = {
  Date: date,
  DateTime: new RegExp(`^(${calendarDate}T${time})(${offset})(${region})$`, 'i'),
  LocalDateTime: new RegExp(`^(${calendarDate}T${time})$`, 'i'),
  LocalTime: new RegExp(`^(${time})$`),
  Time: new RegExp(`^(${time})(${wholeOffset})$`, 'i'),
};

const literals: { readonly [kind in TimeKind]: RegExp } = {
  Date: literalDate,
  DateTime: new RegExp(`^${literalCalendarDate}T${literalTime}${literalOffset}$`),
  LocalDateTime: new RegExp(`^${literalCalendarDate}T${literalTime}$`),
  LocalTime: new RegExp(`^${literalTime}$`),
  Time: new RegExp(`^${literalTime}${literalOffset}$`),
  TimeZone: new RegExp(`^${literalOffset}$`),
  Period: /^P(?=.)(?:(?:-?\d+Y)?(?:-?\d+M)?(?:-?\d+D)?|(?:-?\d+D)?T(?:-?\d+H)?(?:-?\d+M)?(?:-?\d+(?:\.\d{1,9})?S)?)$/,
};

/** The value of the literal `|text|`; undefined if it has none of the forms. */
export function parseTimeLiteral(text: string): TimeValue | undefined {
  const kind = timeKinds.find((one) => literals[one].test(text));
  return kind && readAs(text, kind, literals);
}

/** No form is longer. */
const maxLength = 100;

/** Parses a string as one kind; undefined if it does not have the form. */
export function parseTime(text: string, kind: TimeKind): TimeValue | undefined {
  return readAs(text, kind, patterns);
}

/** @param dates the form of a Date, which differs between `as` and a literal */
function readAs(text: string, kind: TimeKind, { Date: dates }: { readonly Date: RegExp }): TimeValue | undefined {
  if (text.length > maxLength) return undefined;
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

function parseDated(text: string, kind: Exclude<FormattedKind, 'Date'>): TimeValue | undefined {
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
      return there === undefined ? undefined : { kind, at: Temporal.PlainTime.from(written, strict), offset: there };
    }
  }
}

const strict = { overflow: 'reject' } as const;

function dateTime(local: string, zone: string, place: string): TimeValue | undefined {
  const there = offsetOf(zone.toUpperCase());
  const region = place === '' ? undefined : zoneInBrackets(place.slice(1, -1));
  if (there === undefined || (place !== '' && region === undefined)) return undefined;
  const at = Moment.ofLocal(Temporal.PlainDateTime.from(local, strict), there);
  return { kind: 'DateTime', at: region === undefined ? at : at.inZone(region) };
}

/** An offset, a region, or one of Java's short names. */
function parseZone(text: string): TimeValue | undefined {
  const zone = zoneNamed(text);
  return zone === undefined ? undefined : { kind: 'TimeZone', zone };
}

/** @throws RangeError if there is no such day, or Temporal does not support it */
function readDate(text: string): Temporal.PlainDate | undefined {
  const byMonth = /^([+-]?\d+-\d\d-\d\d)(?:Z|[+-].*)?$/.exec(text);
  if (byMonth !== null) return Temporal.PlainDate.from(temporalText(byMonth[1] ?? ''), strict);
  const [, inYear = '', week, day, dayOfYear] = /^([+-]?\d+)(?:-W(\d\d)-(\d)|-(\d{3}))/i.exec(text) ?? [];
  if (week !== undefined) return ofWeek(Number(inYear), Number(week), Number(day));
  return dayOfYear === undefined ? undefined : ofYear(Number(inYear), Number(dayOfYear));
}

function ofWeek(inYear: number, week: number, day: number): Temporal.PlainDate | undefined {
  if (day < 1 || day > 7) return undefined;
  // January 4 is always in week 1.
  const fourth = new Temporal.PlainDate(inYear, 1, 4);
  const found = fourth.add({ days: 7 * (week - 1) + day - fourth.dayOfWeek });
  return found.weekOfYear === week && found.yearOfWeek === inYear ? found : undefined;
}

function ofYear(inYear: number, day: number): Temporal.PlainDate | undefined {
  const found = new Temporal.PlainDate(inYear, 1, 1).add({ days: day - 1 });
  return found.year === inYear ? found : undefined;
}

/** The date with six digits after the sign of the year, as Temporal requires. */
function temporalText(text: string): string {
  return text.replace(/^([+-])0*(\d+)/, (_, sign, digits) => sign + digits.padStart(6, '0'));
}

const dated = /^([-+]?)P(?=.)(?:([-+]?\d+)Y)?(?:([-+]?\d+)M)?(?:([-+]?\d+)W)?(?:([-+]?\d+)D)?$/i;
const timed =
  /^([-+]?)[Pp](?:([-+]?\d+)[Dd])?T(?=.)(?:([-+]?\d+)[Hh])?(?:([-+]?\d+)[Mm])?(?:([-+]?)(\d+)(?:[.,](\d{0,9}))?[Ss])?$/;

/**
 * Parses a period as Java's `Period` and `Duration` do: in any case except for the `T`, with weeks, and with a sign
 * before the whole and before each number. Undefined if the string is not a period.
 *
 * @throws RangeError if Temporal does not support it: a part beyond 32 bits, or too many hours
 */
function readPeriod(text: string): TimeValue | undefined {
  const date = dated.exec(text);
  if (date !== null) return datedPeriod(date);
  const time = timed.exec(text);
  return time === null ? undefined : timedPeriod(time);
}

function datedPeriod([, sign, ...numbers]: RegExpExecArray): TimeValue {
  const [years = 0, months = 0, weeks = 0, days = 0] = numbers.map((number) => signed(Number(number ?? 0), sign));
  const [inWeeks, inDays] = [new DateSpan(0, 0, 7 * weeks), new DateSpan(0, 0, days)];
  return { kind: 'Period', span: new DateSpan(years, months, inWeeks.days + inDays.days), isTime: false };
}

/** @throws RangeError unless the number has 32 bits with and without the sign before the whole */
function signed(number: number, sign: string | undefined): number {
  const { days } = new DateSpan(0, 0, number);
  return sign === '-' ? 0 - days : days + 0;
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
