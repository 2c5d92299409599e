/**
 * @module
 * The operators `+`, `-`, `++` and `>>` on dates, times and periods, and the selectors of their parts (`.year`).
 */
import { MintError } from '../../diagnostics/mint-error.ts';
import { Unavailable } from './failures.ts';
import { divide, fromBigInt, rounded, toDouble } from './numbers.ts';
import { alike, momentOf, spanNanoseconds, timeAs } from './time-conversion.ts';
import { offsetSeconds, offsetText, timeSpan, zoneId } from './time-text.ts';
import type { TimeKind, TimeValue, Value } from './values.ts';

type Period = TimeValue & { kind: 'Period' };

/** @throws MintError `dataweave.arithmetic` if the value has no such units, or the result is outside the calendar */
export function shift(value: TimeValue, { span }: Period, sign: 1 | -1): TimeValue | undefined {
  const by = sign === 1 ? span : span.negated();
  try {
    return shifted(value, by);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new Unavailable('dataweave.arithmetic', 'The resulting date is outside the supported range.');
  }
}

function shifted(value: TimeValue, by: Temporal.Duration): TimeValue | undefined {
  switch (value.kind) {
    case 'Date':
      if (hasTime(by))
        throw new MintError(
          'dataweave.arithmetic',
          'A period with hours, minutes or seconds cannot be added to a Date.',
        );
      return { kind: 'Date', at: value.at.add(by) };
    case 'DateTime':
      return { kind: 'DateTime', at: value.at.add(by) };
    case 'LocalDateTime':
      return { kind: 'LocalDateTime', at: value.at.add(by) };
    case 'LocalTime':
      return { kind: 'LocalTime', at: value.at.add(requireTime(by)) };
    case 'Time':
      return { kind: 'Time', at: value.at.add(requireTime(by)), offset: value.offset };
    case 'TimeZone':
    case 'Period':
      return undefined;
  }
}

function hasTime(span: Temporal.Duration): boolean {
  return spanNanoseconds(span) !== 0n;
}

function requireTime(by: Temporal.Duration): Temporal.Duration {
  if (by.years === 0 && by.months === 0 && by.days === 0) return by;
  throw new MintError('dataweave.arithmetic', 'A period with years, months or days cannot be added to a time of day.');
}

/** The time from `right` to `left` in hours and smaller units; undefined for kinds without a distance. */
export function distance(left: TimeValue, right: TimeValue): TimeValue | undefined {
  const [to, from] = (alike(left, right) ?? []).map(momentOf);
  if (to === undefined || from === undefined) return undefined;
  const apart = Temporal.Instant.fromEpochNanoseconds(to).since(Temporal.Instant.fromEpochNanoseconds(from), {
    largestUnit: 'hours',
  });
  return timeSpan(apart);
}

/**
 * `++`: joins a date and a time in either order, or one of them and a time zone. One of the two may be converted to fit
 * the other. Undefined if they cannot be joined.
 */
export function join(left: TimeValue | string, right: TimeValue | string): TimeValue | undefined {
  return joinedAs(left, right) ?? joinedAs(right, left);
}

/** The kinds that a value can be joined with, in the order of the attempts. */
const partners: { readonly [kind in TimeKind]: readonly TimeKind[] } = {
  Date: ['Time', 'LocalTime', 'TimeZone'],
  Time: ['Date'],
  LocalTime: ['Date', 'TimeZone'],
  LocalDateTime: ['TimeZone'],
  TimeZone: ['LocalDateTime', 'Date', 'LocalTime'],
  DateTime: [],
  Period: [],
};

function joinedAs(value: TimeValue | string, other: TimeValue | string): TimeValue | undefined {
  if (typeof value === 'string') return undefined;
  if (typeof other !== 'string') {
    const found = joined(value, other) ?? joined(other, value);
    if (found !== undefined || other.kind === 'TimeZone') return found;
  }
  for (const kind of partners[value.kind]) {
    const converted = timeAs(other, kind, {});
    if (converted !== undefined) return joined(value, converted) ?? joined(converted, value);
  }
  return undefined;
}

function joined(left: TimeValue, right: TimeValue): TimeValue | undefined {
  switch (right.kind) {
    case 'LocalTime':
      return left.kind === 'Date' ? { kind: 'LocalDateTime', at: left.at.toPlainDateTime(right.at) } : undefined;
    case 'Time':
      return left.kind === 'Date' ? zoned(left.at.toPlainDateTime(right.at), right.offset) : undefined;
    case 'TimeZone':
      return joinedWithZone(left, right.zone);
    case 'Date':
    case 'DateTime':
    case 'LocalDateTime':
    case 'Period':
      return undefined;
  }
}

