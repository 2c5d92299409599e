/**
 * @module
 * A problem as JSON, and in one line.
 */
import type { Problem } from '../../diagnostics/problem.ts';
import { placeText } from '../../diagnostics/source-text.ts';

export function problemFields({ code, severity, message, suggestion, place }: Problem): object {
  return {
    code,
    severity,
    message,
    ...(suggestion === undefined ? {} : { suggestion }),
    file: place.file,
    line: place.line,
    column: place.column,
  };
}

export function problemInLine({ place, message, suggestion, code }: Problem): string {
  return [`${placeText(place)}:`, message, ...(suggestion === undefined ? [] : [suggestion]), `[${code}]`].join(' ');
}

/** `12:03:04` of the user's day. */
export function clockTime(time: Date): string {
  return time.toTimeString().slice(0, 8);
}
