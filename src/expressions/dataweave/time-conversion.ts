/**
 * @module
 * From one kind of date or time to another, to numbers, and their order.
 */
import { MintError } from '../../diagnostics/mint-error.ts';
import { divide, fromBigInt, isNumber, type Num, rounded, toInteger } from './numbers.ts';
import { parseByPattern } from './time-parsing.ts';
import { parseTime } from './time-reading.ts';
import { offsetText, zoneId } from './time-text.ts';
import { isTime, type TimeKind, type TimeValue, type Value } from './values.ts';

export const timeKinds: readonly TimeKind[] = [
  'Date',
  'DateTime',
  'LocalDateTime',
  'LocalTime',
  'Time',
  'TimeZone',
  'Period',
];

interface Wanted {
  readonly format?: string | undefined;
  readonly unit?: string | undefined;
  readonly mode?: string | undefined;
}

/** The value as another kind; undefined where it cannot be. */
export function timeAs(value: Value, kind: TimeKind, { format, unit, mode }: Wanted): TimeValue | undefined {
  if (typeof value === 'string') {
    const isPlain = format === undefined || kind === 'TimeZone' || kind === 'Period';
    return isPlain ? parsedAs(value, kind) : parseByPattern(value, kind, format, mode);
  }
  if (isNumber(value)) return kind === 'DateTime' ? fromEpoch(value, unit) : undefined;
  if (!isTime(value)) return undefined;
  const found = value.kind === kind ? value : betweenKinds(value, kind);
  return found === undefined || found.format === format ? found : { ...found, format };
}

/** A text of another kind is read as that one, and converted. */
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
  return { kind: 'DateTime', at: Temporal.Instant.fromEpochMilliseconds(milliseconds).toZonedDateTimeISO('UTC') };
}

function betweenKinds(value: TimeValue, kind: TimeKind): TimeValue | undefined {
  if (value.kind === 'DateTime') return fromDateTime(value.at, kind);
  if (value.kind === 'LocalDateTime') return fromLocalDateTime(value.at, kind);
  if (value.kind === 'Time' && kind === 'TimeZone') return { kind, zone: value.offset };
  if (value.kind === 'Time') return kind === 'LocalTime' ? { kind, at: value.at } : undefined;
  if (value.kind === 'LocalTime') return kind === 'Time' ? { kind, at: value.at, offset: 'Z' } : undefined;
  return undefined;
}

function fromDateTime(at: Temporal.ZonedDateTime, kind: TimeKind): TimeValue | undefined {
  switch (kind) {
    case 'Date':
      return { kind, at: at.toPlainDate() };
    case 'LocalDateTime':
      return { kind, at: at.toPlainDateTime() };
    case 'LocalTime':
      return { kind, at: at.toPlainTime() };
    case 'Time':
      return { kind, at: at.toPlainTime(), offset: at.offset };
    case 'TimeZone':
      return { kind, zone: offsetText(at.offset) };
    default:
      return undefined;
  }
}

function fromLocalDateTime(at: Temporal.PlainDateTime, kind: TimeKind): TimeValue | undefined {
  switch (kind) {
    case 'Date':
      return { kind, at: at.toPlainDate() };
    case 'LocalTime':
      return { kind, at: at.toPlainTime() };
    case 'DateTime':
      return { kind, at: at.toZonedDateTime('UTC') };
    case 'Time':
      return { kind, at: at.toPlainTime(), offset: 'Z' };
    default:
      return undefined;
  }
}

/** The units that a moment is counted in, in any case, and those of a period. */
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

