/**
 * @module
 * Texts of a vendor's files in Markdown: others wrote them, so nothing in them may become a link, a heading or a row.
 */
import { oneLine } from '../diagnostics/one-line.ts';

/** As text of a paragraph, a list item or a cell. */
export function markdownText(text: string): string {
  return escaped(oneLine(text).trim()).replaceAll('`', '\\`');
}

/** A sentence of ours: what is between backticks in it is code. */
export function markdownSentence(text: string): string {
  return oneLine(text)
    .split(/(`[^`]+`)/)
    .map((part, index) => (index % 2 === 1 ? part : escaped(part)))
    .join('');
}

function escaped(text: string): string {
  return text.replace(/[\\*_[\]<>|#~&]/g, '\\$&');
}

/** As code, with a fence that is longer than any in the text. */
export function markdownCode(text: string): string {
  const line = oneLine(text).trim();
  if (line === '') return '(empty)';
  const longest = Math.max(0, ...(line.match(/`+/g) ?? []).map((fence) => fence.length));
  const fence = '`'.repeat(longest + 1);
  const space = line.startsWith('`') || line.endsWith('`') ? ' ' : '';
  // A table ends its cell at this sign even in code.
  return `${fence}${space}${line.replaceAll('|', '\\|')}${space}${fence}`;
}

/** A table; empty if it has no rows. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  if (rows.length === 0) return [];
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
}
