/**
 * @module
 * Converts between the kinds of dates and times, and to and from numbers; the order of dates and times.
 */
import { MintError } from '../../diagnostics/mint-error.ts';
import { Unavailable } from './failures.ts';
import { Moment } from './moments.ts';
import { divide, fromBigInt, isNumber, type Num, rounded, toInteger } from './numbers.ts';
import { parseByPattern } from './time-parsing.ts';
import { parseTime } from './time-reading.ts';
import { timeText } from './time-text.ts';
import { isTime, type TimeKind, type TimeValue, type Value } from './values.ts';
import { offsetSeconds } from './zone-names.ts';

interface Wanted {
  readonly format?: string | undefined;
  readonly unit?: string | undefined;
  readonly mode?: string | undefined;
}

/** The value as another kind; undefined if it cannot be converted. */
export function timeAs(value: Value, kind: TimeKind, { format, unit, mode }: Wanted): TimeValue | undefined {
  if (typeof value === 'string') {
    const isPlain = format === undefined || kind === 'TimeZone' || kind === 'Period';
    return isPlain ? (parsedAs(value, kind) ?? requireYear(value)) : parseByPattern(value, kind, format, mode);
  }
  if (isNumber(value)) return kind === 'DateTime' ? fromEpoch(value, unit) : undefined;
  if (!isTime(value)) return undefined;
  const found = value.kind === kind ? value : betweenKinds(value, kind);
  return found === undefined || found.format === format ? found : { ...found, format };
}

const distantYear = /^[+-]\d{6,10}-(?:\d\d-\d\d|W\d\d-\d|\d{3})(?:$|[TZ+-])/i;

/** @throws MintError `dataweave.conversion` for a year that only the engine has */
function requireYear(text: string): undefined {
  if (distantYear.test(text)) throw new Unavailable('dataweave.conversion', 'The year is outside the supported range.');
}

/** A string in the format of another kind is parsed as that kind and then converted. */
function parsedAs(text: string, kind: TimeKind): TimeValue | undefined {
  const found = parseTime(text, kind);
  if (found !== undefined || kind === 'Period') return found;
  for (const other of ['DateTime', 'LocalDateTime', 'Time', 'LocalTime'] as const) {
    const read = other === kind ? undefined : parseTime(text, other);
    if (read !== undefined) return betweenKinds(read, kind);
  }
  return undefined;
}

function fromEpoch(value: Num, unit: string | undefined): TimeValue | undefined {
  const whole = toInteger(rounded(value, 'toZero'));
  if (whole === undefined) return undefined;
  const milliseconds = sizeOf(unit?.toLowerCase(), momentUnits) === 1_000_000n ? whole : whole * 1000;
  if (Math.abs(milliseconds) > 8.64e15) return undefined;
  return { kind: 'DateTime', at: Moment.ofMilliseconds(milliseconds) };
}

function betweenKinds(value: TimeValue, kind: TimeKind): TimeValue | undefined {
  switch (value.kind) {
    case 'DateTime':
      return fromDateTime[kind]?.(value.at);
    case 'LocalDateTime':
      return fromLocalDateTime[kind]?.(value.at);
    case 'Time':
      return fromTime[kind]?.(value);
    case 'LocalTime':
      return kind === 'Time' ? { kind, at: value.at, offset: 'Z' } : undefined;
    case 'Date':
    case 'TimeZone':
    case 'Period':
      return undefined;
  }
}

/** The kinds that a value can be converted to, and how. */
type ToKinds<From> = { readonly [kind in TimeKind]?: (from: From) => TimeValue };

const fromDateTime: ToKinds<Moment> = {
  Date: ({ local }) => ({ kind: 'Date', at: local.toPlainDate() }),
  LocalDateTime: ({ local }) => ({ kind: 'LocalDateTime', at: local }),
  LocalTime: ({ local }) => ({ kind: 'LocalTime', at: local.toPlainTime() }),
  Time: ({ local, offset }) => ({ kind: 'Time', at: local.toPlainTime(), offset }),
  TimeZone: ({ offset }) => ({ kind: 'TimeZone', zone: offset }),
};

const fromLocalDateTime: ToKinds<Temporal.PlainDateTime> = {
  Date: (at) => ({ kind: 'Date', at: at.toPlainDate() }),
  LocalTime: (at) => ({ kind: 'LocalTime', at: at.toPlainTime() }),
  DateTime: (at) => ({ kind: 'DateTime', at: Moment.ofLocal(at, 'Z') }),
  Time: (at) => ({ kind: 'Time', at: at.toPlainTime(), offset: 'Z' }),
};

const fromTime: ToKinds<TimeValue & { kind: 'Time' }> = {
  LocalTime: ({ at }) => ({ kind: 'LocalTime', at }),
  TimeZone: ({ offset }) => ({ kind: 'TimeZone', zone: offset }),
};

/** Units of a DateTime as a number, whose names are not case-sensitive, and units of a Period. */
const momentUnits: ReadonlyMap<string, bigint> = new Map([
  ['milliseconds', 1_000_000n],
  ['seconds', 1_000_000_000n],
]);
const periodUnits: ReadonlyMap<string, bigint> = new Map([
  ...momentUnits,
  ['nanos', 1n],
  ['minutes', 60_000_000_000n],
  ['hours', 3_600_000_000_000n],
  ['days', 86_400_000_000_000n],
]);