/** Seconds since 1970, or how long a period is: in seconds, or in months where it has no hours. */
export function timeToNumber(value: TimeValue, unit: string | undefined): Num | undefined {
  if (value.kind === 'DateTime') return wholeUnits(value.at.epochNanoseconds, sizeOf(unit?.toLowerCase(), momentUnits));
  if (value.kind !== 'Period') return undefined;
  if (value.isTime) return wholeUnits(spanNanoseconds(value.span), sizeOf(unit, periodUnits));
  const months = value.span.years * 12 + value.span.months;
  if (unit === undefined || unit === 'months') return months;
  if (unit === 'years') return Math.trunc(months / 12);
  throw new MintError('dataweave.conversion', 'A Period of days, months and years is counted in `months` or `years`.');
}

/** @throws MintError `dataweave.conversion` */
function sizeOf(unit: string | undefined, units: ReadonlyMap<string, bigint>): bigint {
  const size = units.get(unit ?? 'seconds');
  if (size !== undefined) return size;
  throw new MintError('dataweave.conversion', `The units are ${[...units.keys()].join(', ')}.`);
}

function wholeUnits(nanoseconds: bigint, size: bigint): Num {
  return rounded(divide(fromBigInt(nanoseconds), fromBigInt(size)), 'down');
}

export function spanNanoseconds(span: Temporal.Duration): bigint {
  const { hours, minutes, seconds, milliseconds, microseconds, nanoseconds } = span;
  const whole = BigInt(hours) * 3600n + BigInt(minutes) * 60n + BigInt(seconds);
  return (
    whole * 1_000_000_000n + BigInt(milliseconds) * 1_000_000n + BigInt(microseconds) * 1_000n + BigInt(nanoseconds)
  );
}

const dated: readonly TimeKind[] = ['Date', 'LocalDateTime', 'DateTime'];
const ofDay: readonly TimeKind[] = ['LocalTime', 'Time'];

/** Both as one kind, for the distance between them; undefined where there is none. */
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

/** @throws MintError `dataweave.not-comparable` for two of which one has a date and the other has not */
export function compareTimes(left: TimeValue, right: TimeValue): number {
  const areComparable = [dated, ofDay, [left.kind]].some(
    (kinds) => kinds.includes(left.kind) && kinds.includes(right.kind),
  );
  const order = areComparable ? orderOf(left, right) : undefined;
  if (order !== undefined) return order;
  throw new MintError('dataweave.not-comparable', `${left.kind} and ${right.kind} cannot be compared.`);
}

function orderOf(left: TimeValue, right: TimeValue): number | undefined {
  if (left.kind === 'TimeZone' && right.kind === 'TimeZone') return left.zone === right.zone ? 0 : 1;
  if (left.kind === 'Period' && right.kind === 'Period') return left.span.toString() === right.span.toString() ? 0 : 1;
  const [one, other] = [momentOf(left), momentOf(right)];
  if (one === undefined || other === undefined) return undefined;
  if (one !== other) return one < other ? -1 : 1;
  const [here, there] = [clockOf(left), clockOf(right)];
  return here === undefined || there === undefined ? 0 : Temporal.PlainTime.compare(here, there);
}

function clockOf(value: TimeValue): Temporal.PlainTime | undefined {
  return value.kind === 'Time' || value.kind === 'LocalTime' ? value.at : undefined;
}

/** Nanoseconds since 1970, where what has no zone counts as UTC and what has no date as of the first day. */
export function momentOf(value: TimeValue): bigint | undefined {
  switch (value.kind) {
    case 'Date':
      return value.at.toZonedDateTime('UTC').epochNanoseconds;
    case 'DateTime':
      return value.at.epochNanoseconds;
    case 'LocalDateTime':
      return value.at.toZonedDateTime('UTC').epochNanoseconds;
    case 'LocalTime':
      return timeOfDay(value.at, 'UTC');
    case 'Time':
      return timeOfDay(value.at, zoneId(value.offset));
    default:
      return undefined;
  }
}

function timeOfDay(at: Temporal.PlainTime, zone: string): bigint {
  return new Temporal.PlainDate(1970, 1, 1).toPlainDateTime(at).toZonedDateTime(zone).epochNanoseconds;
}