function joinedWithZone(value: TimeValue, zone: string): TimeValue | undefined {
  switch (value.kind) {
    case 'Date':
      return zoned(value.at.toPlainDateTime(), zone);
    case 'LocalDateTime':
      return zoned(value.at, zone);
    case 'LocalTime':
      return { kind: 'Time', at: value.at, offset: zone };
    case 'DateTime':
    case 'Time':
    case 'TimeZone':
    case 'Period':
      return undefined;
  }
}

function zoned(at: Temporal.PlainDateTime, zone: string): TimeValue {
  return { kind: 'DateTime', at: at.toZonedDateTime(zoneId(zone)) };
}

/** `>>`: the same moment in another time zone; undefined for kinds that are not a moment. */
export function inZone(value: TimeValue, zone: TimeValue & { kind: 'TimeZone' }): TimeValue | undefined {
  if (value.kind === 'LocalDateTime') return inZone({ kind: 'DateTime', at: value.at.toZonedDateTime('UTC') }, zone);
  return value.kind === 'DateTime' ? { kind: 'DateTime', at: value.at.withTimeZone(zoneId(zone.zone)) } : undefined;
}

/** Whether a DateTime has a part of this name. */
export function isMomentPart(name: string): boolean {
  return dateParts.has(name) || timeParts.has(name) || zoneParts.has(name);
}

/** `.year`, `.hour` and so on; undefined if the value has no such part. */
export function partOf(value: TimeValue, name: string): Value | undefined {
  if (value.kind === 'Period') return periodParts.get(name)?.(value);
  if (value.kind === 'TimeZone') return undefined;
  const dated = 'year' in value.at ? dateParts.get(name)?.(value.at) : undefined;
  const timed = 'hour' in value.at ? timeParts.get(name)?.(value.at) : undefined;
  return dated ?? timed ?? zoneParts.get(name)?.(value);
}

interface DateLike {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly dayOfWeek: number;
  readonly dayOfYear: number;
}

const dateParts: ReadonlyMap<string, (at: DateLike) => number> = new Map(
  Object.entries<(at: DateLike) => number>({
    year: (at) => at.year,
    month: (at) => at.month,
    day: (at) => at.day,
    dayOfWeek: (at) => at.dayOfWeek,
    dayOfYear: (at) => at.dayOfYear,
    quarter: (at) => Math.ceil(at.month / 3),
  }),
);

interface TimeLike {
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly millisecond: number;
  readonly microsecond: number;
  readonly nanosecond: number;
}

const timeParts: ReadonlyMap<string, (at: TimeLike) => number> = new Map(
  Object.entries<(at: TimeLike) => number>({
    hour: (at) => at.hour,
    minutes: (at) => at.minute,
    seconds: (at) => at.second,
    milliseconds: (at) => at.millisecond,
    nanoseconds: (at) => at.millisecond * 1e6 + at.microsecond * 1e3 + at.nanosecond,
  }),
);

const zoneParts: ReadonlyMap<string, (value: TimeValue) => Value | undefined> = new Map(
  Object.entries<(value: TimeValue) => Value | undefined>({
    offsetSeconds: (value) => {
      if (value.kind === 'DateTime') return value.at.offsetNanoseconds / 1e9;
      return value.kind === 'Time' ? offsetSeconds(value.offset) : undefined;
    },
    timezone: (value) => {
      if (value.kind === 'DateTime') return { kind: 'TimeZone', zone: offsetText(value.at.offset) };
      return value.kind === 'Time' ? { kind: 'TimeZone', zone: offsetText(value.offset) } : undefined;
    },
  }),
);

function units(span: Temporal.Duration, nanosecondsPerUnit: bigint): number {
  return toDouble(rounded(divide(fromBigInt(spanNanoseconds(span)), fromBigInt(nanosecondsPerUnit)), 'down'));
}

const periodParts: ReadonlyMap<string, (value: Period) => number | undefined> = new Map(
  Object.entries<(value: Period) => number | undefined>({
    years: ({ span, isTime }) => (isTime ? undefined : span.years),
    months: ({ span, isTime }) => (isTime ? undefined : span.months),
    days: ({ span, isTime }) => (isTime ? units(span, 86_400_000_000_000n) : span.days),
    hours: ({ span, isTime }) => (isTime ? span.hours % 24 : undefined),
    minutes: ({ span, isTime }) => (isTime ? span.minutes : undefined),
    secs: ({ span, isTime }) => (isTime ? span.seconds : undefined),
    seconds: ({ span, isTime }) => (isTime ? units(span, 1_000_000_000n) : undefined),
  }),
);
