/**
 * @module
 * Texts of a vendor's files for a report or a comment, which a line break would end. Others wrote them.
 */

const longestLine = 400;

/** The text without line breaks and control characters, and not too long. */
export function oneLine(text: string): string {
  const line = text.replace(/[\s\p{C}\u2028\u2029]+/gu, ' ');
  return line.length > longestLine ? `${line.slice(0, longestLine)}…` : line;
}
