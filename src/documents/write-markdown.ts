/**
 * @module
 * Texts of a vendor's files in Markdown: others wrote them, so nothing in them may become a link, a heading or a row.
 */
import { oneLine } from '../diagnostics/one-line.ts';

/** GitHub makes a link of such a word, also if it is escaped. */
const link = String.raw`\S*(?::\/\/|www\.|@)\S*`;
const links = new RegExp(link, 'gi');
/** Code between two single backticks, and links. */
const codeAndLinks = new RegExp(`(?<!\`)\`([^\`]+)\`(?!\`)|${link}`, 'gi');

/** As text of a paragraph, a list item or a cell. */
export function markdownText(text: string): string {
  return withCode(text, links);
}

/** A sentence of ours: what is between two single backticks in it is code. */
export function markdownSentence(text: string): string {
  return withCode(text, codeAndLinks);
}

function withCode(text: string, code: RegExp): string {
  const line = oneLine(text).trim();
  let written = '';
  let at = 0;
  for (const found of line.matchAll(code)) {
    const before = escaped(line.slice(at, found.index));
    // Two fences with nothing between them would be one.
    written += before === '' && written !== '' ? ' ' : before;
    written += markdownCode(found[1] ?? found[0]);
    at = found.index + found[0].length;
  }
  return withoutMarker(written + escaped(line.slice(at)));
}

function escaped(text: string): string {
  return text.replace(/[\\`*_[\]<>#~&$]/g, '\\$&');
}

/** Without what begins a list, or a line across the page, in a list item. */
function withoutMarker(text: string): string {
  return text.replace(/^(?=[-+])/, '\\').replace(/^(\d+)(?=[.)])/, '$1\\');
}

/** As code, with a fence that is longer than any in the text. */
export function markdownCode(text: string): string {
  const line = oneLine(text).trim();
  if (line === '') return '(empty)';
  const longest = Math.max(0, ...(line.match(/`+/g) ?? []).map((fence) => fence.length));
  const fence = '`'.repeat(longest + 1);
  const space = line.startsWith('`') || line.endsWith('`') ? ' ' : '';
  return `${fence}${space}${line}${space}${fence}`;
}

/** A table; empty if it has no rows. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  if (rows.length === 0) return [];
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.map(withoutBars).join(' | ')} |`);
}

/** A bar ends the cell, also in code and after an escaped backslash. */
function withoutBars(cell: string): string {
  return cell.replace(/(\\*)\|/g, (_, before: string) => `${before}${before.length % 2 === 1 ? '\\' : ''}\\|`);
}