/** A DateTime in seconds since 1970; a Period in seconds, or in months if it consists of years, months and days. */
export function timeToNumber(value: TimeValue, unit: string | undefined): Num | undefined {
  if (value.kind === 'DateTime') return wholeUnits(value.at.nanoseconds, sizeOf(unit?.toLowerCase(), momentUnits));
  if (value.kind !== 'Period') return undefined;
  if (value.isTime) return durationIn(spanNanoseconds(value.span), sizeOf(unit, periodUnits));
  const months = value.span.years * 12 + value.span.months;
  if (unit === undefined || unit === 'months') return months;
  if (unit === 'years') return Math.trunc(months / 12) + 0;
  throw new MintError(
    'dataweave.conversion',
    'A Period of years, months and days converts to a Number in `months` or `years` only.',
  );
}

/** @throws MintError `dataweave.conversion` */
function sizeOf(unit: string | undefined, units: ReadonlyMap<string, bigint>): bigint {
  const size = units.get(unit ?? 'seconds');
  if (size !== undefined) return size;
  throw new MintError('dataweave.conversion', `The unit is not one of ${[...units.keys()].join(', ')}.`);
}

function wholeUnits(nanoseconds: bigint, size: bigint): Num {
  return rounded(divide(fromBigInt(nanoseconds), fromBigInt(size)), 'down');
}

/** Java's `Duration` holds whole seconds, rounded down, and nanoseconds. It counts other units towards zero. */
export function durationIn(nanoseconds: bigint, size: bigint): Num {
  if (size < second) {
    const count = nanoseconds / size;
    if (BigInt.asIntN(64, count) === count) return fromBigInt(count);
    throw new MintError('dataweave.conversion', 'The period is too long for this unit.');
  }
  const rest = ((nanoseconds % second) + second) % second;
  return fromBigInt((nanoseconds - rest) / size);
}

const second = 1_000_000_000n;

export function spanNanoseconds(span: Temporal.Duration): bigint {
  const { hours, minutes, seconds, milliseconds, microseconds, nanoseconds } = span;
  const whole = BigInt(hours) * 3600n + BigInt(minutes) * 60n + BigInt(seconds);
  return (
    whole * 1_000_000_000n + BigInt(milliseconds) * 1_000_000n + BigInt(microseconds) * 1_000n + BigInt(nanoseconds)
  );
}

const dated: readonly TimeKind[] = ['Date', 'LocalDateTime', 'DateTime'];
const ofDay: readonly TimeKind[] = ['LocalTime', 'Time'];

/** Both values as one kind, for the distance between them; undefined if they have no common kind. */
export function alike(left: TimeValue, right: TimeValue): readonly [TimeValue, TimeValue] | undefined {
  if (left.kind === right.kind) return [left, right];
  const kinds = [left.kind, right.kind];
  const common = (['Date', 'Time', 'LocalTime', 'DateTime'] as const).find((kind) => kinds.includes(kind));
  if (common === undefined) return undefined;
  const [one, other] = [asKind(left, common), asKind(right, common)];
  return one && other && [one, other];
}

function asKind(value: TimeValue, kind: TimeKind): TimeValue | undefined {
  return value.kind === kind ? value : betweenKinds(value, kind);
}

/** @throws MintError `dataweave.not-comparable` if only one of the two has a date */
export function compareTimes(left: TimeValue, right: TimeValue): number {
  const areComparable = [dated, ofDay, [left.kind]].some(
    (kinds) => kinds.includes(left.kind) && kinds.includes(right.kind),
  );
  const order = areComparable ? orderOf(left, right) : undefined;
  if (order !== undefined) return order;
  throw new MintError('dataweave.not-comparable', `${left.kind} and ${right.kind} cannot be compared.`);
}

function orderOf(left: TimeValue, right: TimeValue): number | undefined {
  if (left.kind === 'TimeZone' && right.kind === 'TimeZone') return Number(left.zone !== right.zone);
  if (left.kind === 'Period' && right.kind === 'Period') return Number(timeText(left) !== timeText(right));
  const [one, other] = [momentOf(left), momentOf(right)];
  if (one === undefined || other === undefined) return undefined;
  return one === other ? compareClocks(clockOf(left), clockOf(right)) : one < other ? -1 : 1;
}

/** Two times with different offsets may be the same moment. */
function compareClocks(left: Temporal.PlainTime | undefined, right: Temporal.PlainTime | undefined): number {
  return left === undefined || right === undefined ? 0 : Temporal.PlainTime.compare(left, right);
}

function clockOf(value: TimeValue): Temporal.PlainTime | undefined {
  return value.kind === 'Time' || value.kind === 'LocalTime' ? value.at : undefined;
}

/** Nanoseconds since 1970. A value without a time zone is in UTC, a value without a date on the first day of 1970. */
export function momentOf(value: TimeValue): bigint | undefined {
  switch (value.kind) {
    case 'Date':
      return value.at.toZonedDateTime('UTC').epochNanoseconds;
    case 'DateTime':
      return value.at.nanoseconds;
    case 'LocalDateTime':
      return value.at.toZonedDateTime('UTC').epochNanoseconds;
    case 'LocalTime':
      return timeOfDay(value.at, 0);
    case 'Time':
      return timeOfDay(value.at, offsetSeconds(value.offset));
    case 'TimeZone':
    case 'Period':
      return undefined;
  }
}

function timeOfDay(at: Temporal.PlainTime, offset: number): bigint {
  const local = new Temporal.PlainDate(1970, 1, 1).toPlainDateTime(at).toZonedDateTime('UTC');
  return local.epochNanoseconds - BigInt(offset) * 1_000_000_000n;
}
