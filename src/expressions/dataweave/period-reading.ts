/**
 * @module
 * Reads periods as Java's `Period` and `Duration` do: any case but for the `T`, a sign before all and before each number, weeks.
 */
import type { TimeValue } from './values.ts';

const dated = /^([-+]?)P(?=.)(?:([-+]?\d+)Y)?(?:([-+]?\d+)M)?(?:([-+]?\d+)W)?(?:([-+]?\d+)D)?$/i;
const timed =
  /^([-+]?)[Pp](?:([-+]?\d+)[Dd])?T(?=.)(?:([-+]?\d+)[Hh])?(?:([-+]?\d+)[Mm])?(?:([-+]?)(\d+)(?:[.,](\d{0,9}))?[Ss])?$/;

/** Java counts years, months and days in numbers of 32 bits. */
const most = 2 ** 31 - 1;

/**
 * Undefined for what is no period.
 *
 * @throws RangeError where Temporal has none: one part above zero and one below, or more hours than it counts
 */
export function readPeriod(text: string): TimeValue | undefined {
  const date = dated.exec(text);
  if (date !== null) return datedPeriod(date);
  const time = timed.exec(text);
  return time === null ? undefined : timedPeriod(time);
}

function datedPeriod([, sign, ...numbers]: RegExpExecArray): TimeValue {
  const [years = 0, months = 0, weeks = 0, days = 0] = numbers.map((number) => Number(number ?? 0));
  const parts = [years, months, 7 * weeks + days].map((part) => (sign === '-' ? -part : part) + 0);
  if ([...parts, ...numbers.map((number) => Number(number ?? 0))].some((part) => Math.abs(part) > most)) {
    throw new RangeError('a period of Java counts in 32 bits');
  }
  const [inYears = 0, inMonths = 0, inDays = 0] = parts;
  return { kind: 'Period', span: new Temporal.Duration(inYears, inMonths, 0, inDays), isTime: false };
}

function timedPeriod(found: RegExpExecArray): TimeValue {
  const [, sign, days = '0', hours = '0', minutes = '0', minus, seconds = '0', fraction = ''] = found;
  const whole = BigInt(days) * 86_400n + BigInt(hours) * 3_600n + BigInt(minutes) * 60n;
  const rest = BigInt(seconds) * second + BigInt(fraction.padEnd(9, '0'));
  const total = whole * second + (minus === '-' ? -rest : rest);
  return { kind: 'Period', span: spanOf(sign === '-' ? -total : total), isTime: true };
}

const second = 1_000_000_000n;

function spanOf(nanoseconds: bigint): Temporal.Duration {
  const [seconds, below] = [nanoseconds / second, Number(nanoseconds % second)];
  return new Temporal.Duration(
    0,
    0,
    0,
    0,
    Number(seconds / 3_600n),
    Number((seconds / 60n) % 60n),
    Number(seconds % 60n),
    Math.trunc(below / 1e6),
    Math.trunc(below / 1e3) % 1_000,
    below % 1_000,
  );
}
