/**
 * @module
 * Template functions over text and time that need more than a line.
 */

/**
 * `substring(text, start[, end])`: counted from 0, and from the end where negative; what lies outside the text is left
 * out.
 */
export function substring([text, start, end]: readonly (string | undefined)[]): string | undefined {
  if (text === undefined || start === undefined) return undefined;
  const from = readInteger(start);
  const to = end === undefined ? text.length : readInteger(end);
  return from === undefined || to === undefined ? undefined : text.slice(from, to);
}

/** Beyond this many milliseconds before or after 1970, Date has no day. */
const lastTime = 8_640_000_000_000_000;

/** A time as it stands in a variable, in milliseconds. @param unit what the text counts, in milliseconds */
export function readTime(text: string | undefined, unit: number): number | undefined {
  const time = text !== undefined && /^\d{1,16}$/.test(text) ? Number(text) * unit : Number.NaN;
  return time <= lastTime ? time : undefined;
}

function readInteger(text: string): number | undefined {
  return /^-?\d{1,9}$/.test(text) ? Number(text) : undefined;
}
