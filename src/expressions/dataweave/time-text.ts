/**
 * @module
 * Dates, times, time zones and periods as Java writes them by ISO 8601, and how Temporal calls what is in them.
 */
import type { TimeValue } from './values.ts';

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

/** A year before 0 or after 9999 has six digits for Temporal, and for Java as many as it needs. */
function datedText(at: Temporal.PlainDate | Temporal.PlainDateTime): string {
  const text = at.toString();
  return at.year >= 0 && at.year <= 9999 ? text : text.replace(/^([+-])0{0,2}/, '$1');
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
