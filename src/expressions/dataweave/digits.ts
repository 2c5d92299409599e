/**
 * @module
 * Digits of other scripts, such as those of Arabic, which the engine reads as numbers too, because Java does.
 */

/** The text with the digits 0 to 9 instead of those of other scripts. Java reads UTF-16 units: none beyond U+FFFF. */
export function withPlainDigits(text: string): string {
  if (/^[\0-\x7f]*$/.test(text)) return text;
  return text.replace(/[\u0080-\uffff]/g, (unit) => (isDigit(unit) ? String(digitOf(unit.charCodeAt(0))) : unit));
}

function isDigit(unit: string): boolean {
  return /^\p{Nd}$/u.test(unit);
}

/** The ten digits of a script follow one another. Up to U+FFFF the zero is at a multiple of 16, or 6 after one. */
function digitOf(code: number): number {
  const place = code & 0xf;
  return isDigit(String.fromCharCode(code - place)) ? place : place - 6;
}
