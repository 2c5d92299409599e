/**
 * @module
 * The difference between two texts as one change, so that cursor and marks outside it stay.
 */
import type { Text } from '@codemirror/state';

export interface Change {
  readonly from: number;
  readonly to: number;
  readonly insert: Text;
}

/** Undefined if the texts are the same. */
export function changesTo(before: Text, after: Text): Change | undefined {
  if (before.eq(after)) return undefined;
  const [old, now] = [before.toString(), after.toString()];
  const shorter = Math.min(old.length, now.length);
  let start = 0;
  while (start < shorter && old.charCodeAt(start) === now.charCodeAt(start)) start += 1;
  let end = 0;
  while (end < shorter - start && old.charCodeAt(old.length - 1 - end) === now.charCodeAt(now.length - 1 - end))
    end += 1;
  return { from: start, to: old.length - end, insert: after.slice(start, now.length - end) };
}

/** Only a file with nothing but CRLF keeps it; others are written with line feeds. */
export function lineBreakOf(text: string): '\r\n' | undefined {
  return text.includes('\r\n') && !/\r(?!\n)|(?<!\r)\n/.test(text) ? '\r\n' : undefined;
}
