/**
 * @module
 * Where a misplaced line of YAML should begin: in the column of an open list or map above it that is nearest.
 */
import type { YamlFinding } from './yaml-bounds.ts';

/** A column in which a line above begins a key or an item; all numbers count from 1. */
interface Opened {
  readonly column: number;
  readonly line: number;
}

/** Lines above that are looked at. */
const farthest = 1000;

/**
 * @param lineStart of the line at which the parser cannot go on
 * @param isAbove whether that line is right and the next one is deeper than it may be
 */
export function columnAdvice(text: string, lineStart: number, isAbove: boolean): YamlFinding | undefined {
  const start = isAbove ? nextContent(text, lineStart) : lineStart;
  if (start === undefined) return undefined;
  const line = contentOf(text, start);
  const column = columnOf(line);
  const isItem = line.trimStart().startsWith('- ');
  const opened = openedAbove(text, start, isItem);
  const [first, ...others] = opened;
  if (first === undefined) return undefined;
  const distance = (one: Opened): number => Math.abs(one.column - column);
  const near = others.reduce((best, one) => (distance(one) < distance(best) ? one : best), first);
  if (near.column === column) return undefined;
  return {
    offset: start + column - 1,
    message: `This line begins in column ${column}, and no open ${isItem ? 'list has its items' : 'map has its keys'} there.`,
    suggestion: `Begin it in column ${near.column}, as line ${near.line} ${isItem ? 'has its `-`' : 'has its key'}, or below a key without a value.`,
  };
}

/** The columns of open maps, or of open lists, above a line: the nearest line first. */
function openedAbove(text: string, start: number, items: boolean): readonly Opened[] {
  const opened: Opened[] = [];
  let lowest = Number.POSITIVE_INFINITY;
  let number = countLines(text, start);
  for (let end = start - 1, seen = 0; end >= 0 && seen < farthest; seen++) {
    const begin = text.lastIndexOf('\n', end - 1) + 1;
    const line = text.slice(begin, end);
    number -= 1;
    end = begin - 1;
    if (isEmpty(line) || columnOf(line) > lowest) continue;
    lowest = columnOf(line);
    for (const column of columnsOf(line, items)) opened.push({ column, line: number });
    if (lowest === 1) break;
  }
  return opened;
}

/** The columns of a line's `-`, or of its key; `- a: b` has both. */
function columnsOf(line: string, items: boolean): readonly number[] {
  const [dashes = ''] = /^ *(?:- +)*/.exec(line) ?? [];
  const rest = line.slice(dashes.length);
  if (!items) return /^["'\w.$-][^#]*:(?:\s|$)/.test(rest) ? [dashes.length + 1] : [];
  return Array.from(dashes.matchAll(/-/g), ({ index }) => index + 1);
}

function nextContent(text: string, start: number): number | undefined {
  for (let at = text.indexOf('\n', start); at !== -1; at = text.indexOf('\n', at + 1)) {
    if (!isEmpty(contentOf(text, at + 1))) return at + 1;
  }
  return undefined;
}

function contentOf(text: string, start: number): string {
  const end = text.indexOf('\n', start);
  return text.slice(start, end === -1 ? undefined : end);
}

function isEmpty(line: string): boolean {
  return /^\s*(?:#|$)/.test(line);
}

function columnOf(line: string): number {
  return line.length - line.trimStart().length + 1;
}

/** The number of the line that begins at `start`. */
function countLines(text: string, start: number): number {
  let count = 1;
  for (let at = text.indexOf('\n'); at !== -1 && at < start; at = text.indexOf('\n', at + 1)) count += 1;
  return count;
}
