/**
 * @module
 * Times on the command line: seconds since the epoch, or RFC 3339.
 */
import { UsageError } from './terminal.ts';

/** The last second that a date can have. */
const lastSecond = 8_640_000_000_000;

/** RFC 3339 section 5.6, with the zone that many leave out and then mean another time. */
const rfc3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/i;

/** Milliseconds since the epoch. @throws UsageError */
export function readMoment(option: string, text: string): number {
  const seconds = /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  const time = rfc3339.test(text) ? Date.parse(text) : seconds * 1000;
  if (Number.isFinite(time) && time <= lastSecond * 1000) return time;
  throw new UsageError(`--${option} takes seconds since 1970, such as 1767225600, or a time: 2026-01-01T00:00:00Z.`);
}
