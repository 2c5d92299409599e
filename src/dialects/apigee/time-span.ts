/**
 * @module
 * Spans of time as policies write them: `3600`, `60m`, `1h` (`ExpiresIn`, and `NotBefore` relative to now).
 */
import type { Edition } from './editions.ts';

const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A date past the year 275760 is none; 100 million days before it nobody sets a token's end. */
const longest = 8_640_000_000_000_000;

export interface TimeSpan {
  readonly milliseconds: number;
  /** Whether the text names no unit, so that the edition decides what it counts. */
  readonly bare: boolean;
}

/** Undefined where the text is no span of time. */
export function readTimeSpan(text: string, edition: Edition): TimeSpan | undefined {
  const match = /^([0-9]{1,16})(ms|s|m|h|d)?$/.exec(text);
  if (match === null) return undefined;
  const [, digits, unit] = match;
  const milliseconds = Number(digits) * (unit === undefined ? edition.bareUnit : (units[unit] ?? 1));
  return milliseconds > longest ? undefined : { milliseconds, bare: unit === undefined };
}
