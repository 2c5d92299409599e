/**
 * @module
 * What a page shows, compared with what there is.
 *
 * - `…` in a line stands for the rest of a word or for anything else in that line; a line with `…` alone stands for any
 *   number of lines. So a page shows `eyJ…` for a token.
 * - What differs from run to run is compared by its form alone: times, random identifiers and the key ids that are
 *   computed from a key.
 */

/** What differs from run to run, and the word that replaces it in both texts. */
const masks: readonly (readonly [pattern: RegExp, instead: string])[] = [
  [/\b1[6-9]\d{8}\b/g, 'SECONDS'],
  [/\b20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g, 'TIME'],
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g, 'UUID'],
  [/(?<![\w-])[\w-]{43}(?![\w-])/g, 'KEY-ID'],
];

export function masked(text: string): string {
  return masks.reduce((result, [pattern, instead]) => result.replace(pattern, instead), text);
}

/** Whether `shown` is the whole of `actual`, but for what differs from run to run and what `…` stands for. */
export function isShown(shown: string, actual: string): boolean {
  return patternOf(shown, '^', '$').test(masked(actual));
}

/** Whether `shown` is a part of `actual` that consists of whole lines. */
export function isPart(shown: string, actual: string): boolean {
  return patternOf(shown, '(?:^|\\n)', '').test(masked(actual));
}

function patternOf(shown: string, before: string, after: string): RegExp {
  const lines = masked(shown).split('\n');
  const last = lines.length - 1;
  const patterns = lines.map((line, index) => {
    if (line.trim() === '…') return '(?:[^\\n]*\\n)*';
    return `${line.split('…').map(RegExp.escape).join('[^\\n]*')}${index === last ? '' : '\\n'}`;
  });
  return new RegExp(`${before}${patterns.join('')}${after}`);
}

/** The output as a page shows it: without the end of tokens and other long words, and without how long ago a time is. */
export function abbreviated(output: string): string {
  return output
    .replace(/\beyJ[\w-]{9,}(?:\.[\w-]*)*/g, 'eyJ…')
    .replace(/[\w-]{80,}/g, (word) => `${word.slice(0, 12)}…`)
    .replace(/(?<=\d\dZ, )(?:in )?[\dhms ]+?(?: ago)?\.$/gm, '…');
}
