/**
 * @module
 * Spans of time as the configuration writes them: `500ms`, `30s`, `5m`, `24h`, `7d`.
 */
import * as z from 'zod';

const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const form = /^(\d{1,12})(ms|s|m|h|d)$/;

const formObjection = 'must be a number with its unit: 500ms, 30s, 5m, 24h or 7d';

/** Keys live for years at most, and a date beyond what JavaScript has would be none. */
const longest = '3660d';

/** A text that `milliseconds` reads, from `least` to `most`. */
export function durationSchema(least = '0s', most = longest) {
  const [from, to] = [milliseconds(least), milliseconds(most)];
  return z
    .string()
    .regex(form, { error: formObjection, abort: true })
    .refine((text) => milliseconds(text) >= from && milliseconds(text) <= to, `must be from ${least} to ${most}`);
}

/** @throws TypeError where the text is not what `durationSchema` accepts */
export function milliseconds(text: string): number {
  const [, number, unit = ''] = form.exec(text) ?? [];
  const factor = units[unit];
  if (factor === undefined) throw new TypeError('a duration that was not checked');
  return Number(number) * factor;
}
