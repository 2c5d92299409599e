/**
 * @module
 * Functions of `dw::core::Dates` and `dw::core::Periods`.
 */
import { MintError } from '../../../diagnostics/mint-error.ts';
import { toNumber } from '../conversion.ts';
import type { Evaluation } from '../evaluation.ts';
import { Unavailable, wrongType } from '../failures.ts';
import { DateSpan, Moment } from '../moments.ts';
import { isWhole, multiply, type Num, remainder, rounded, subtract, toDouble } from '../numbers.ts';
import { timeSpan } from '../time-text.ts';
import { isTime, type ObjectValue, type TimeValue, type Value } from '../values.ts';
import { type Form, type FunctionRow, form, number, object, time } from './row.ts';

const dates = 'dw::core::Dates';
const periods = 'dw::core::Periods';

type Start = (date: Temporal.PlainDate) => Temporal.PlainDate;

/** Forms for the kinds with a date: the day that `start` returns, at midnight. */
function startOf(start: Start): readonly Form[] {
  return [
    form([time('DateTime')], (_, { at }) => ({
      kind: 'DateTime',
      at: Moment.ofLocal(start(at.local.toPlainDate()).toPlainDateTime(), at.zone),
    })),
    form([time('LocalDateTime')], (_, { at }) => ({
      kind: 'LocalDateTime',
      at: start(at.toPlainDate()).toPlainDateTime(),
    })),
    form([time('Date')], (_, { at }) => ({ kind: 'Date', at: start(at) })),
  ];
}

const toHour = { minute: 0, second: 0, millisecond: 0, microsecond: 0, nanosecond: 0 };

function today({ bindings }: Evaluation, shift: number): TimeValue {
  const now = Temporal.Instant.fromEpochMilliseconds(bindings.now).toZonedDateTimeISO('UTC').toPlainDate();
  return { kind: 'Date', at: now.add({ days: shift }) };
}

function part(value: ObjectValue, name: string): number {
  const found = toNumber(value.get(name) ?? 0);
  if (found === undefined) throw wrongType(`\`${name}\``, 'a Number', value.get(name) ?? null);
  return toDouble(found);
}

/** @throws MintError `dataweave.arithmetic` if there is no such day or time */
function built(make: () => TimeValue): TimeValue {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new MintError('dataweave.arithmetic', 'The date or time does not exist.');
  }
}

function plainDate(value: ObjectValue): Temporal.PlainDate {
  const year = part(value, 'year');
  if (!Number.isInteger(year)) throw new RangeError('a year must be a whole number');
  return new Temporal.PlainDate(year, Math.round(part(value, 'month')), Math.round(part(value, 'day')));
}

function requirePart(value: ObjectValue, name: string): number {
  if (value.get(name) === undefined) throw new MintError('dataweave.type-mismatch', `The object has no \`${name}\`.`);
  return part(value, name);
}

/** Hours, minutes and seconds are rounded, because the engine writes them with two digits. */
function plainTime(value: ObjectValue): Temporal.PlainTime {
  const [hour = 0, minutes = 0, seconds = 0] = ['hour', 'minutes', 'seconds'].map((name) =>
    Math.round(requirePart(value, name)),
  );
  return new Temporal.PlainTime(hour, minutes, seconds);
}

function zone(value: ObjectValue): string {
  const found = value.get('timeZone') ?? null;
  if (isTime(found) && found.kind === 'TimeZone') return found.zone;
  throw wrongType('`timeZone`', 'a TimeZone', found);
}

function requireOffset(name: string): string {
  if (/^[Z+-]/.test(name)) return name;
  throw new MintError('dataweave.conversion', 'The time zone of a Time must be an offset.');
}

function making(name: string, summary: string, make: (value: ObjectValue) => TimeValue): FunctionRow {
  return { module: dates, name, summary, forms: [form([object], (_, value) => built(() => make(value)))] };
}

const nanosecondsPer: Readonly<Record<string, number>> = { days: 86_400e9, hours: 3600e9, minutes: 60e9, seconds: 1e9 };

/** The sum of four periods, one for each unit, is below 2^53 seconds. */
const maxSeconds = 2e15;

/** A number of units as a duration in nanosecond precision. */
function spanOf(count: Num, unit: string): Temporal.Duration {
  const total = rounded(multiply(count, nanosecondsPer[unit] ?? 0), 'down');
  const nanoseconds = remainder(total, 1e9);
  // The difference is a multiple of 1e9 that may be beyond 2^53, so its quotient is rounded back to an integer.
  const seconds = Math.round(toDouble(subtract(total, nanoseconds)) / 1e9);
  if (Math.abs(seconds) > maxSeconds) throw new Unavailable('dataweave.arithmetic', 'The period is too long.');
  return Temporal.Duration.from({ seconds, nanoseconds: toDouble(nanoseconds) });
}

function timePeriod(count: Num, unit: string): TimeValue {
  return timeSpan(spanOf(count, unit).round({ largestUnit: 'hours' }));
}

function datePeriod(years: number, months: number, wholeDays: number): TimeValue {
  return { kind: 'Period', span: new DateSpan(years, months, wholeDays), isTime: false };
}

function isJavaInteger(value: number): boolean {
  return value === (value | 0);
}

function requireWhole(count: Num): number {
  if (isWhole(count) && isJavaInteger(toDouble(count))) return toDouble(count);
  throw new MintError(
    'dataweave.arithmetic',
    'The numbers of years, months and days of a period must be whole and less than 2^31.',
  );
}

