/**
 * @module
 * Dates, times, time zones and periods as ISO 8601 writes them.
 */
import type { TimeKind, TimeValue } from './values.ts';

const date = String.raw`\d{4}-\d\d-\d\d`;
const time = String.raw`\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?`;
const offset = String.raw`(?:Z|[+-]\d\d(?::\d\d)?)`;
const region = String.raw`(?:\[[A-Za-z_]+(?:/[A-Za-z_+\-\d]+)*\])?`;

const patterns: { readonly [kind in TimeKind]: RegExp } = {
  Date: new RegExp(`^${date}$`),
  DateTime: new RegExp(`^(${date}T${time})(${offset})(${region})$`),
  LocalDateTime: new RegExp(`^${date}T${time}$`),
  LocalTime: new RegExp(`^${time}$`),
  Time: new RegExp(`^(${time})(${offset})$`),
  TimeZone: new RegExp(`^${offset}$`),
  Period: /^-?P(?=.)(?:(?:-?\d+Y)?(?:-?\d+M)?(?:-?\d+D)?|(?:-?\d+D)?T(?:-?\d+H)?(?:-?\d+M)?(?:-?\d+(?:\.\d{1,9})?S)?)$/,
};

const literalKinds = Object.keys(patterns) as readonly TimeKind[];

/** What stands between two bars; undefined where it is none of the kinds. */
export function parseTimeLiteral(text: string): TimeValue | undefined {
  if (text.includes('[')) return undefined;
  if (/(?:^|:[\d.]+)[+-]\d\d$/.test(text)) return undefined;
  for (const kind of literalKinds) if (patterns[kind].test(text)) return parseTime(text, kind);
  return undefined;
}

/** A text as one kind; undefined where it is none of that kind. */
export function parseTime(text: string, kind: TimeKind): TimeValue | undefined {
  if (text.length > 100) return undefined;
  if (kind === 'TimeZone') return parseZone(text);
  const found = patterns[kind].exec(text);
  if (found === null) return undefined;
  try {
    return parsers[kind](text, found[1] ?? '', found[2] ?? '', found[3] ?? '');
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

type Parser = (text: string, local: string, offset: string, region: string) => TimeValue;

const strict = { overflow: 'reject' } as const;

const parsers: { readonly [kind in Exclude<TimeKind, 'TimeZone'>]: Parser } = {
  Date: (text) => ({ kind: 'Date', at: Temporal.PlainDate.from(text, strict) }),
  DateTime: (_, local, zone, place) => dateTime(local, wholeOffset(zone), place),
  LocalDateTime: (text) => ({ kind: 'LocalDateTime', at: Temporal.PlainDateTime.from(text, strict) }),
  LocalTime: (text) => ({ kind: 'LocalTime', at: Temporal.PlainTime.from(text, strict) }),
  Time: (_, local, zone) => ({ kind: 'Time', at: Temporal.PlainTime.from(local, strict), offset: wholeOffset(zone) }),
  Period: (text) => {
    const span = Temporal.Duration.from(text);
    return text.includes('T') ? timeSpan(span) : { kind: 'Period', span, isTime: false };
  },
};

function dateTime(local: string, offset: string, region: string): TimeValue {
  const at = Temporal.PlainDateTime.from(local, strict).toZonedDateTime(zoneId(offset));
  return { kind: 'DateTime', at: region === '' ? at : at.withTimeZone(region.slice(1, -1)) };
}

function parseZone(text: string): TimeValue | undefined {
  if (patterns.TimeZone.test(text)) return { kind: 'TimeZone', zone: wholeOffset(text) };
  if (!/^[A-Za-z_]+(?:\/[A-Za-z_+\-\d]+)*$/.test(text)) return undefined;
  try {
    return { kind: 'TimeZone', zone: new Temporal.ZonedDateTime(0n, text).timeZoneId };
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** `+02` with its minutes; no offset is `Z`. */
function wholeOffset(offset: string): string {
  return offsetText(offset.length === 3 ? `${offset}:00` : offset);
}

/** @param offset `Z` or `±HH:MM` */
export function offsetSeconds(offset: string): number {
  if (offset === 'Z') return 0;
  const [hours = 0, minutes = 0] = offset.slice(1).split(':').map(Number);
  return (offset.startsWith('-') ? -1 : 1) * (hours * 3600 + minutes * 60);
}

/** What Temporal calls a zone: it knows `Z` as `UTC`. */
export function zoneId(zone: string): string {
  return zone === 'Z' ? 'UTC' : zone;
}

/** Hours to nanoseconds, of which days are 24 hours. A period has these, or it has years, months and days. */
export function timeSpan(span: Temporal.Duration): TimeValue {
  const { minutes, seconds, milliseconds, microseconds, nanoseconds } = span;
  const hours = span.hours + 24 * span.days;
  const time = Temporal.Duration.from({ hours, minutes, seconds, milliseconds, microseconds, nanoseconds });
  return { kind: 'Period', span: time.round({ largestUnit: 'hours' }), isTime: true };
}

export function timeText(value: TimeValue): string {
  switch (value.kind) {
    case 'Date':
      return value.at.toString();
    case 'LocalDateTime':
      return value.at.toString();
    case 'LocalTime':
      return value.at.toString();
    case 'DateTime':
      return value.at.toPlainDateTime().toString() + offsetText(value.at.offset);
    case 'Time':
      return value.at.toString() + offsetText(value.offset);
    case 'TimeZone':
      return value.zone;
    case 'Period':
      return periodText(value.span, value.isTime);
  }
}

/** As Java writes it: each part with its own sign. */
function periodText(span: Temporal.Duration, isTime: boolean): string {
  if (span.blank) return isTime ? 'PT0S' : 'P0D';
  if (span.sign > 0) return span.toString();
  return span
    .toString()
    .slice(1)
    .replace(/\d+(?:\.\d+)?/g, '-$&');
}

export function offsetText(offset: string): string {
  return offset === '+00:00' || offset === '-00:00' ? 'Z' : offset;
}
