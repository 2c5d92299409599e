/**
 * @module
 * The way back from a YAML scalar's text to the file: indentation, folded lines, doubled quotes and escapes make the
 * text that a reader delivers differ from the characters in the file.
 */
import type { Scalar } from 'yaml';

/** The position in the file, moving on as the text is matched. */
interface Cursor {
  at: number;
}

/**
 * For each character of a scalar's `text`, and one more for its end, its offset in the file.
 *
 * All styles are walked alike: characters match one by one, a run of white space matches the run of white space (with
 * its line breaks and indentation) that it came from, and only quoted styles have escapes.
 */
export function scalarOffsets(node: Scalar, file: string, text: string): number[] {
  const cursor: Cursor = { at: contentStart(node, file) };
  const offsets: number[] = [];
  while (offsets.length < text.length) {
    if (node.type === 'QUOTE_DOUBLE' && file[cursor.at] === '\\') matchEscape(file, cursor, offsets);
    else if (isBlank(text[offsets.length])) matchBlanks(text, file, cursor, offsets);
    else matchCharacter(node, file, cursor, offsets);
  }
  offsets.push(Math.min(cursor.at, node.range?.[1] ?? file.length));
  return offsets;
}

function contentStart(node: Scalar, file: string): number {
  const start = node.range?.[0] ?? 0;
  if (node.type === 'BLOCK_LITERAL' || node.type === 'BLOCK_FOLDED') return file.indexOf('\n', start) + 1;
  return node.type === 'QUOTE_SINGLE' || node.type === 'QUOTE_DOUBLE' ? start + 1 : start;
}

function matchCharacter(node: Scalar, file: string, cursor: Cursor, offsets: number[]): void {
  cursor.at = skipBlanks(file, cursor.at);
  offsets.push(cursor.at);
  cursor.at += node.type === 'QUOTE_SINGLE' && file.startsWith("''", cursor.at) ? 2 : 1;
}

function matchBlanks(text: string, file: string, cursor: Cursor, offsets: number[]): void {
  const runEnd = skipBlanks(file, cursor.at);
  while (isBlank(text[offsets.length])) {
    offsets.push(cursor.at);
    if (cursor.at < runEnd && file[cursor.at] === text[offsets.length - 1]) cursor.at += 1;
  }
  cursor.at = runEnd;
}

function skipBlanks(file: string, at: number): number {
  let next = at;
  while (isBlank(file[next])) next += 1;
  return next;
}

function isBlank(character: string | undefined): boolean {
  return character === ' ' || character === '\n' || character === '\t' || character === '\r';
}

const escapeLengths: Readonly<Record<string, number>> = { x: 4, u: 6, U: 10 };

/** YAML 1.2 section 5.7: an escape, standing for one UTF-16 unit, for two, or (before a line break) for none. */
function matchEscape(file: string, cursor: Cursor, offsets: number[]): void {
  const kind = file[cursor.at + 1] ?? '';
  if (kind === '\n' || kind === '\r') {
    cursor.at = skipBlanks(file, cursor.at + 1);
    return;
  }
  const length = escapeLengths[kind] ?? 2;
  offsets.push(cursor.at);
  const beyondPlane0 = kind === 'U' && Number.parseInt(file.slice(cursor.at + 2, cursor.at + length), 16) > 0xffff;
  if (beyondPlane0) offsets.push(cursor.at);
  cursor.at += length;
}
