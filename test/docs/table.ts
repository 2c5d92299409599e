/**
 * @module
 * Tables in Markdown. A long explanation moves from its cell to a note below the table.
 */
import { wrapped } from './wrap.ts';

/** The maximum length of a cell, in characters. */
export const longestCell = 160;

function tableOf(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |\n`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('');
}

/** The same. The sentences that do not fit into their cell become notes below the table, under the row's first cell. */
export function tableWithNotes(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const notes: string[] = [];
  const short = rows.map((row) =>
    row.map((cell) => {
      const { kept, rest } = split(cell);
      if (rest !== '') notes.push(wrapped(`${row[0]}: ${rest.replaceAll('<br>', ', ')}`, '- '));
      return kept;
    }),
  );
  return notes.length === 0 ? tableOf(head, short) : `${tableOf(head, short)}\n${notes.join('\n')}\n`;
}

/** The whole sentences that fit into a cell, and the others. */
function split(cell: string): { readonly kept: string; readonly rest: string } {
  if (cell.length <= longestCell) return { kept: cell, rest: '' };
  const ends = Array.from(cell.matchAll(/[.;] (?=\S)/g), ({ index }) => index + 1);
  const end = ends.findLast((at) => at <= longestCell);
  if (end === undefined) return { kept: 'See below.', rest: cell };
  const rest = cell.slice(end + 1);
  return { kept: cell.slice(0, end).replace(/;$/, '.'), rest: rest.charAt(0).toUpperCase() + rest.slice(1) };
}
