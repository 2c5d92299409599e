/**
 * @module
 * `replaceAll` and `replaceFirst`: a regular expression over a text that a client may have sent.
 *
 * JavaScript's regular expressions cannot be stopped once they run, so only such run that cannot take long: without
 * groups, back references and look-arounds, with at most one repetition and one optional part, or four optional parts, over
 * a text of bounded length: the longer what must follow the repetition, the shorter the text. What comes out is bounded
 * as well: the replacement may be a header, once for each character.
 */

type Evaluate = (args: readonly (string | undefined)[]) => string | undefined;

export const longestSubject = 4096;
/** Characters that are compared at worst: some 50 ms. */
const mostComparisons = 16_777_216;
const longestExpression = 256;
/** UTF-16 units that replacements may add. Envoy's default limit for all request headers is 60 KiB. */
export const mostInserted = 65_536;

export function makeReplace(
  literals: readonly (string | undefined)[],
  flags: '' | 'g',
  Mistake: new (message: string) => Error,
): Evaluate {
  const [, literal] = literals;
  const fixed = literal === undefined ? undefined : quickExpression(literal, flags);
  if (literal !== undefined && fixed === undefined) {
    throw new Mistake('This regular expression is malformed, or uses groups, look-arounds or several `*` and `+`');
  }
  return ([text, expression, replacement]) => {
    const quick = fixed ?? (expression === undefined ? undefined : quickExpression(expression, flags));
    if (text === undefined || replacement === undefined || quick === undefined) return undefined;
    if (text.length > quick.longest) return undefined;
    let left = mostInserted;
    const replaced = text.replace(quick.regex, () => {
      left -= replacement.length;
      return left < 0 ? '' : replacement;
    });
    return left < 0 ? undefined : replaced;
  };
}

interface Quick {
  readonly regex: RegExp;
  /** UTF-16 units of a text that is searched. */
  readonly longest: number;
}

function quickExpression(text: string, flags: string): Quick | undefined {
  const outsideClasses = text.replace(/\\./g, 'x').replace(/\[[^\]]*\]/g, 'x');
  const repetitions = outsideClasses.match(/[*+]|\{\d+,\d*\}/g) ?? [];
  const optional = outsideClasses.match(/\?/g) ?? [];
  // Each optional part doubles the ways to begin a repetition.
  const mostOptional = [4, 1][repetitions.length] ?? -1;
  const isQuick = optional.length <= mostOptional && !/[()]/.test(outsideClasses);
  if (!isQuick || text.length > longestExpression || /\\[1-9k]/.test(text)) return undefined;
  try {
    return { regex: new RegExp(text, `${flags}u`), longest: longestFor(outsideClasses, optional.length) };
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/**
 * From each place the whole expression may be compared, and from each end of the repetition all that follows it: the
 * time grows with the square of the text and with what follows.
 */
function longestFor(expression: string, optional: number): number {
  const most = mostComparisons / 2 ** optional;
  const repetition = expression.search(/[*+]|\{\d+,\d*\}/);
  const behind = repetition === -1 ? 0 : sizeOf(expression.slice(repetition + 1));
  const bySquare = behind === 0 ? longestSubject : Math.sqrt((2 * most) / behind);
  return Math.floor(Math.min(longestSubject, most / sizeOf(expression), bySquare));
}

/** Characters that an expression stands for, `{n}` written out. */
function sizeOf(expression: string): number {
  let size = expression.length;
  for (const [, count] of expression.matchAll(/\{(\d+)/g)) size += Number(count);
  return size;
}
