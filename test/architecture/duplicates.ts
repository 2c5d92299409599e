/**
 * @module
 * Code that is in two places. Lines are compared without their indentation; blank lines, comments, imports and
 * lines of mere punctuation do not count.
 */
import { type SourceFile, withoutComments } from './source-file.ts';

/** As many telling lines in a row are a copy; fewer are how the language is written. */
export const shortestCopy = 8;

interface Line {
  readonly path: string;
  readonly number: number;
  readonly text: string;
}

/** Each copy once, as `path:line and path:line: N lines are the same`. */
export function duplicates(files: readonly SourceFile[]): string[] {
  const seen = new Map<string, { readonly lines: readonly Line[]; readonly at: number }>();
  const found: string[] = [];
  for (const lines of files.map(tellingLines)) {
    for (let at = 0; at + shortestCopy <= lines.length; at++) {
      const key = keyAt(lines, at);
      const first = seen.get(key);
      if (first === undefined) {
        seen.set(key, { lines, at });
        continue;
      }
      const length = lengthOfCopy(first, { lines, at });
      found.push(`${placeOf(first)} and ${placeOf({ lines, at })}: ${length} lines are the same`);
      at += length - 1;
    }
  }
  return found;
}

interface Position {
  readonly lines: readonly Line[];
  readonly at: number;
}

function keyAt(lines: readonly Line[], at: number): string {
  return lines
    .slice(at, at + shortestCopy)
    .map((line) => line.text)
    .join('\n');
}

function lengthOfCopy(a: Position, b: Position): number {
  let length = 0;
  let [left, right] = [a.lines[a.at], b.lines[b.at]];
  while (left !== undefined && left.text === right?.text) {
    length++;
    left = a.lines[a.at + length];
    right = b.lines[b.at + length];
  }
  return length;
}

function placeOf({ lines, at }: Position): string {
  const line = lines[at];
  return `${line?.path}:${line?.number}`;
}

function tellingLines({ path, text }: SourceFile): Line[] {
  const code = withoutComments(text).replace(/^import\b[^;]*;/gm, (lines) => lines.replace(/[^\n]/g, ''));
  return code
    .split('\n')
    .map((line, index) => ({ path, number: index + 1, text: line.trim() }))
    .filter((line) => /\w/.test(line.text));
}
