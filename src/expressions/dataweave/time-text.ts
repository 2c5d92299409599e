/**
 * @module
 * Writes dates, times, time zones and periods in ISO 8601 as Java does.
 */
import type { TimeValue } from './values.ts';

/** @param offset `Z` or `±HH:MM` */
export function offsetSeconds(offset: string): number {
  if (offset === 'Z') return 0;
  const [hours = 0, minutes = 0] = offset.slice(1).split(':').map(Number);
  return (offset.startsWith('-') ? -1 : 1) * (hours * 3600 + minutes * 60);
}

/** The id of a time zone in Temporal, which has `UTC` instead of `Z`. */
export function zoneId(zone: string): string {
  return zone === 'Z' ? 'UTC' : zone;
}

/** A period of hours to nanoseconds. A day is 24 hours. */
export function timeSpan(span: Temporal.Duration): TimeValue {
  const { minutes, seconds, milliseconds, microseconds, nanoseconds } = span;
  const hours = span.hours + 24 * span.days;
  const time = Temporal.Duration.from({ hours, minutes, seconds, milliseconds, microseconds, nanoseconds });
  return { kind: 'Period', span: time.round({ largestUnit: 'hours' }), isTime: true };
}

export function timeText(value: TimeValue): string {
  switch (value.kind) {
    case 'Date':
    case 'LocalDateTime':
      return datedText(value.at);
    case 'LocalTime':
      return value.at.toString();
    case 'DateTime':
      return datedText(value.at.toPlainDateTime()) + offsetText(value.at.offset);
    case 'Time':
      return value.at.toString() + offsetText(value.offset);
    case 'TimeZone':
      return value.zone;
    case 'Period':
      return periodText(value.span, value.isTime);
  }
}

/** Temporal writes a year before 0 or after 9999 with six digits, Java with no more than it needs. */
function datedText(at: Temporal.PlainDate | Temporal.PlainDateTime): string {
  const text = at.toString();
  return at.year >= 0 && at.year <= 9999 ? text : text.replace(/^([+-])0{0,2}/, '$1');
}

/** In Java, each part has its own sign. */
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
