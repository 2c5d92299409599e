/**
 * @module
 * Times and spans of time for a reader.
 */

/** The last second that a date can have. */
const lastSecond = 8_640_000_000_000;

/** @param seconds since the epoch */
export function timeText(seconds: number): string {
  if (Math.abs(seconds) > lastSecond) return 'A time beyond all calendars';
  return new Date(Math.trunc(seconds) * 1000).toISOString().replace('.000Z', 'Z');
}

const units: readonly (readonly [name: string, seconds: number])[] = [
  ['d', 86_400],
  ['h', 3_600],
  ['m', 60],
  ['s', 1],
];

/** `2d 3h`: the two largest units of a span, whose sign does not matter. @param seconds may have a fraction */
export function span(seconds: number): string {
  const length = Math.abs(seconds);
  const first = units.findIndex(([, size]) => length >= size);
  if (first === -1) return length === 0 ? '0s' : `${Math.round(length * 1000)}ms`;
  const [larger, smaller] = [units[first], units[first + 1]];
  if (larger === undefined) return '0s';
  const count = Math.floor(length / larger[1]);
  const rest = smaller === undefined ? 0 : Math.floor((length % larger[1]) / smaller[1]);
  const parts = smaller === undefined || rest === 0 ? [] : [`${rest}${smaller[0]}`];
  return [`${count}${larger[0]}`, ...parts].join(' ');
}
