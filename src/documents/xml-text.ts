/**
 * @module
 * The way back from XML text to the file: references and line breaks make the text that a reader delivers differ from
 * the characters in the file.
 */

/**
 * For each character of `text`, and one more for its end, its offset in the file.
 *
 * @param start where the text begins in the file
 * @param form  `verbatim` inside CDATA, where `&` stands for itself
 */
export function xmlOffsets(
  file: string,
  start: number,
  text: string,
  form: 'escaped' | 'verbatim' = 'escaped',
): number[] {
  const offsets: number[] = [];
  let at = start;
  while (offsets.length < text.length) {
    const next = at + lengthAt(file, at, form);
    const units = next - at > 1 && file[at] === '&' && isAstral(text, offsets.length) ? 2 : 1;
    for (let unit = 0; unit < units; unit++) offsets.push(at);
    at = next;
  }
  offsets.push(at);
  return offsets;
}

/** How many characters of the file stand for one character of the text. */
function lengthAt(file: string, at: number, form: 'escaped' | 'verbatim'): number {
  if (form === 'escaped' && file[at] === '&') return Math.max(1, file.indexOf(';', at) - at + 1);
  return file[at] === '\r' && file[at + 1] === '\n' ? 2 : 1;
}

/** One reference may stand for a character outside the basic plane, which takes two UTF-16 units. */
function isAstral(text: string, at: number): boolean {
  return (text.codePointAt(at) ?? 0) > 0xffff;
}
