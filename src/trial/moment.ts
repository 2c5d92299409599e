/**
 * @module
 * The time of a request, as options and files say it: seconds since the epoch or RFC 3339.
 */
import * as z from 'zod';

/** For messages: what `readMoment` takes. */
export const momentForm = 'seconds since the epoch or a time such as 2026-01-01T00:00:00Z';

const timestamp = z.iso.datetime({ offset: true });

/** ECMA-262 section 21.4.1.1: a time is at most this many milliseconds from the epoch. */
const latest = 8.64e15;

/** Milliseconds since the epoch; undefined if the value is no time. A number is seconds. */
export function readMoment(written: string | number): number | undefined {
  const isNumber = typeof written === 'number' || /^\s*\d+(?:\.\d+)?\s*$/.test(written);
  if (!isNumber) return timestamp.safeParse(written).success ? Date.parse(written) : undefined;
  const milliseconds = Number(written) * 1000;
  return milliseconds >= 0 && milliseconds <= latest ? milliseconds : undefined;
}

/** A time as a file says it. */
export const writtenMoment = z
  .union([z.string(), z.number()], { error: `must be ${momentForm}` })
  .refine((written) => readMoment(written) !== undefined, { error: `must be ${momentForm}` });
