/**
 * @module
 * The operators `+`, `-`, `++` and `>>` on dates, times and periods, and the selectors of their parts (`.year`).
 */
import { MintError } from '../../diagnostics/mint-error.ts';
import { Unavailable } from './failures.ts';
import { DateSpan, Moment } from './moments.ts';
import { toDouble } from './numbers.ts';
import { alike, durationIn, momentOf, spanNanoseconds, timeAs } from './time-conversion.ts';
import { timeSpan } from './time-text.ts';
import type { TimeKind, TimeValue, Value } from './values.ts';
import { constantOffset, offsetSeconds } from './zone-names.ts';

type Period = TimeValue & { kind: 'Period' };

/** @throws MintError `dataweave.arithmetic` if the value has no such units, or the result is outside the calendar */
export function shift(value: TimeValue, { span }: Period, sign: 1 | -1): TimeValue | undefined {
  try {
    return shifted(value, sign === 1 ? span : span.negated());
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new Unavailable('dataweave.arithmetic', 'The resulting date is outside the supported range.');
  }
}

function shifted(value: TimeValue, by: Temporal.Duration | DateSpan): TimeValue | undefined {
  switch (value.kind) {
    case 'Date':
      if (hasTime(by))
        throw new MintError(
          'dataweave.arithmetic',
          'A period with hours, minutes or seconds cannot be added to a Date.',
        );
      return { kind: 'Date', at: plus(value.at, by) };
    case 'DateTime':
      return { kind: 'DateTime', at: value.at.plus(by) };
    case 'LocalDateTime':
      return { kind: 'LocalDateTime', at: plus(value.at, by) };
    case 'LocalTime':
      return { kind: 'LocalTime', at: value.at.add(requireTime(by)) };
    case 'Time':
      return { kind: 'Time', at: value.at.add(requireTime(by)), offset: value.offset };
    case 'TimeZone':
    case 'Period':
      return undefined;
  }
}

function plus<T extends { add(span: Temporal.DurationLike): T }>(date: T, by: Temporal.Duration | DateSpan): T {
  return by instanceof DateSpan ? by.addedTo(date) : date.add(by);
}

function hasTime(span: Temporal.Duration | DateSpan): boolean {
  return !(span instanceof DateSpan) && spanNanoseconds(span) !== 0n;
}

function requireTime(by: Temporal.Duration | DateSpan): Temporal.Duration {
  if (!(by instanceof DateSpan)) return by;
  if (by.years === 0 && by.months === 0 && by.days === 0) return new Temporal.Duration();
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
  if (right.kind === 'TimeZone') return joinedWithZone(left, right.zone);
  if (left.kind !== 'Date') return undefined;
  if (right.kind === 'LocalTime') return { kind: 'LocalDateTime', at: left.at.toPlainDateTime(right.at) };
  return right.kind === 'Time' ? zoned(left.at.toPlainDateTime(right.at), right.offset) : undefined;
}

function joinedWithZone(value: TimeValue, zone: string): TimeValue | undefined {
  if (value.kind === 'Date') return zoned(value.at.toPlainDateTime(), zone);
  if (value.kind === 'LocalDateTime') return zoned(value.at, zone);
  return value.kind === 'LocalTime' ? { kind: 'Time', at: value.at, offset: requireOffset(zone) } : undefined;
}

function zoned(at: Temporal.PlainDateTime, zone: string): TimeValue {
  return { kind: 'DateTime', at: Moment.ofLocal(at, zone) };
}

/** The offset of a time of day. The engine takes a region's offset of today, which is another one half a year later. */
function requireOffset(zone: string): string {
  const offset = constantOffset(zone);
  if (offset !== undefined) return offset;
  throw new Unavailable(
    'dataweave.unsupported',
    'The offset of this time zone depends on the date. Join the time with a date first, or use an offset such as |+02:00|.',
  );
}

/** `>>`: the same moment in another time zone; undefined for kinds that are not a moment. */
export function inZone(value: TimeValue, zone: TimeValue & { kind: 'TimeZone' }): TimeValue | undefined {
  if (value.kind === 'LocalDateTime') return inZone(zoned(value.at, 'Z'), zone);
  return value.kind === 'DateTime' ? { kind: 'DateTime', at: value.at.inZone(zone.zone) } : undefined;
}

/** Whether a DateTime has a part of this name. */
export function isMomentPart(name: string): boolean {
  return dateParts.has(name) || timeParts.has(name) || zoneParts.has(name);
}

/** `.year`, `.hour` and so on; undefined if the value has no such part. */
export function partOf(value: TimeValue, name: string): Value | undefined {
  if (value.kind === 'Period') return periodParts.get(name)?.(value);
  if (value.kind === 'TimeZone') return undefined;
  const at = value.kind === 'DateTime' ? value.at.local : value.at;
  const dated = 'year' in at ? dateParts.get(name)?.(at) : undefined;
  const timed = 'hour' in at ? timeParts.get(name)?.(at) : undefined;
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
      if (value.kind === 'DateTime') return value.at.offsetSeconds;
      return value.kind === 'Time' ? offsetSeconds(value.offset) : undefined;
    },
    timezone: (value) => {
      if (value.kind === 'DateTime') return { kind: 'TimeZone', zone: value.at.offset };
      return value.kind === 'Time' ? { kind: 'TimeZone', zone: value.offset } : undefined;
    },
  }),
);

function units(span: Temporal.Duration, nanosecondsPerUnit: bigint): number {
  return toDouble(durationIn(spanNanoseconds(span), nanosecondsPerUnit));
}

const periodParts: ReadonlyMap<string, (value: Period) => number | undefined> = new Map(
  Object.entries<(value: Period) => number | undefined>({
    years: (value) => (value.isTime ? undefined : value.span.years),
    months: (value) => (value.isTime ? undefined : value.span.months),
    days: (value) => (value.isTime ? units(value.span, 86_400_000_000_000n) : value.span.days),
    hours: (value) => (value.isTime ? (value.span.hours % 24) + 0 : undefined),
    minutes: (value) => (value.isTime ? value.span.minutes : undefined),
    secs: (value) => (value.isTime ? (units(value.span, 1_000_000_000n) % 60) + 0 : undefined),
    seconds: (value) => (value.isTime ? units(value.span, 1_000_000_000n) : undefined),
  }),
);
