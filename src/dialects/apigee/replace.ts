/**
 * @module
 * `replaceAll` and `replaceFirst`: a regular expression is applied to a text that a client may have sent.
 *
 * JavaScript's regular expressions cannot be stopped once they run. Only expressions that cannot take long are
 * therefore allowed: without groups, back references and look-arounds, and with at most one repetition and one optional
 * part, or four optional parts. The length of the text is limited: the more must match after the repetition, the
 * shorter the text. The length of the result is limited as well, because the replacement may be a header that is
 * inserted once for each character.
 */

const maxSubjectLength = 4096;
/** Characters that are compared in the worst case: some 50 ms. */
const maxComparisons = 16_777_216;
const maxExpressionLength = 256;
/** UTF-16 units that replacements may add. Envoy's default limit for all request headers is 60 KiB. */
const maxInserted = 65_536;

/** A regular expression that cannot take long. */
export interface SafeExpression {
  readonly regex: RegExp;
  /** The maximum length of a text that is searched, in UTF-16 units. */
  readonly maxLength: number;
}

/** The text with its matches replaced; undefined if the text or the result is too long. */
export function replace({ regex, maxLength }: SafeExpression, text: string, replacement: string): string | undefined {
  if (text.length > maxLength) return undefined;
  let left = maxInserted;
  const replaced = text.replace(regex, () => {
    left -= replacement.length;
    return left < 0 ? '' : replacement;
  });
  return left < 0 ? undefined : replaced;
}

/** Undefined if the expression is invalid, or not allowed here. */
export function safeExpression(text: string, flags: '' | 'g'): SafeExpression | undefined {
  const outsideClasses = text.replace(/\\./g, 'x').replace(/\[[^\]]*\]/g, 'x');
  const repetitions = outsideClasses.match(/[*+]|\{\d+,\d*\}/g) ?? [];
  const optional = outsideClasses.match(/\?/g) ?? [];
  // Each optional part doubles the ways to start a repetition.
  const maxOptional = [4, 1][repetitions.length] ?? -1;
  const isSafe = optional.length <= maxOptional && !/[()]/.test(outsideClasses);
  if (!isSafe || text.length > maxExpressionLength || /\\[1-9k]/.test(text)) return undefined;
  try {
    return { regex: new RegExp(text, `${flags}u`), maxLength: maxLengthFor(outsideClasses, optional.length) };
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/**
 * The whole expression may be compared at each place of the text, and the part after the repetition at each end of the
 * repetition. The time grows with the square of the text's length, and with the size of that part.
 */
function maxLengthFor(expression: string, optional: number): number {
  const comparisons = maxComparisons / 2 ** optional;
  const repetition = expression.search(/[*+]|\{\d+,\d*\}/);
  const afterRepetition = repetition === -1 ? 0 : sizeOf(expression.slice(repetition + 1));
  const bySquare = afterRepetition === 0 ? maxSubjectLength : Math.sqrt((2 * comparisons) / afterRepetition);
  return Math.floor(Math.min(maxSubjectLength, comparisons / sizeOf(expression), bySquare));
}

/** The number of characters of an expression, with each `{n}` written out. */
function sizeOf(expression: string): number {
  let size = expression.length;
  for (const [, count] of expression.matchAll(/\{(\d+)/g)) size += Number(count);
  return size;
}
