/**
 * @module
 * The layout of Markdown pages: prose and list items of at most 120 columns, table cells of at most 160 characters.
 */
import { longestCell } from './table.ts';
import { columns, masked, widthOf } from './wrap.ts';

/** What is wrong with a page, as `path:line: sentence`. Blocks of code are left alone. */
export function layoutFindings(path: string, page: string): string[] {
  let inCode = false;
  return page.split('\n').flatMap((line, index) => {
    const fence = /^\s*(?:```|~~~)/.test(line);
    if (fence) inCode = !inCode;
    const found = fence || inCode ? undefined : findingOf(line);
    return found === undefined ? [] : [`${path}:${index + 1}: ${found}`];
  });
}

function findingOf(line: string): string | undefined {
  if (/^\s*\|/.test(line)) {
    const longest = Math.max(...line.split(/(?<!\\)\|/).map((cell) => widthOf(cell.trim())));
    return longest > longestCell ? `A table cell has ${longest} characters; the maximum is ${longestCell}.` : undefined;
  }
  const width = widthOf(line);
  return width > columns && canBreak(line) ? `The line has ${width} columns; the maximum is ${columns}.` : undefined;
}

/** Whether the line has a space after its first word; a long code span or address alone has none. */
function canBreak(line: string): boolean {
  const content = line.replace(/^\s*(?:[-*+] |\d+[.)] )?\s*/, '');
  return /\s/.test(masked(content).trim());
}