/** The sum of all parts. A day has 24 hours. */
function duration(value: ObjectValue): TimeValue {
  let total = new Temporal.Duration();
  for (const unit of Object.keys(nanosecondsPer)) {
    const count = toNumber(value.get(unit) ?? 0);
    if (count === undefined) throw wrongType(`\`${unit}\``, 'a Number', value.get(unit) ?? null);
    total = total.add(spanOf(count, unit));
  }
  return timeSpan(total.round({ largestUnit: 'hours' }));
}

function days(count: Num): TimeValue {
  return isWhole(count) ? datePeriod(0, 0, requireWhole(count)) : timePeriod(count, 'days');
}

function counting(name: string, summary: string, make: (count: Num) => Value): FunctionRow {
  return { module: periods, name, summary, forms: [form([number], (_, count) => make(count))] };
}

function spanObject(value: ObjectValue): TimeValue {
  const [years, months, wholeDays] = ['years', 'months', 'days'].map((name) => requireWhole(part(value, name)));
  return datePeriod(years ?? 0, months ?? 0, wholeDays ?? 0);
}

/** As in Java: whole months from the start, then days. Backwards, the days count to the end of the last month. */
function calendarSpan(start: Temporal.PlainDate, end: Temporal.PlainDate): DateSpan {
  let months = (end.year - start.year) * 12 + end.month - start.month;
  let days = end.day - start.day;
  if (months > 0 && days < 0) {
    months -= 1;
    days = start.add({ months }).until(end).days;
  } else if (months < 0 && days > 0) {
    months += 1;
    days -= end.daysInMonth;
  }
  return new DateSpan(Math.trunc(months / 12) + 0, (months % 12) + 0, days);
}

export const dateRows: readonly FunctionRow[] = [
  {
    module: dates,
    name: 'atBeginningOfDay',
    summary: 'Midnight of the day.',
    forms: startOf((date) => date).slice(0, 2),
  },
  {
    module: dates,
    name: 'atBeginningOfHour',
    summary: 'The start of the hour.',
    forms: [
      form([time('DateTime')], (_, { at }) => ({ kind: 'DateTime', at: at.startOfHour() })),
      form([time('LocalDateTime')], (_, { at }) => ({ kind: 'LocalDateTime', at: at.with(toHour) })),
      form([time('LocalTime')], (_, { at }) => ({ kind: 'LocalTime', at: at.with(toHour) })),
      form([time('Time')], (_, { at, offset }) => ({ kind: 'Time', at: at.with(toHour), offset })),
    ],
  },
  {
    module: dates,
    name: 'atBeginningOfMonth',
    summary: 'The first day of the month.',
    forms: startOf((date) => date.with({ day: 1 })),
  },
  {
    module: dates,
    name: 'atBeginningOfWeek',
    summary: 'The Sunday at the start of the week.',
    forms: startOf((date) => date.subtract({ days: date.dayOfWeek % 7 })),
  },
  {
    module: dates,
    name: 'atBeginningOfYear',
    summary: 'The first of January.',
    forms: startOf((date) => date.with({ month: 1, day: 1 })),
  },
  {
    module: dates,
    name: 'today',
    summary: 'The date of the evaluation, in UTC.',
    forms: [form([], (call) => today(call, 0))],
    varies: 'time',
  },
  {
    module: dates,
    name: 'tomorrow',
    summary: 'The date after that of the evaluation, in UTC.',
    forms: [form([], (call) => today(call, 1))],
    varies: 'time',
  },
  {
    module: dates,
    name: 'yesterday',
    summary: 'The date before that of the evaluation, in UTC.',
    forms: [form([], (call) => today(call, -1))],
    varies: 'time',
  },
  making('date', 'A date from `year`, `month` and `day`.', (value) => ({ kind: 'Date', at: plainDate(value) })),
  making('localTime', 'A time from `hour`, `minutes` and `seconds`.', (value) => ({
    kind: 'LocalTime',
    at: plainTime(value),
  })),
  making('time', 'A time with a `timeZone`.', (value) => ({
    kind: 'Time',
    at: plainTime(value),
    offset: requireOffset(zone(value)),
  })),
  making('localDateTime', 'A date and time from their parts.', (value) => ({
    kind: 'LocalDateTime',
    at: plainDate(value).toPlainDateTime(plainTime(value)),
  })),
  making('dateTime', 'A date and time with a `timeZone`.', (value) => ({
    kind: 'DateTime',
    at: Moment.ofLocal(plainDate(value).toPlainDateTime(plainTime(value)), zone(value)),
  })),
  {
    module: periods,
    name: 'between',
    summary: 'The years, months and days from the second date to the first.',
    forms: [
      form([time('Date'), time('Date')], (_, end, start) => ({
        kind: 'Period',
        span: calendarSpan(start.at, end.at),
        isTime: false,
      })),
    ],
  },
  counting('years', 'A period of years.', (count) => datePeriod(requireWhole(count), 0, 0)),
  counting('months', 'A period of months.', (count) => datePeriod(0, requireWhole(count), 0)),
  counting('days', 'A period of days.', days),
  counting('hours', 'A period of hours.', (count) => timePeriod(count, 'hours')),
  counting('minutes', 'A period of minutes.', (count) => timePeriod(count, 'minutes')),
  counting('seconds', 'A period of seconds.', (count) => timePeriod(count, 'seconds')),
  {
    module: periods,
    name: 'period',
    summary: 'A period of `years`, `months` and `days`.',
    forms: [form([object], (_, value) => spanObject(value))],
  },
  {
    module: periods,
    name: 'duration',
    summary: 'A period of `days`, `hours`, `minutes` and `seconds`.',
    forms: [form([object], (_, value) => duration(value))],
  },
];
