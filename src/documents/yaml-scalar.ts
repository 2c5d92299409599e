/**
 * @module
 * Maps the characters of a YAML scalar back to the file. Indentation, folded lines, doubled quotes and escapes make the
 * parsed text differ from the characters in the file (YAML 1.2 chapters 7.3 and 8.1).
 */
import type { Scalar } from 'yaml';

/** The offset in the file of each character of a scalar's `text`, and of its end. */
export function scalarOffsets(node: Scalar, file: string, text: string): number[] {
  const [start, end] = node.range ?? [0, file.length];
  const isBlock = node.type === 'BLOCK_LITERAL' || node.type === 'BLOCK_FOLDED';
  const offsets = isBlock
    ? blockOffsets(file, file.indexOf('\n', start) + 1, end, text)
    : flowOffsets(node, file, start, end, text);
  // If whitespace was treated in yet another way, the rest of the text points at the end.
  while (offsets.length <= text.length) offsets.push(end);
  return offsets.slice(0, text.length + 1);
}

/**
 * Block scalars: each line is in the text without its indentation. The characters between two lines of the text come
 * from the line breaks between them.
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
  // The end of the text: after its last line break, if it ends with one.
  offsets.push(text.endsWith('\n') || text === '' ? lineStart : (breaks[0] ?? lineStart));
  return offsets;
}

/**
 * Adds `count` characters that come from line breaks. If there are fewer characters than breaks, the first breaks
 * count.
 */
function separate(offsets: number[], breaks: readonly number[], count: number): void {
  for (let i = 0; i < count; i++) offsets.push(breaks[Math.min(i, breaks.length - 1)] ?? offsets.at(-1) ?? 0);
}

/** The number of spaces that were removed from each line, by the first line that is not empty. */
function blockIndentation(body: string, text: string): number {
  const leading = (lines: string): number => /^(?:[ \r]*\n)*( *)/.exec(lines)?.[1]?.length ?? 0;
  return Math.max(0, leading(body) - leading(text));
}

function lineEndAt(file: string, from: number, end: number): number {
  const next = file.indexOf('\n', from);
  return next === -1 ? end : next;
}

/** The position in the file while the text is matched. */
interface Cursor {
  at: number;
}

/** Plain and quoted scalars: lines are folded, and quotes and escapes represent other characters. */
function flowOffsets(node: Scalar, file: string, start: number, end: number, text: string): number[] {
  const isDouble = node.type === 'QUOTE_DOUBLE';
  const isSingle = node.type === 'QUOTE_SINGLE';
  const cursor: Cursor = { at: isDouble || isSingle ? start + 1 : start };
  const offsets: number[] = [];
  while (offsets.length < text.length && cursor.at < end) {
    if (isDouble && file[cursor.at] === '\\') matchEscape(file, cursor, offsets);
    else if (isWhitespace(file[cursor.at])) matchWhitespace(file, cursor, offsets);
    else matchCharacter(file, cursor, offsets, isSingle);
  }
  offsets.push(Math.min(cursor.at, end));
  return offsets;
}

/** An ordinary character; in single quotes, two quotes represent one. */
function matchCharacter(file: string, cursor: Cursor, offsets: number[], isSingle: boolean): void {
  offsets.push(cursor.at);
  cursor.at += isSingle && file.startsWith("''", cursor.at) ? 2 : 1;
}

/**
 * Section 7.3: whitespace is kept unless it has line breaks. One break becomes a space; of several, all but one are
 * kept.
 */
function matchWhitespace(file: string, cursor: Cursor, offsets: number[]): void {
  const breaks: number[] = [];
  const start = cursor.at;
  for (; isWhitespace(file[cursor.at]); cursor.at++) if (file[cursor.at] === '\n') breaks.push(cursor.at);
  if (breaks.length > 1) breaks.pop();
  if (breaks.length === 0) for (let at = start; at < cursor.at; at++) offsets.push(at);
  else offsets.push(...breaks);
}

function isWhitespace(character: string | undefined): boolean {
  return character === ' ' || character === '\n' || character === '\t' || character === '\r';
}

const escapeLengths: Readonly<Record<string, number>> = { x: 4, u: 6, U: 10 };

/** Section 5.7: an escape represents one UTF-16 unit, two, or (before a line break) none. */
function matchEscape(file: string, cursor: Cursor, offsets: number[]): void {
  const kind = file[cursor.at + 1] ?? '';
  if (kind === '\n' || kind === '\r') {
    // The break is removed with the spaces at the start of the next line. Breaks after these are folded as usual.
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
