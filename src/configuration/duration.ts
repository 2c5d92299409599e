/**
 * @module
 * Durations as the configuration writes them: `500ms`, `30s`, `5m`, `24h`, `7d`.
 */
import * as z from 'zod';

const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const pattern = /^(\d{1,12})(ms|s|m|h|d)$/;

const patternObjection = 'must be a number with its unit: 500ms, 30s, 5m, 24h or 7d';
const unitObjection = 'must have a unit: write 5s for 5 seconds; the units are ms, s, m, h and d';

/** Keys live for some years, and a longer duration could lead to an invalid date. */
const longest = '3660d';

/** A string that `milliseconds` can read, from `min` to `max`. */
export function durationSchema(min = '0s', max = longest) {
  const [from, to] = [milliseconds(min), milliseconds(max)];
  return z
    .string({ error: ({ input }) => (typeof input === 'number' ? unitObjection : patternObjection) })
    .regex(pattern, { error: patternObjection, abort: true })
    .refine((text) => milliseconds(text) >= from && milliseconds(text) <= to, `must be from ${min} to ${max}`);
}

/** @throws TypeError if `durationSchema` does not accept the text */
export function milliseconds(text: string): number {
  const [, number, unit = ''] = pattern.exec(text) ?? [];
  const factor = units[unit];
  if (factor === undefined) throw new TypeError('a duration that was not checked');
  return Number(number) * factor;
}
