/**
 * @module
 * Options that are durations, such as `--leeway 60s`.
 */
import { durationSchema, milliseconds } from '../configuration/duration.ts';
import { type Arguments, stringOption } from './command.ts';
import { UsageError } from './terminal.ts';

/** What a duration option takes, as `durationSchema` reads it. */
export interface DurationRange {
  readonly byDefault: string;
  readonly min: string;
  readonly max: string;
}

/** Milliseconds. @throws UsageError */
export function durationOption(args: Arguments, name: string, { byDefault, min, max }: DurationRange): number {
  const written = stringOption(args, name) ?? byDefault;
  if (durationSchema(min, max).safeParse(written).success) return milliseconds(written);
  const range = min === '0s' ? `up to ${max}` : `from ${min} to ${max}`;
  throw new UsageError(`--${name} takes a number with its unit, such as 60s or 2m, ${range}.`);
}
