/**
 * @module
 * The way back from a YAML scalar's text to the file: indentation, folded lines, doubled quotes and escapes make the
 * text that a reader delivers differ from the characters in the file (YAML 1.2 chapters 7.3 and 8.1).
 */
import type { Scalar } from 'yaml';

/** For each character of a scalar's `text`, and one more for its end, its offset in the file. */
export function scalarOffsets(node: Scalar, file: string, text: string): number[] {
  const [start, end] = node.range ?? [0, file.length];
  const isBlock = node.type === 'BLOCK_LITERAL' || node.type === 'BLOCK_FOLDED';
  const offsets = isBlock
    ? blockOffsets(file, file.indexOf('\n', start) + 1, end, text)
    : flowOffsets(node, file, start, end, text);
  // A reader that treats white space in yet another way leaves a tail; it points at the end.
  while (offsets.length <= text.length) offsets.push(end);
  return offsets.slice(0, text.length + 1);
}

/**
 * Block scalars: each line stands in the text as it is but for its indentation; what stands between two lines in the
 * text came from the line breaks between them.
 */
function blockOffsets(file: string, start: number, end: number, text: string): number[] {
  const indentation = blockIndentation(file.slice(start, end), text);
  const offsets: number[] = [];
  let breaks: number[] = [];
  let lineStart = start;
  while (lineStart < end) {
    const lineEnd = lineEndAt(file, lineStart, end);
    const contentStart = Math.min(lineStart + indentation, lineEnd);
    const content = file.slice(contentStart, lineEnd).replace(/\r$/, '');
    if (content !== '') {
      separate(offsets, breaks, Math.max(0, text.indexOf(content, offsets.length) - offsets.length));
      for (let i = 0; i < content.length; i++) offsets.push(contentStart + i);
      breaks = [];
    }
    breaks.push(contentStart + content.length);
    lineStart = lineEnd + 1;
  }
  separate(offsets, breaks, text.length - offsets.length);
  // The end of the text: behind its last line break where it ends with one.
  offsets.push(text.endsWith('\n') || text === '' ? lineStart : (breaks[0] ?? lineStart));
  return offsets;
}

/** `count` characters that came from line breaks; where there are fewer characters than breaks, the first ones count. */
function separate(offsets: number[], breaks: readonly number[], count: number): void {
  for (let i = 0; i < count; i++) offsets.push(breaks[Math.min(i, breaks.length - 1)] ?? offsets.at(-1) ?? 0);
}

/** How many blanks were taken off each line: seen at the first line that is not blank. */
function blockIndentation(body: string, text: string): number {
  const leading = (lines: string): number => /^(?:[ \r]*\n)*( *)/.exec(lines)?.[1]?.length ?? 0;
  return Math.max(0, leading(body) - leading(text));
}

function lineEndAt(file: string, from: number, end: number): number {
  const next = file.indexOf('\n', from);
  return next === -1 ? end : next;
}

/** The position in the file, moving on as the text is matched. */
interface Cursor {
  at: number;
}

/** Plain and quoted scalars: lines are folded, and quotes and escapes stand for other characters. */
function flowOffsets(node: Scalar, file: string, start: number, end: number, text: string): number[] {
  const isDouble = node.type === 'QUOTE_DOUBLE';
  const isSingle = node.type === 'QUOTE_SINGLE';
  const cursor: Cursor = { at: isDouble || isSingle ? start + 1 : start };
  const offsets: number[] = [];
  while (offsets.length < text.length && cursor.at < end) {
    if (isDouble && file[cursor.at] === '\\') matchEscape(file, cursor, offsets);
    else if (isBlank(file[cursor.at])) matchBlanks(file, cursor, offsets);
    else {
      offsets.push(cursor.at);
      cursor.at += isSingle && file.startsWith("''", cursor.at) ? 2 : 1;
    }
  }
  offsets.push(Math.min(cursor.at, end));
  return offsets;
}

/** Section 7.3: blanks stay unless they hold line breaks: one becomes a blank, of several all but one stay. */
function matchBlanks(file: string, cursor: Cursor, offsets: number[]): void {
  const breaks: number[] = [];
  const start = cursor.at;
  for (; isBlank(file[cursor.at]); cursor.at++) if (file[cursor.at] === '\n') breaks.push(cursor.at);
  if (breaks.length > 1) breaks.pop();
  if (breaks.length === 0) for (let at = start; at < cursor.at; at++) offsets.push(at);
  else offsets.push(...breaks);
}

function isBlank(character: string | undefined): boolean {
  return character === ' ' || character === '\n' || character === '\t' || character === '\r';
}

const escapeLengths: Readonly<Record<string, number>> = { x: 4, u: 6, U: 10 };

/** Section 5.7: an escape, standing for one UTF-16 unit, for two, or (before a line break) for none. */
function matchEscape(file: string, cursor: Cursor, offsets: number[]): void {
  const kind = file[cursor.at + 1] ?? '';
  if (kind === '\n' || kind === '\r') {
    // The break goes with the blanks that begin the next line; breaks after them are folded as anywhere else.
    cursor.at = file.indexOf('\n', cursor.at) + 1;
    while (file[cursor.at] === ' ' || file[cursor.at] === '\t') cursor.at += 1;
    return;
  }
  const length = escapeLengths[kind] ?? 2;
  offsets.push(cursor.at);
  const beyondPlane0 = kind === 'U' && Number.parseInt(file.slice(cursor.at + 2, cursor.at + length), 16) > 0xffff;
  if (beyondPlane0) offsets.push(cursor.at);
  cursor.at += length;
}
