/**
 * @module
 * Writes dates, times, time zones and periods in ISO 8601 as Java does.
 */
import type { TimeValue } from './values.ts';

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
      return datedText(value.at.local) + value.at.offset;
    case 'Time':
      return value.at.toString() + value.offset;
    case 'TimeZone':
      return value.zone;
    case 'Period':
      return value.isTime ? durationText(value.span) : value.span.toString();
  }
}

/** Temporal writes a year before 0 or after 9999 with six digits, Java with no more than it needs. */
function datedText(at: Temporal.PlainDate | Temporal.PlainDateTime): string {
  const text = at.toString();
  return at.year >= 0 && at.year <= 9999 ? text : text.replace(/^([+-])0{0,2}/, '$1');
}

/** In Java, each part has its own sign. */
function durationText(span: Temporal.Duration): string {
  if (span.blank) return 'PT0S';
  if (span.sign > 0) return span.toString();
  return span
    .toString()
    .slice(1)
    .replace(/\d+(?:\.\d+)?/g, '-$&');
}
