/**
 * @module
 * Texts of a proxy in a comment of YAML.
 */

/** A text in a comment must not end it. */
export function oneLine(text: string): string {
  const line = text.replace(/[\s\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ');
  return line.length > longestLine ? `${line.slice(0, longestLine)}…` : line;
}

const longestLine = 400;
