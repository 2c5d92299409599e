/**
 * @module
 * Texts that others wrote, such as names of files and lines of a policy, as a terminal or the log of a CI system shows
 * them: they stay on their line, and give neither any orders.
 */

/** Control and formatting characters, halves of surrogate pairs, and what XML cannot hold. */
const unprintable = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029\uFFFE\uFFFF]/gu;

/** `::error::` at the start of a line, and `##[error]` or `##vso[…]` anywhere, are orders to a CI system. */
const startOfOrder = /^\s*:(?=:)/;
export const bracketOfOrder = /(##\w*)\[/g;

/** The text in one line. Each character that is replaced is replaced by one, so that columns stay. */
export function printable(line: string): string {
  return line
    .replace(unprintable, symbolOf)
    .replace(startOfOrder, (start) => `${start.slice(0, -1)}\uFFFD`)
    .replace(bracketOfOrder, '$1\uFFFD');
}

/** `␊` for a line break, and so on. */
function symbolOf(character: string): string {
  const code = character.charCodeAt(0);
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  return code === 0x7f ? '\u2421' : '\uFFFD'.repeat(character.length);
}
