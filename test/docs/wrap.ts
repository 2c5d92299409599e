/**
 * @module
 * Markdown prose of at most 120 columns. A code span, the target of a link and an address stay whole.
 */
export const columns = 120;

/** A code span, or the target of a link. */
const unbreakable = /(`+)[^`]+\1|\]\([^)]*\)/g;

/** A word that would begin a list item, a heading, a quotation or a table if it stood first on a line. */
const startsBlock = /^(?:[-*+]|\d+[.)]|#{1,6}|>.*|\|.*|=+|-+)$/;

/** The text with all that must stay on one line free of spaces, and as long as before. */
export function masked(text: string): string {
  return text.replace(unbreakable, (found) => found.replace(/\s/g, '_'));
}

export function widthOf(line: string): number {
  return Array.from(line).length;
}

/**
 * One paragraph or list item in lines.
 *
 * @param first what the first line begins with, such as `- `; the others are indented by as many spaces
 */
export function wrapped(text: string, first = ''): string {
  const indent = ' '.repeat(first.length);
  const lines: string[] = [];
  let line = first;
  for (const word of wordsOf(text)) {
    const empty = line === first || line === indent;
    const next = empty ? line + word : `${line} ${word}`;
    if (empty || widthOf(next) <= columns || startsBlock.test(word)) {
      line = next;
    } else {
      lines.push(line);
      line = indent + word;
    }
  }
  return [...lines, line].join('\n');
}

function wordsOf(text: string): string[] {
  const flat = text.trim().replace(/\s*\n\s*/g, ' ');
  return Array.from(masked(flat).matchAll(/\S+/g), ({ 0: word, index }) => flat.slice(index, index + word.length));
}
