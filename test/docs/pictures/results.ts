/**
 * @module
 * The tables of bench/RESULTS.md, as `bench/page.ts` writes them.
 */

/** A row by the names of its columns. */
export type Row = Readonly<Record<string, string>>;

/** The rows of the first table below the heading that begins with these words. @throws without one */
export function tableBelow(page: string, heading: string): readonly Row[] {
  const part = page.split(/^## /m).find((text) => text.startsWith(heading));
  const [head, , ...lines] = part?.split('\n').filter((line) => line.startsWith('|')) ?? [];
  if (head === undefined) throw new Error(`bench/RESULTS.md has no table "${heading}".`);
  const names = cellsOf(head);
  return lines.map((line) => Object.fromEntries(cellsOf(line).map((cell, index) => [names[index], cell])));
}

/** The number that a cell begins with, such as 4.92 of `4.92 µs`; undefined for a cell without one. */
export function numberIn(cell: string | undefined): number | undefined {
  const number = Number.parseFloat(cell ?? '');
  return Number.isNaN(number) ? undefined : number;
}

function cellsOf(line: string): readonly string[] {
  return line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());
}
